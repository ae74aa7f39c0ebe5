import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { build_info, type Mosquitto } from 'libmosquitto';
import { Authority } from '../support/authority';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { namingProxyFor } from '../support/naming-proxy';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { tlsBrokerFor } from '../support/tls-broker';
import { scaled } from '../support/wait';

// Tests that a certificate is accepted only if it is for the host given to connect().

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();
let root: Authority | null = null;

before(() => {
  root = Authority.of(certificates().dir, 'names', certificates().ca);
});

/** The host, the names in the certificate, and its common name. */
type Case = [host: string, san: string | null, commonName?: string];

const TAKEN: Case[] = [
  ['broker.things.test', 'DNS:broker.things.test'],
  ['broker.things.test', 'DNS:BROKER.Things.TEST'],
  ['broker.things.test', 'DNS:other.test,DNS:broker.things.test'],
  ['broker.things.test', 'DNS:*.things.test'],
  ['192.0.2.7', 'IP:192.0.2.7'],
  ['192.0.2.7', 'DNS:broker.things.test,IP:192.0.2.7'],
  ['2001:db8::7', 'IP:2001:db8:0:0:0:0:0:7'],
];

const REFUSED: Case[] = [
  ['broker.things.test', 'DNS:broker.things.test.evil.test'],
  ['broker.things.test', 'DNS:things.test'],
  ['things.test', 'DNS:*.things.test'],
  ['a.broker.things.test', 'DNS:*.things.test'],
  ['broker.things.test', 'DNS:*.test'],
  ['broker.things.test', 'DNS:*'],
  ['broker.things.test', 'DNS:broker.*.test'],
  ['broker.things.test', 'DNS:*.*.test'],
  // A name does not count as an address, and an address not as a name, whatever it looks like.
  ['192.0.2.7', 'IP:192.0.2.8'],
  ['2001:db8::7', 'IP:192.0.2.7'],
  // A common name does not count beside other names.
  ['broker.things.test', 'DNS:elsewhere.test', 'broker.things.test'],
  ['broker.things.test', 'URI:mqtts://broker.things.test,email:a@broker.things.test', 'things'],
];

/** Version 2.0 compares names itself and accepts these. */
const REFUSED_BY_OPENSSL: Case[] = [
  ['broker.things.test', null, 'broker.things.test'],
  ['broker.things.test', 'IP:192.0.2.7', 'broker.things.test'],
  ['192.0.2.7', null, '192.0.2.7'],
  ['192.0.2.7', 'DNS:192.0.2.7'],
  ['192.0.2.7', 'DNS:*.0.2.7'],
  ['broker.things.test', 'DNS:br*.things.test'],
  ['broker.things.test', 'DNS:*er.things.test'],
  ['broker.things.test', 'DNS:b*r.things.test'],
];

let made = 0;

async function verify(t: test.TestContext, [host, san, commonName = 'name']: Case, accepted: boolean): Promise<void> {
  assert.ok(root !== null);
  made += 1;
  const pair = root.issue(`named-${made}`, {
    subject: `/CN=${commonName}`,
    extensions: san === null ? [] : [`subjectAltName=${san}`],
  });
  const { port } = await tlsBrokerFor(t, certificates(), pair);
  const proxy = await namingProxyFor(t, port, [host]);
  const what = `${host}, a certificate for ${san ?? 'no name'}, CN ${commonName}`;
  for (const mode of MODES) {
    const outcome = await attempt(t, { host, port: 8883, mode }, (client: Mosquitto) => {
      assert.equal(client.tls_set(certificates().ca.cert), 0);
      assert.equal(client.socks5_set('127.0.0.1', proxy.port), 0);
    });
    if (accepted) assert.deepEqual(outcome, ACCEPTED, what);
    else assertRefused(outcome, /hostname mismatch|IP address mismatch/);
  }
}

test('names and addresses that are in the certificate', limit, async (t) => {
  for (const taken of TAKEN) await verify(t, taken, true);
});

const refused = build_info().linkage === 'static' ? [...REFUSED, ...REFUSED_BY_OPENSSL] : REFUSED;
for (const one of refused) {
  test(`refused: ${one[0]} by a certificate for ${one[1] ?? 'no name'}, CN ${one[2] ?? 'name'}`, limit, (t) =>
    verify(t, one, false),
  );
}
