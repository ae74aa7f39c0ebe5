import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_TLS,
  MOSQ_LOG_ERR,
  MOSQ_OPT_TLS_USE_OS_CERTS,
  type Mosquitto,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { dnsServerFor } from '../support/dns-server';
import { MODES, type Mode } from '../support/drive';
import { KINDS, type Kind, overheardFor } from '../support/overheard';
import { clientFor, driveFor } from '../support/scope';
import { disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { acceptKey } from '../support/websocket';

// Settings that change after connect(): each connection checks again whether TLS is wanted and complete. Otherwise,
// with a check only in connect(), the client would send user name and password in plain TCP.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

interface Change {
  /** Sets options before connect(). */
  before(client: Mosquitto): void;
  /** Changes them later: TLS is set, without anything to verify the broker with. */
  after(client: Mosquitto): void;
}

const CHANGES: Record<string, Change> = {
  'OS certificates switched off': {
    before: (client) => {
      assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 1), 0);
      // A unix socket has no name to verify.
      assert.equal(client.tls_insecure_set(true), 0);
    },
    after: (client) => assert.equal(client.int_option(MOSQ_OPT_TLS_USE_OS_CERTS, 0), 0),
  },
  'tls_set() that fails': {
    before: () => undefined,
    after: (client) => assert.equal(client.tls_set('/nonexistent/ca.crt'), MOSQ_ERR_INVAL),
  },
  'tls_psk_set() that fails': {
    before: () => undefined,
    after: (client) => assert.equal(client.tls_psk_set('not hexadecimal', 'me'), MOSQ_ERR_INVAL),
  },
};

/**
 * A client for this kind of connection, with user name and password, and its lines with the reason why it does not
 * connect.
 */
async function watched(t: test.TestContext, kind: Kind, change: Change, options = {}) {
  const peer = await overheardFor(t, kind, options);
  const client = clientFor(t);
  const reasons: string[] = [];
  client.on_log = (_mosq, _obj, level, text) => {
    if (level === MOSQ_LOG_ERR && text.includes('there is no CA')) reasons.push(text);
  };
  peer.prepare(client);
  change.before(client);
  client.username_pw_set('user', 'secret');
  client.reconnect_delay_set(1);
  return { peer, client, reasons };
}

/** Changes settings at `moment`, for every kind of connection and every mode. */
function eachWay(moment: string, run: (t: test.TestContext, kind: Kind, change: Change, mode: Mode) => Promise<void>) {
  for (const [name, change] of Object.entries(CHANGES)) {
    for (const kind of KINDS) {
      test(`${name} ${moment}: ${kind}`, limit, async (t) => {
        for (const mode of MODES) await run(t, kind, change, mode);
      });
    }
  }
}

eachWay('after connect_async()', async (t, kind, change, mode) => {
  const { peer, client, reasons } = await watched(t, kind, change);
  assert.equal(client.connect_async(peer.host, peer.port), 0);
  change.after(client);
  const driven = driveFor(t, client, mode);
  await until(() => reasons.length > 0, 'the reason in the log');
  if (mode === 'loop') await until(() => driven.rc === MOSQ_ERR_TLS, 'loop() to return MOSQ_ERR_TLS');
  assert.ok(peer.heard().every((bytes) => bytes.length === 0));
  await driven.stop();
});

eachWay('before the connection comes back', async (t, kind, change, mode) => {
  const { peer, client, reasons } = await watched(t, kind, change);
  assert.equal(client.connect(peer.host, peer.port), 0);
  const driven = driveFor(t, client, mode);
  await until(() => (peer.heard()[0]?.length ?? 0) > 0, 'the first connection');
  change.after(client);
  peer.hangUp();
  await until(() => client.socket() === -1, 'the end of the first connection');
  if (mode === 'loop') {
    assert.equal(client.reconnect(), MOSQ_ERR_TLS);
    assert.equal(client.reconnect_async(), MOSQ_ERR_TLS);
  }
  await until(() => reasons.length > 0, 'the reason in the log');
  await driven.stop();
  for (const bytes of peer.heard().slice(1)) assert.equal(bytes.length, 0);
});

eachWay('in on_pre_connect', async (t, kind, change, mode) => {
  for (const method of ['connect', 'connect_async'] as const) {
    const { peer, client, reasons } = await watched(t, kind, change);
    client.on_pre_connect = () => {
      client.on_pre_connect = null;
      change.after(client);
    };
    const rc = client[method](peer.host, peer.port);
    assert.equal(rc, method === 'connect' ? MOSQ_ERR_TLS : 0);
    const driven = driveFor(t, client, mode);
    await until(() => reasons.length > 0, 'the reason in the log');
    await driven.stop();
    assert.ok(peer.heard().every((bytes) => bytes.length === 0));
  }
});

