// disconnect() while the socket does not take what is queued: it would catch a connection that ends by what arrives
// meanwhile, or after a time, without the backlog and without DISCONNECT, so that the broker publishes the will; and one
// that a peer keeps open for ever.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { build_info, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES, type Mode } from '../support/drive';
import { DISCONNECT } from '../support/packets';
import { clientFor, driveFor } from '../support/scope';
import { connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { type SlowPeer, slowPeerFor } from './slow-peer';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const MiB = 1024 * 1024;
const FEW_SECONDS = 8000;
/**
 * In MiB. Two are in the socket's buffer at once, and DISCONNECT behind them; thirty are not. libmosquitto 2.0 closes the
 * connection with DISCONNECT, which docs/threads-and-delivery.md says.
 */
const BACKLOGS = build_info().linkage === 'static' ? [2, 30] : [30];
/** Longer than a peer that takes nothing is waited for. */
const SLOW_MS = 4000;

interface Leaving {
  readonly client: Mosquitto;
  readonly peer: SlowPeer;
  readonly ends: number[];
}

/**
 * A client that has published so many messages of 1 MiB, and a peer that reads none of them yet. A test tells a peer that
 * is to get them all to read before disconnect(): the client leaves a peer that takes nothing for two seconds, also while
 * the test's thread stands still.
 */
async function backlogFor(t: TestContext, mode: Mode, count: number, tls: boolean): Promise<Leaving> {
  const { ca, server } = certificates();
  const peer = await slowPeerFor(t, tls ? server : null);
  const client = clientFor(t);
  if (tls) assert.equal(client.tls_set(ca.cert), 0);
  driveFor(t, client, mode);
  await connectTo(client, { host: 'localhost', port: peer.port });
  for (let number = 0; number < count; number++) assert.equal(client.publish('t', Buffer.alloc(MiB, number), 0), 0);
  return { client, peer, ends: disconnections(client) };
}

/** The peer has it all, in its order, and DISCONNECT behind it. */
async function assertWhole(peer: SlowPeer, count: number): Promise<void> {
  const messages = Array.from({ length: count }, (_, number) => number);
  assert.deepEqual(await peer.report(), { messages, last: DISCONNECT });
}

for (const mode of MODES) {
  describe(`disconnect() with a backlog (${mode})`, () => {
    for (const tls of [false, true]) {
      const way = tls ? 'TLS' : 'TCP';

      for (const count of BACKLOGS) {
        test(`${count} MiB arrive although the peer sends meanwhile (${way})`, limit, async (t) => {
          const { client, peer, ends } = await backlogFor(t, mode, count, tls);
          peer.order({ what: 'take', parts: 1, pauseMs: 1 });
          assert.equal(client.disconnect(), 0);
          await sleep(200);
          peer.order({ what: 'read all' });
          await assertWhole(peer, count);
          await until(() => ends.length > 0, 'on_disconnect');
          assert.deepEqual(ends, [0]);
        });
      }
    }

    test('a peer that reads slowly, and sends, gets it all', limit, async (t) => {
      const { client, peer, ends } = await backlogFor(t, mode, 40, false);
      peer.order({ what: 'take', parts: 6, pauseMs: 100 });
      assert.equal(client.disconnect(), 0);
      await sleep(SLOW_MS);
      assert.deepEqual(ends, []);
      peer.order({ what: 'read all' });
      await assertWhole(peer, 40);
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [0]);
    });

    for (const count of [2, 30]) {
      test(`a peer that never reads ${count} MiB, and goes on sending, does not keep the client`, limit, async (t) => {
        const { client, peer, ends } = await backlogFor(t, mode, count, false);
        assert.equal(client.disconnect(), 0);
        peer.order({ what: 'take', parts: 0, pauseMs: 5 });
        await until(() => ends.length > 0, 'on_disconnect', FEW_SECONDS);
        assert.deepEqual(ends, [0]);
        assert.equal(client.socket(), -1);
      });
    }

    test('a peer that ends the connection meanwhile does not keep the client', limit, async (t) => {
      for (const what of ['end', 'destroy'] as const) {
        const { client, peer, ends } = await backlogFor(t, mode, 30, false);
        assert.equal(client.disconnect(), 0);
        peer.order({ what });
        await until(() => ends.length > 0, 'on_disconnect', FEW_SECONDS);
        assert.deepEqual(ends, [0]);
        assert.equal(client.socket(), -1);
      }
    });
  });
}
