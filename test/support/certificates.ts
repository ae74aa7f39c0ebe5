// Makes the certificates that most tests of TLS need.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { plainEnvironment } from './environment';

/** A certificate and its private key, as files in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Certificates {
  readonly dir: string;
  /** The CA that issues all certificates below without another issuer. */
  readonly ca: Pair;
  /** A folder of CA certificates with the names that OpenSSL looks up, which are derived from their subjects. */
  readonly caFolder: string;
  readonly otherCa: Pair;
  /** For localhost, 127.0.0.1 and ::1. */
  readonly server: Pair;
  readonly nameOnly: Pair;
  readonly addressOnly: Pair;
  /** For another host. */
  readonly wrongHost: Pair;
  readonly expired: Pair;
  /** Issued by an intermediate CA. One file has that CA's certificate behind its own, the other does not. */
  readonly chained: Pair;
  readonly chainedAlone: Pair;
  readonly client: Pair;
  readonly otherClient: Pair;
  readonly revokedClient: Pair;
  /** The client's key again, encrypted with PASSPHRASE. */
  readonly encryptedKey: string;
  /** The CA's revocation list, with the certificate of revokedClient. */
  readonly crl: string;
}

export const PASSPHRASE = 'open sesame';
const LOCAL = 'DNS:localhost,IP:127.0.0.1,IP:::1';

/** Runs the openssl program; returns its output. */
export function openssl(dir: string, ...args: string[]): string {
  return execFileSync('openssl', args, { cwd: dir, encoding: 'utf8', stdio: 'pipe', env: plainEnvironment() });
}

/** Certificates for all tests of a file: call this at the top level, use them inside tests only. */
export function sharedCertificates(): () => Certificates {
  let made: Certificates | null = null;
  before(() => {
    made = makeCertificates();
  });
  after(() => {
    if (made !== null) rmSync(made.dir, { recursive: true, force: true });
  });
  return () => {
    if (made === null) throw new Error('the certificates have not been made yet');
    return made;
  };
}

export function makeCertificates(): Certificates {
  const dir = mkdtempSync(join(tmpdir(), 'libmosquitto-certificates-'));
  const ca = authority(dir, 'ca', 'Test CA');
  const otherCa = authority(dir, 'other-ca', 'Another CA');
  const intermediate = issue(dir, 'intermediate', ca, 'basicConstraints=critical,CA:TRUE');
  const chainedAlone = issue(dir, 'chained', intermediate, san(LOCAL));
  const chained = { cert: join(dir, 'chain.crt'), key: chainedAlone.key };
  writeFileSync(chained.cert, readFileSync(chainedAlone.cert, 'utf8') + readFileSync(intermediate.cert, 'utf8'));

  const client = issue(dir, 'client', ca);
  const encryptedKey = join(dir, 'encrypted.key');
  openssl(
    dir,
    'pkcs8',
    '-topk8',
    '-v2',
    'aes-256-cbc',
    '-in',
    client.key,
    '-out',
    encryptedKey,
    '-passout',
    `pass:${PASSPHRASE}`,
  );
  const revokedClient = issue(dir, 'revoked-client', ca);

  const caFolder = join(dir, 'authorities');
  mkdirSync(caFolder);
  copyFileSync(otherCa.cert, join(caFolder, 'other.pem'));
  copyFileSync(ca.cert, join(caFolder, 'ours.pem'));
  openssl(dir, 'rehash', caFolder);

  return {
    dir,
    ca,
    caFolder,
    otherCa,
    server: issue(dir, 'server', ca, san(LOCAL)),
    nameOnly: issue(dir, 'name', ca, san('DNS:localhost')),
    addressOnly: issue(dir, 'address', ca, san('IP:127.0.0.1')),
    wrongHost: issue(dir, 'wrong-host', ca, san('DNS:elsewhere.test,IP:192.0.2.1')),
    expired: issue(dir, 'expired', ca, san(LOCAL), -1),
    chained,
    chainedAlone,
    client,
    otherClient: issue(dir, 'other-client', otherCa),
    revokedClient,
    encryptedKey,
    crl: revoke(dir, ca, revokedClient),
  };
}

function san(names: string): string {
  return `subjectAltName=${names}`;
}

const P_256 = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;

export function newKey(dir: string, name: string, kind: readonly string[] = P_256): string {
  const key = join(dir, `${name}.key`);
  openssl(dir, 'genpkey', ...kind, '-out', key);
  return key;
}

function authority(dir: string, name: string, subject: string): Pair {
  const key = newKey(dir, name);
  const cert = join(dir, `${name}.crt`);
  openssl(dir, 'req', '-x509', '-key', key, '-subj', `/CN=${subject}`, '-days', '2', '-out', cert);
  return { cert, key };
}

/** Makes a certificate of this name, with one more extension, valid for `days` days from now. */
export function issue(
  dir: string,
  name: string,
  issuer: Pair,
  extension = 'keyUsage=digitalSignature',
  days = 2,
): Pair {
  const key = newKey(dir, name);
  const cert = join(dir, `${name}.crt`);
  const request = join(dir, `${name}.csr`);
  openssl(dir, 'req', '-new', '-key', key, '-subj', `/CN=${name}`, '-addext', extension, '-out', request);
  const signer = ['-CA', issuer.cert, '-CAkey', issuer.key, '-copy_extensions', 'copy'];
  openssl(dir, 'x509', '-req', '-in', request, ...signer, '-days', String(days), '-out', cert);
  return { cert, key };
}

function revoke(dir: string, ca: Pair, revoked: Pair): string {
  const crl = join(dir, 'crl.pem');
  const config = join(dir, 'crl.cnf');
  writeFileSync(join(dir, 'revoked.txt'), '');
  const section = [`database=${dir}/revoked.txt`, 'default_md=sha256', 'default_crl_days=2'];
  writeFileSync(config, ['[ca]', 'default_ca=own', '[own]', ...section, ''].join('\n'));
  const signer = ['-config', config, '-cert', ca.cert, '-keyfile', ca.key];
  openssl(dir, 'ca', ...signer, '-revoke', revoked.cert);
  openssl(dir, 'ca', ...signer, '-gencrl', '-out', crl);
  return crl;
}