for (const [name, change] of Object.entries(CHANGES)) {
  for (const kind of KINDS.filter((each) => each.endsWith('SOCKS'))) {
    // TLS begins after the proxy's handshake, with the settings of that time.
    test(`${name} while the proxy works: ${kind}`, limit, async (t) => {
      for (const mode of MODES) {
        const { peer, client, reasons } = await watched(t, kind, change, { answers: false });
        const codes = disconnections(client);
        assert.equal(client.connect(peer.host, peer.port), 0);
        const driven = driveFor(t, client, mode);
        await until(() => peer.asked() > 0, 'the request to the proxy');
        change.after(client);
        peer.answer();
        await until(() => codes.length > 0, 'on_disconnect');
        assert.equal(codes[0], MOSQ_ERR_TLS);
        if (mode !== 'loop') await until(() => reasons.length > 0, 'the reason in the log');
        await driven.stop();
        assert.ok(peer.heard().every((bytes) => bytes.length === 0));
      }
    });
  }
}

function webSocketTests(): void {
  test('TLS asked for during the handshake of a WebSocket ends that connection before CONNECT', limit, async (t) => {
    const requests: Array<(client: Mosquitto) => void> = [
      (client) => assert.equal(client.tls_set(certificates().ca.cert), 0),
      (client) => assert.equal(client.tls_set('/nonexistent/ca.crt'), MOSQ_ERR_INVAL),
    ];
    for (const mode of MODES) {
      for (const request of requests) {
        const peer = await overheardFor(t, 'WebSockets');
        const client = clientFor(t);
        peer.prepare(client);
        const codes = disconnections(client);
        assert.equal(client.connect(peer.host, peer.port), 0);
        const driven = driveFor(t, client, mode);
        await until(() => peer.heard()[0]?.includes('\r\n\r\n') === true, 'the request');
        request(client);
        const asked = `${peer.heard()[0]}`;
        const key = /Sec-WebSocket-Key: (\S+)/i.exec(asked)?.[1] ?? '';
        peer.send(
          [
            'HTTP/1.1 101 Switching Protocols',
            'Upgrade: websocket',
            'Connection: Upgrade',
            `Sec-WebSocket-Accept: ${acceptKey(key)}`,
            'Sec-WebSocket-Protocol: mqtt',
            '\r\n',
          ].join('\r\n'),
        );
        await until(() => codes.length > 0, 'on_disconnect');
        assert.equal(codes[0], MOSQ_ERR_TLS);
        await driven.stop();
        assert.equal(`${peer.heard()[0]}`, asked, 'nothing follows the request');
      }
    }
  });
}
if (build_info().features.websockets) webSocketTests();

test('OS certificates switched off while SRV records are asked for', limit, async (t) => {
  for (const mode of MODES) {
    const change = CHANGES['OS certificates switched off'] as Change;
    const { peer, client, reasons } = await watched(t, 'TCP', change);
    const dns = await dnsServerFor(t, { '_secure-mqtt._tcp.things.test': [{ name: 'localhost', port: peer.port }] });
    dns.answering = false;
    assert.equal(client.connect_srv('things.test'), 0);
    const driven = driveFor(t, client, mode);
    await until(() => dns.questions.length > 0, 'the question');
    change.after(client);
    dns.answering = true; // the answer to the second request
    await until(() => reasons.length > 0, 'the reason in the log');
    await driven.stop();
    assert.ok(peer.heard().every((bytes) => bytes.length === 0));
  }
});

test('a loop tries again, and connects by TLS once the settings are complete', limit, async (t) => {
  const change = CHANGES['OS certificates switched off'] as Change;
  for (const mode of ['event loop', 'thread'] as const) {
    const { peer, client, reasons } = await watched(t, 'TCP', change);
    assert.equal(client.connect_async(peer.host, peer.port), 0);
    change.after(client);
    driveFor(t, client, mode);
    await until(() => reasons.length > 0, 'the reason in the log');
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    await until(() => peer.heard().some((bytes) => bytes.length > 5), 'the first bytes');
    for (const bytes of peer.heard()) assert.ok(bytes.length === 0 || bytes[0] === 0x16, 'a ClientHello');
  }
});
