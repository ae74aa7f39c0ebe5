// Makes OCSP responses, valid ones and others.
import { sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Certificates, openssl, type Pair } from './certificates';
import { contentOf, elements, wrap } from './der';

export type Verdict = 'good' | 'revoked' | 'unknown';

export interface ResponseOptions {
  /** The key of the response; the CA's own by default. */
  signer?: Pair;
  /** Whether the response contains the signer's certificate; true by default. */
  withSigner?: boolean;
  /** Whether it has the time of the next one; true by default. */
  withEnd?: boolean;
  /** The age of the response in days; only for one that the CA's own key signs. */
  age?: number;
}

/** Makes the CA's OCSP response about a certificate, for a server to staple: a file in DER. */
export function ocspResponse(
  { dir, ca }: Certificates,
  subject: Pair,
  verdict: Verdict,
  { signer = ca, withSigner = true, withEnd = true, age = 0 }: ResponseOptions = {},
): string {
  const file = (suffix: string): string => join(dir, `ocsp-${verdict}.${suffix}`);
  const serial = openssl(dir, 'x509', '-in', subject.cert, '-noout', '-serial').trim().replace('serial=', '');
  // A line of the CA's index: state, end, revocation and its reason, serial number, file, subject.
  const line = (state: string, revoked: string): string =>
    `${[state, '390101000000Z', revoked, serial, 'unknown', '/CN=subject'].join('\t')}\n`;
  const lines = { good: line('V', ''), revoked: line('R', '260101000000Z,keyCompromise'), unknown: '' };
  writeFileSync(file('index'), lines[verdict]);
  openssl(dir, 'ocsp', '-issuer', ca.cert, '-cert', subject.cert, '-reqout', file('request'));
  const responder = ['-index', file('index'), '-CA', ca.cert, '-rsigner', signer.cert, '-rkey', signer.key];
  const more = [...(withEnd ? ['-ndays', '1'] : []), ...(withSigner ? [] : ['-resp_no_certs'])];
  openssl(dir, 'ocsp', ...responder, ...more, '-reqin', file('request'), '-respout', file('response'));
  if (age !== 0) writeFileSync(file('response'), shifted(readFileSync(file('response')), age, signer.key));
  return file('response');
}

/** A response with only an error of the responder: 'tryLater' is 3. */
export function ocspFailure({ dir }: Certificates, status: number): string {
  const file = join(dir, `ocsp-failure-${status}.response`);
  writeFileSync(file, wrap(0x30, wrap(0x0a, Buffer.from([status]))));
  return file;
}

/** The same response with all its times `days` days earlier, signed anew. */
function shifted(response: Buffer, days: number, key: string): Buffer {
  const [status = response, bytes = response] = elements(contentOf(response));
  const [type = bytes, octets = bytes] = elements(contentOf(contentOf(bytes)));
  const [data = octets, algorithm = octets, , ...certificates] = elements(contentOf(contentOf(octets)));
  const earlier = (time: string): string => {
    const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
    const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second) - days * 86_400_000);
    return date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  };
  const told = Buffer.from(data.toString('latin1').replaceAll(/20\d{12}Z/g, earlier), 'latin1');
  const signature = wrap(0x03, Buffer.from([0]), sign('sha256', told, readFileSync(key, 'utf8')));
  const basic = wrap(0x30, told, algorithm, signature, ...certificates);
  return wrap(0x30, status, wrap(0xa0, wrap(0x30, type, wrap(0x04, basic))));
}
