import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { build_info, MOSQ_ERR_TLS, MOSQ_LOG_ERR, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { opensslServerFor } from '../support/openssl-server';
import { connack, publish } from '../support/packets';
import { APPLICATION_DATA, HANDSHAKE, type PskPeer, pskServerFor, record } from '../support/psk-server';
import { rawServerFor } from '../support/raw-server';
import { clientFor, driveFor } from '../support/scope';
import { assertRefused, attempt } from '../support/tls-attempt';
import { collect, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests that the client refuses renegotiation. A broker of TLS 1.2 may ask for another handshake at any time. Each
// costs the client as much as a connection, and the request costs the broker nothing.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const KEY = '0123456789abcdef';
const HELLO_REQUEST = Buffer.of(0, 0, 0, 0);

test('a request to renegotiate is refused, and the connection ends with the reason', limit, async (t) => {
  for (const mode of MODES) {
    const server = await opensslServerFor(t, certificates().server, ['-tls1_2', '-msg']);
    const client = clientFor(t);
    const codes = disconnections(client);
    let accepted = false;
    client.on_connect = (_mosq, _obj, rc) => {
      accepted = rc === 0;
    };
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    assert.equal(client.connect('localhost', server.port), 0);
    const driven = driveFor(t, client, mode);
    await until(() => server.output().includes('MQTT'), 'CONNECT');
    server.send(connack(0));
    await until(() => accepted, 'on_connect');
    server.send(Buffer.from('r\n'));
    await until(() => server.output().includes('HelloRequest'), 'the request');
    const hellos = (): number => server.output().toString('latin1').split('ClientHello').length - 1;
    await until(() => codes.length > 0 || hellos() > 1, 'the answer');
    await driven.stop();
    assert.equal(hellos(), 1, 'no other handshake');
    assert.deepEqual(codes, [MOSQ_ERR_TLS]);
    if (build_info().linkage === 'static') assert.match(client.last_error, /the broker asked to renegotiate/);
    client.destroy();
  }
});

/** A client that has connected to a server of TLS 1.2 with a pre-shared key. */
async function keyed(client: Mosquitto, port: number): Promise<void> {
  let accepted = false;
  client.on_connect = (_mosq, _obj, rc) => {
    accepted = rc === 0;
  };
  assert.equal(client.tls_psk_set(KEY, 'sensor', 'PSK-AES128-GCM-SHA256'), 0);
  assert.equal(client.connect('127.0.0.1', port), 0);
  await until(() => accepted, 'on_connect');
}

test('a broker that continues after the refusal is still read', limit, async (t) => {
  for (const mode of MODES) {
    const { port } = await pskServerFor(t, KEY, ({ socket, seal }) => {
      socket.write(seal(APPLICATION_DATA, connack(0)));
      socket.write(seal(HANDSHAKE, HELLO_REQUEST));
      socket.write(seal(APPLICATION_DATA, publish('after', 'the request')));
    });
    const client = clientFor(t);
    const messages = collect(client);
    const driven = driveFor(t, client, mode);
    await keyed(client, port);
    await until(() => messages.length > 0, 'the message');
    assert.equal(String(messages[0]?.payload), 'the request');
    await driven.stop();
  }
});

// The broker breaks TLS with these bytes after its request was refused.
const FAULTS: Record<string, { bytes: Buffer; reason: RegExp }> = {
  'a forged record': {
    bytes: record(APPLICATION_DATA, Buffer.alloc(40)),
    reason: /cipher operation failed|bad record mac/,
  },
  'no record': { bytes: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), reason: /wrong version number/ },
};

for (const [name, { bytes, reason }] of Object.entries(FAULTS)) {
  for (const goesOn of [true, false]) {
    const when = goesOn ? 'later' : 'at once';
    test(`a request that was refused, and ${name} ${when}: the second is the reason`, limit, async (t) => {
      for (const mode of MODES) {
        for (const logs of [true, false]) {
          const peers: PskPeer[] = [];
          const { port } = await pskServerFor(t, KEY, (peer) => {
            peers.push(peer);
            const { socket, seal } = peer;
            socket.write(seal(APPLICATION_DATA, connack(0)));
            socket.write(seal(HANDSHAKE, HELLO_REQUEST));
            if (goesOn) socket.write(seal(APPLICATION_DATA, publish('after', 'the request')));
          });
          const client = clientFor(t);
          const messages = collect(client);
          const codes = disconnections(client);
          const errors: string[] = [];
          if (logs) {
            client.on_log = (_mosq, _obj, level, text) => {
              if (level === MOSQ_LOG_ERR) errors.push(text);
            };
          }
          const driven = driveFor(t, client, mode);
          await keyed(client, port);
          if (goesOn) await until(() => messages.length > 0, 'the message');
          peers[0]?.socket.write(bytes);
          await until(() => codes.length > 0, 'the end');
          await driven.stop();
          assert.equal(codes[0], MOSQ_ERR_TLS);
          assert.doesNotMatch(client.last_error, /renegotiate/);
          if (logs) {
            assert.match(client.last_error, reason);
            assert.match(errors.filter((text) => text.startsWith('TLS: ')).at(-1) ?? '', reason);
          }
          client.destroy();
        }
      }
    });
  }
}

// SSL_read() handles all records in front of application data, as long as there are any.
test('requests by the thousand leave the event loop its turns', limit, async (t) => {
  const requests = 2000;
  const { port } = await pskServerFor(t, KEY, ({ socket, seal }) => {
    socket.write(seal(APPLICATION_DATA, connack(0)));
    const flood = Array.from({ length: requests }, () => seal(HANDSHAKE, HELLO_REQUEST));
    socket.write(Buffer.concat([...flood, seal(APPLICATION_DATA, publish('after', 'the requests'))]));
  });
  const client = clientFor(t);
  const messages = collect(client);
  driveFor(t, client, 'event loop');
  await keyed(client, port);
  let turns = 0;
  while (messages.length === 0) {
    await turn();
    turns += 1;
  }
  assert.ok(turns >= requests / 2, `${turns} turns`);
});

if (build_info().linkage === 'static') {
  test('a request within the handshake ends the connection', limit, async (t) => {
    for (const mode of MODES) {
      const { port } = await rawServerFor(t, (socket) => {
        socket.once('data', () => socket.write(record(HANDSHAKE, Buffer.alloc(4 * 4096))));
      });
      const outcome = await attempt(t, { port, mode }, (client) => {
        assert.equal(client.tls_set(certificates().ca.cert), 0);
      });
      assertRefused(outcome, /asks for a handshake within a handshake/);
    }
  });
}
