// Tests disconnect() while the socket accepts no data. The connection must not end early, by arriving packets or by a
// time limit, without the queued packets and DISCONNECT: the broker would publish the will. Nor may a peer keep it open
// for ever.
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
 * Sizes in MiB. Two messages, with DISCONNECT behind them, fit into the socket's buffer at once; thirty do not.
 * libmosquitto 2.0 closes the connection with DISCONNECT, as docs/threads-and-delivery.md says.
 */
const BACKLOGS = build_info().linkage === 'static' ? [2, 30] : [30];
/** The time is longer than the limit for a peer that reads nothing. */
const SLOW_MS = 4000;

interface Leaving {
  readonly client: Mosquitto;
  readonly peer: SlowPeer;
  readonly ends: number[];
}

/**
 * Creates a client that has published `count` messages of 1 MiB, and a peer that reads none of them yet. If the peer is
 * to get them all, the test starts the reading before disconnect(): the client closes the connection of a peer that
 * reads nothing for two seconds, also while the test's thread is blocked.
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

/** Asserts that the peer got all messages in their order, and DISCONNECT behind them. */
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
      test(`a peer that never reads ${count} MiB, and goes on sending, is disconnected`, limit, async (t) => {
        const { client, peer, ends } = await backlogFor(t, mode, count, false);
        assert.equal(client.disconnect(), 0);
        peer.order({ what: 'take', parts: 0, pauseMs: 5 });
        await until(() => ends.length > 0, 'on_disconnect', FEW_SECONDS);
        assert.deepEqual(ends, [0]);
        assert.equal(client.socket(), -1);
      });
    }

    test('a peer that ends the connection meanwhile: the client closes it too', limit, async (t) => {
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
