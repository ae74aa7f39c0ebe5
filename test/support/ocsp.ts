import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, openssl, type Pair } from './certificates';

export type Verdict = 'good' | 'revoked' | 'unknown';

/** What the CA's OCSP responder says about a certificate, for a server to staple: a file in DER. */
export function ocspResponse({ dir, ca }: Certificates, subject: Pair, verdict: Verdict): string {
  const file = (suffix: string): string => join(dir, `ocsp-${verdict}.${suffix}`);
  const serial = openssl(dir, 'x509', '-in', subject.cert, '-noout', '-serial').trim().replace('serial=', '');
  // A line of the CA's index: state, end, revocation and its reason, serial number, file, subject.
  const line = (state: string, revoked: string): string =>
    `${[state, '390101000000Z', revoked, serial, 'unknown', '/CN=subject'].join('\t')}\n`;
  const lines = { good: line('V', ''), revoked: line('R', '260101000000Z,keyCompromise'), unknown: '' };
  writeFileSync(file('index'), lines[verdict]);
  openssl(dir, 'ocsp', '-issuer', ca.cert, '-cert', subject.cert, '-reqout', file('request'));
  const responder = ['-index', file('index'), '-CA', ca.cert, '-rsigner', ca.cert, '-rkey', ca.key];
  openssl(dir, 'ocsp', ...responder, '-ndays', '1', '-reqin', file('request'), '-respout', file('response'));
  return file('response');
}
