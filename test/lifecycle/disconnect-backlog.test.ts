// disconnect() while the socket does not take what is queued: it would catch a connection that ends by what arrives
// meanwhile, or after a time, without the backlog and without DISCONNECT, so that the broker publishes the will; and one
// that a peer keeps open for ever.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { build_info, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { DISCONNECT, PUBLISH, publish, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo, disconnections } from '../support/traffic';
import { scaled, until, within } from '../support/wait';

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
  readonly peer: Peer;
  readonly ends: number[];
}

/** A client that has published so many messages of 1 MiB, and a peer that reads none of them yet. */
async function backlogFor(t: TestContext, mode: Mode, count: number, tls: boolean): Promise<Leaving> {
  const { ca, server } = certificates();
  const fake = await fakeBrokerFor(t, (peer) => peer.accept().then(() => peer.pause()), tls ? { tls: server } : {});
  const client = clientFor(t);
  if (tls) assert.equal(client.tls_set(ca.cert), 0);
  driveFor(t, client, mode);
  await connectTo(client, { host: 'localhost', port: fake.port });
  const [peer] = fake.peers;
  assert.ok(peer);
  for (let number = 0; number < count; number++) assert.equal(client.publish('t', Buffer.alloc(MiB, number), 0), 0);
  return { client, peer, ends: disconnections(client) };
}

function send(peer: Peer): void {
  peer.send(publish('from the peer', 'x'.repeat(1000)));
}

/** The peer has it all, in its order, and DISCONNECT behind it. */
function assertWhole({ received }: Peer, count: number): void {
  const [last] = received.slice(-1);
  assert.deepEqual(
    received.filter(({ type }) => type === PUBLISH).map((packet) => readPublish(packet).payload[0]),
    Array.from({ length: count }, (_, number) => number),
  );
  assert.equal(last?.type, DISCONNECT);
}

for (const mode of MODES) {
  describe(`disconnect() with a backlog (${mode})`, () => {
    for (const tls of [false, true]) {
      const way = tls ? 'TLS' : 'TCP';

      for (const count of BACKLOGS) {
        test(`${count} MiB arrive although the peer sends meanwhile (${way})`, limit, async (t) => {
          const { client, peer, ends } = await backlogFor(t, mode, count, tls);
          assert.equal(client.disconnect(), 0);
          for (let round = 0; round < 100; round++) {
            send(peer);
            peer.takeSome();
            await sleep(1);
          }
          peer.resume();
          await within(peer.closed, 'the end of the connection');
          assertWhole(peer, count);
          await until(() => ends.length > 0, 'on_disconnect');
          assert.deepEqual(ends, [0]);
        });
      }
    }

    test('a peer that reads slowly, and sends, gets it all', limit, async (t) => {
      const { client, peer, ends } = await backlogFor(t, mode, 40, false);
      assert.equal(client.disconnect(), 0);
      const began = performance.now();
      while (performance.now() - began < SLOW_MS) {
        send(peer);
        for (let part = 0; part < 6; part++) peer.takeSome();
        await sleep(100);
      }
      assert.deepEqual(ends, []);
      peer.resume();
      await within(peer.closed, 'the end of the connection');
      assertWhole(peer, 40);
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [0]);
    });

    for (const count of [2, 30]) {
      test(`a peer that never reads ${count} MiB, and goes on sending, does not keep the client`, limit, async (t) => {
        const { client, peer, ends } = await backlogFor(t, mode, count, false);
        assert.equal(client.disconnect(), 0);
        const began = performance.now();
        while (ends.length === 0) {
          assert.ok(performance.now() - began < scaled(FEW_SECONDS), 'on_disconnect');
          send(peer);
          await sleep(5);
        }
        assert.deepEqual(ends, [0]);
        assert.equal(client.socket(), -1);
      });
    }

    test('a peer that ends the connection meanwhile does not keep the client', limit, async (t) => {
      for (const end of [(peer: Peer) => peer.end(), (peer: Peer) => peer.destroy()]) {
        const { client, peer, ends } = await backlogFor(t, mode, 30, false);
        assert.equal(client.disconnect(), 0);
        end(peer);
        await until(() => ends.length > 0, 'on_disconnect', FEW_SECONDS);
        assert.deepEqual(ends, [0]);
        assert.equal(client.socket(), -1);
      }
    });
  });
}
