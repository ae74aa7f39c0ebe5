import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_TLS } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { rawServerFor } from '../support/raw-server';
import { reset } from '../support/reset';
import { clientFor, driveFor } from '../support/scope';
import { disconnections } from '../support/traffic';
import { SLOW, scaled, until } from '../support/wait';

// Tests a peer that accepts the connection and then stops at a step of the handshake. The event loop must continue, and
// disconnect() must end the connection.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

for (const mode of MODES) {
  test(`while a handshake stalls, the event loop turns and the client can be destroyed (${mode})`, limit, async (t) => {
    const server = await rawServerFor(t);
    const client = clientFor(t);
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    const began = performance.now();
    assert.equal(client.connect(server.host, server.port), 0);
    const driven = driveFor(t, client, mode);
    await until(() => (server.received()[0]?.length ?? 0) > 0, 'the ClientHello');
    for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve));
    await driven.stop();
    client.destroy();
    assert.ok(performance.now() - began < scaled(5000), 'nothing waited for the handshake');
  });

  // DISCONNECT cannot be written, so there is no time limit.
  test(`disconnect() during a handshake ends it at once, with 0 (${mode})`, limit, async (t) => {
    const server = await rawServerFor(t);
    const client = clientFor(t);
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    const codes = disconnections(client);
    assert.equal(client.connect(server.host, server.port), 0);
    driveFor(t, client, mode);
    await until(() => (server.received()[0]?.length ?? 0) > 0, 'the ClientHello');
    const began = performance.now();
    client.disconnect();
    await until(() => codes.length > 0 && client.socket() === -1, 'on_disconnect');
    // An accepted connection gives the broker up to 2 s to close it.
    assert.ok(performance.now() - began < scaled(1000) || SLOW > 1, 'nothing waited');
    assert.deepEqual(codes, [0]);
    await until(() => server.closed() === 1, 'the end of the stream');
  });

  test(`a reset during the handshake is MOSQ_ERR_TLS, every time (${mode})`, limit, async (t) => {
    const server = await rawServerFor(t, (socket) => {
      socket.once('data', () => reset(socket));
    });
    const client = clientFor(t);
    assert.equal(client.tls_set(certificates().ca.cert), 0);
    const codes = disconnections(client);
    for (let attempt = 1; attempt <= 2; attempt++) {
      assert.equal(client.connect(server.host, server.port), 0);
      const driven = driveFor(t, client, mode);
      await until(() => codes.length === attempt, 'on_disconnect');
      await driven.stop();
    }
    assert.deepEqual(codes, [MOSQ_ERR_TLS, MOSQ_ERR_TLS]);
  });
}

test('bytes that are not TLS, whole or in parts, end the connection with a code', limit, async (t) => {
  const answers = [
    Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    Buffer.from([0x20, 2, 0, 0]),
    Buffer.from([0x15, 3, 3, 0, 2, 2, 40]), // an alert: handshake failure
    Buffer.from([0x16, 3, 3, 0xff, 0xff]),
    Buffer.alloc(100, 0xff),
  ];
  for (const answer of answers) {
    for (const mode of MODES) {
      const server = await rawServerFor(t, (socket) => {
        socket.once('data', () => socket.end(answer));
      });
      const client = clientFor(t);
      assert.equal(client.tls_set(certificates().ca.cert), 0);
      const codes = disconnections(client);
      assert.equal(client.connect(server.host, server.port), 0);
      const driven = driveFor(t, client, mode);
      await until(() => codes.length > 0, 'on_disconnect');
      assert.notEqual(codes[0], 0);
      await driven.stop();
    }
  }
});
