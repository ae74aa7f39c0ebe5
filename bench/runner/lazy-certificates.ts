// Makes certificates for the cases with TLS.

import { rmSync } from 'node:fs';
import { type Certificates, makeCertificates } from '../../test/support/certificates';

/** The certificates are made when the first case needs them. */
export class LazyCertificates {
  #made: Certificates | null = null;

  readonly get = (): Certificates => {
    this.#made ??= makeCertificates();
    return this.#made;
  };

  remove(): void {
    if (this.#made !== null) rmSync(this.#made.dir, { recursive: true, force: true });
    this.#made = null;
  }
}
