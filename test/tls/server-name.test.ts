import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { isWhole, serverNameOf } from '../support/client-hello';
import { MODES } from '../support/drive';
import { KINDS, type Kind, overheardFor } from '../support/overheard';
import { clientFor, driveFor } from '../support/scope';
import { scaled, until } from '../support/wait';

// Tests the server name in a ClientHello (SNI). An address is not allowed (RFC 6066, section 3), and the path of a unix
// socket would reveal facts about this machine to the peer.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

const ADDRESSES = ['192.0.2.7', '127.1', '2001:db8::7', '::ffff:192.0.2.7', 'fe80::7%eth0', 'fe80::7%2'];
const NAMES = ['broker.things.test', '192.0.2.7.things.test', 'a1', '1-2.test'];

/** The server name of a client's first connection. */
async function asked(t: test.TestContext, kind: Kind, host: string | null, mode: (typeof MODES)[number]) {
  const peer = await overheardFor(t, kind);
  const client = clientFor(t);
  peer.prepare(client);
  trust(client);
  assert.equal(client.connect(host ?? peer.host, peer.port), 0, client.last_error);
  const driven = driveFor(t, client, mode);
  await until(() => isWhole(peer.heard()[0] ?? Buffer.alloc(0)), 'the ClientHello');
  await driven.stop();
  client.destroy();
  const hello = peer.heard()[0] ?? Buffer.alloc(0);
  return { hello, name: serverNameOf(hello), path: peer.host };
}

function trust(client: Mosquitto): void {
  assert.equal(client.tls_set(certificates().ca.cert), 0);
  assert.equal(client.tls_insecure_set(true), 0);
}

function staticTests(): void {
  for (const kind of KINDS.filter((each) => each.endsWith('SOCKS'))) {
    test(`an address is no server name: ${kind}`, limit, async (t) => {
      for (const host of ADDRESSES) {
        for (const mode of MODES) assert.equal((await asked(t, kind, host, mode)).name, null, host);
      }
    });
  }

  for (const kind of ['TCP', ...KINDS.filter((each) => each === 'WebSockets')] as const) {
    test(`an address is no server name: ${kind}`, limit, async (t) => {
      for (const mode of MODES) assert.equal((await asked(t, kind, '127.0.0.1', mode)).name, null);
    });
  }

  test('the path of a unix socket is no server name', limit, async (t) => {
    for (const mode of MODES) {
      const { hello, name, path } = await asked(t, 'unix socket', null, mode);
      assert.equal(name, null);
      assert.ok(!hello.includes(path));
    }
  });
}
// The system's library begins the handshake before our code can change it.
if (build_info().linkage === 'static') staticTests();

for (const kind of KINDS.filter((each) => each.endsWith('SOCKS'))) {
  test(`a name is one: ${kind}`, limit, async (t) => {
    for (const host of NAMES) {
      assert.equal((await asked(t, kind, host, 'thread')).name, host);
    }
  });
}

for (const kind of ['TCP', ...KINDS.filter((each) => each === 'WebSockets')] as const) {
  test(`a name is one: ${kind}`, limit, async (t) => {
    for (const mode of MODES) assert.equal((await asked(t, kind, 'localhost', mode)).name, 'localhost');
  });
}
