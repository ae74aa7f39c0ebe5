import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { Authority, type Issue } from '../support/authority';
import { type Certificates, openssl, type Pair, sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { opensslServerFor } from '../support/openssl-server';
import { clientFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt, attemptWith } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

// Tests that each certificate or chain with a fault is refused, and that those without a fault are accepted.

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();
const NAMES = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
const CA = 'basicConstraints=critical,CA:TRUE';
const SIGNS = 'keyUsage=keyCertSign,cRLSign';
const rsa = (bits: number) => ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${bits}`];

/** The certificates that a server sends: its own, and those above it. */
interface Sent extends Pair {
  above: Pair[];
}

type Maker = (root: Authority) => Sent;

/** A server's certificate that the root itself has signed. */
function leaf({ extensions = [], ...issue }: Issue = {}): Maker {
  return (root) => ({ ...root.issue('leaf', { ...issue, extensions: [NAMES, ...extensions] }), above: [] });
}

/** The same below intermediate CAs, the topmost first. */
function below(...issues: Issue[]): Maker {
  return (root) => {
    const above: Pair[] = [];
    let issuer = root;
    issues.forEach((issue, index) => {
      issuer = issuer.authority(`intermediate-${index}`, issue);
      above.unshift(issuer.pair);
    });
    return { ...issuer.issue('leaf', { extensions: [NAMES] }), above };
  };
}

/** The last byte of the signature is changed. */
const tampered: Maker = (root) => {
  const pair = root.issue('tampered', { extensions: [NAMES] });
  const lines = readFileSync(pair.cert, 'utf8').trim().split('\n');
  const bytes = Buffer.from(lines.slice(1, -1).join(''), 'base64');
  bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
  writeFileSync(
    pair.cert,
    [lines[0], bytes.toString('base64').replaceAll(/.{64}/g, '$&\n'), lines.at(-1), ''].join('\n'),
  );
  return { ...pair, above: [] };
};

/** A server whose own certificate is good signs one for another host, although it is no CA. */
const signedByServer: Maker = (root) => {
  const server = Authority.of(
    root.pair.cert.replace(/[^/]*$/, ''),
    'server',
    root.issue('server', { extensions: [NAMES] }),
  );
  return { ...server.issue('leaf', { extensions: [NAMES] }), above: [server.pair] };
};

const selfSigned: Maker = (root) => {
  const dir = dirname(root.pair.cert);
  const pair = { cert: join(dir, 'self-signed.crt'), key: join(dir, 'self-signed.key') };
  const kind = ['-newkey', 'rsa:2048', '-nodes', '-keyout', pair.key];
  openssl(dir, 'req', '-x509', ...kind, '-subj', '/CN=self', '-addext', NAMES, '-days', '2', '-out', pair.cert);
  return { ...pair, above: [] };
};

/** MD5 exists only with RSA keys. */
const signedWithMd5: Maker = (root) => {
  const issuer = root.authority('rsa', { key: rsa(2048) });
  return { ...issuer.issue('leaf', { extensions: [NAMES], digest: 'md5' }), above: [issuer.pair] };
};

const REFUSED: [string, Maker, RegExp][] = [
  ['expired', leaf({ from: -3, to: -1 }), /certificate has expired/],
  ['not valid yet', leaf({ from: 1, to: 2 }), /certificate is not yet valid/],
  ['an intermediate that has expired', below({ from: -3, to: -1 }), /certificate has expired/],
  ['an intermediate that is not valid yet', below({ from: 1, to: 2 }), /certificate is not yet valid/],
  ['an intermediate that is no CA', below({ extensions: ['basicConstraints=critical,CA:FALSE'] }), /invalid CA|issuer/],
  [
    'an intermediate that says nothing of being a CA',
    below({ extensions: ['keyUsage=digitalSignature'] }),
    /invalid CA|key usage|issuer/,
  ],
  [
    'an intermediate that may not sign certificates',
    below({ extensions: [CA, 'keyUsage=cRLSign'] }),
    /invalid CA|key usage|issuer/,
  ],
  [
    'an intermediate below one that allows none',
    below({ extensions: [`${CA},pathlen:0`, SIGNS] }, {}),
    /path length constraint exceeded/,
  ],
  [
    'names that the CA may not vouch for',
    below({ extensions: [CA, SIGNS, 'nameConstraints=critical,permitted;DNS:things.test'] }),
    /permitted subtree violation/,
  ],
  [
    'names that the CA is forbidden',
    below({ extensions: [CA, SIGNS, 'nameConstraints=critical,excluded;DNS:localhost'] }),
    /excluded subtree violation/,
  ],
  [
    'an address that the CA is forbidden',
    below({ extensions: [CA, SIGNS, 'nameConstraints=critical,excluded;IP:127.0.0.0/255.0.0.0'] }),
    /excluded subtree violation/,
  ],
  ['for clients alone', leaf({ extensions: ['extendedKeyUsage=clientAuth'] }), /certificate purpose/],
  ['for code alone', leaf({ extensions: ['extendedKeyUsage=codeSigning'] }), /certificate purpose/],
  ['a CA for clients alone', below({ extensions: [CA, SIGNS, 'extendedKeyUsage=clientAuth'] }), /certificate purpose/],
  ['a key for revocation lists alone', leaf({ extensions: ['keyUsage=cRLSign'] }), /certificate purpose/],
  [
    'a critical extension that nobody knows',
    leaf({ extensions: ['1.2.3.4.5=critical,ASN1:UTF8String:x'] }),
    /unhandled critical extension/,
  ],
  ['signed with SHA-1', leaf({ digest: 'sha1' }), /digest algorithm too weak|md too weak/],
  ['signed with MD5', signedWithMd5, /digest algorithm too weak|md too weak/],
  ['an intermediate signed with SHA-1', below({ digest: 'sha1' }), /digest algorithm too weak|md too weak/],
  ['an RSA key of 1024 bits', leaf({ key: rsa(1024) }), /key too (weak|small)/],
  ['an intermediate with an RSA key of 1024 bits', below({ key: rsa(1024) }), /key too (weak|small)/],
  ['another signature', tampered, /certificate signature failure/],
  ['signed by a server, which is no CA', signedByServer, /invalid CA|issuer/],
  ['signed by nobody that is known', selfSigned, /issuer|self-signed|unable to verify/],
];

const TAKEN: [string, Maker][] = [
  ['for servers', leaf({ extensions: ['extendedKeyUsage=serverAuth', 'keyUsage=digitalSignature'] })],
  ['for servers and clients', leaf({ extensions: ['extendedKeyUsage=clientAuth,serverAuth'] })],
  ['signed with SHA-512', leaf({ digest: 'sha512' })],
  ['an RSA key of 3072 bits', leaf({ key: rsa(3072) })],
  [
    'two intermediates, as many as allowed',
    below({ extensions: [`${CA},pathlen:1`, SIGNS] }, { extensions: [`${CA},pathlen:0`, SIGNS] }),
  ],
  [
    'a name that the CA may vouch for',
    below({ extensions: [CA, SIGNS, 'nameConstraints=critical,permitted;DNS:localhost'] }),
  ],
  ['an extension that nobody knows and may be passed over', leaf({ extensions: ['1.2.3.4.5=ASN1:UTF8String:x'] })],
];

let made = 0;

function make({ dir, ca }: Certificates, maker: Maker): { chain: Pair; above: string } {
  made += 1;
  const root = Authority.of(dir, `faults-${made}`, ca);
  const { cert, key, above } = maker(root);
  const chain = join(dir, `faults-${made}.pem`);
  const higher = join(dir, `faults-above-${made}.pem`);
  writeFileSync(higher, above.map((pair) => readFileSync(pair.cert, 'utf8')).join(''));
  writeFileSync(chain, readFileSync(cert, 'utf8') + readFileSync(higher, 'utf8'));
  return { chain: { cert: chain, key }, above: above.length > 0 ? higher : '' };
}

function trusting(client: Mosquitto): void {
  assert.equal(client.tls_set(certificates().ca.cert), 0);
}

/** A server with any given certificate. */
function carelessServerFor(t: TestContext, { chain, above }: { chain: Pair; above: string }) {
  return opensslServerFor(t, chain, [
    ...(above === '' ? [] : ['-cert_chain', above]),
    '-cipher',
    'DEFAULT:@SECLEVEL=0',
  ]);
}

for (const [what, maker, reason] of REFUSED) {
  test(`refused: ${what}`, limit, async (t) => {
    const { port } = await carelessServerFor(t, make(certificates(), maker));
    for (const mode of MODES) {
      const client = clientFor(t);
      const outcome = await attemptWith(t, client, { port, mode }, trusting);
      // This server accepts one connection after the other, and a loop may have begun the next.
      client.destroy();
      assertRefused(outcome, reason);
    }
  });
}

for (const [what, maker] of TAKEN) {
  test(`accepted: ${what}`, limit, async (t) => {
    const { port } = await tlsBrokerFor(t, certificates(), make(certificates(), maker).chain);
    for (const mode of MODES) assert.deepEqual(await attempt(t, { port, mode }, trusting), ACCEPTED);
  });
}
