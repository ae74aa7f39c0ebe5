// Tests that disconnect() ends in bounded time although the peer does not close the connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runChild } from '../support/child';
import { MODES } from '../support/drive';
import { DISCONNECT } from '../support/packets';
import { clientFor, driveFor } from '../support/scope';
import { connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { deafPeerFor } from './deaf-peer';

const limit = { timeout: scaled(30000) };
const FEW_SECONDS = 8000;

describe('a peer that does not close the connection', { concurrency: true }, () => {
  for (const mode of MODES) {
    test(`disconnect() is confirmed nevertheless, once (${mode})`, limit, async (t) => {
      const peer = await deafPeerFor(t);
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, peer);
      const seen = disconnections(client);
      const began = process.cpuUsage();
      assert.equal(client.disconnect(), 0);
      await until(() => seen.length > 0, 'on_disconnect', FEW_SECONDS);
      await until(() => peer.types.includes(DISCONNECT), 'the DISCONNECT packet');
      assert.deepEqual(seen, [0]);
      assert.equal(client.socket(), -1);
      // The client blocks in poll(). A loop that spins until the peer closes would use processor time for the whole
      // duration.
      if (mode === 'thread') assert.ok(process.cpuUsage(began).user < scaled(2_000_000));
    });

    test(`disconnect() is confirmed although the peer has stopped reading (${mode})`, limit, async (t) => {
      const peer = await deafPeerFor(t);
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, peer);
      peer.stopReading();
      // The backlog is larger than the buffers of two sockets, so DISCONNECT cannot leave.
      for (let i = 0; i < 20; i++) assert.equal(client.publish('t', Buffer.alloc(1024 * 1024)), 0);
      const seen = disconnections(client);
      assert.equal(client.disconnect(), 0);
      await until(() => seen.length > 0, 'on_disconnect', FEW_SECONDS);
      assert.deepEqual(seen, [0]);
      assert.equal(client.socket(), -1);
    });
  }

  for (const mode of ['event loop', 'thread'] as const) {
    test(`disconnect() and loop_stop() at once end in one on_disconnect(0) (${mode})`, limit, async (t) => {
      const peer = await deafPeerFor(t);
      const client = clientFor(t);
      const driven = driveFor(t, client, mode);
      await connectTo(client, peer);
      const seen = disconnections(client);
      assert.equal(client.disconnect(), 0);
      await driven.stop();
      await until(() => seen.length > 0, 'on_disconnect', FEW_SECONDS);
      assert.deepEqual(seen, [0]);
    });

    test(`the process ends after disconnect() and loop_stop() (${mode})`, limit, async (t) => {
      const peer = await deafPeerFor(t);
      const args = [String(peer.port), mode, 'disconnect(), loop_stop()'];
      const { code, signal, stdout, stderr, ms } = await runChild('lifecycle-alive', { args });
      const output = 'on_connect 0\non_disconnect 0\n';
      assert.deepEqual({ code, signal, stdout, stderr }, { code: 0, signal: null, stdout: output, stderr: '' });
      assert.ok(ms < scaled(FEW_SECONDS), `${ms} ms`);
    });
  }
});

// This test runs alone because it blocks the thread. The peer's time limit ends before the event loop runs again.
for (const mode of MODES) {
  test(`DISCONNECT leaves although JavaScript keeps the event loop for seconds (${mode})`, limit, async (t) => {
    const peer = await deafPeerFor(t);
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, peer);
    const seen = disconnections(client);
    assert.equal(client.disconnect(), 0);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3000);
    await until(() => seen.length > 0, 'on_disconnect', FEW_SECONDS);
    await until(() => peer.types.includes(DISCONNECT), 'the DISCONNECT packet');
    assert.deepEqual(seen, [0]);
  });
}
