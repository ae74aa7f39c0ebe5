import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mosquitto } from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { ack, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, readMid, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';

// Tests queued messages behind those in flight, with a broker that acknowledges in another order.

const limit = { timeout: scaled(30000) };
const MAX = 5;
const COUNT = 50;
const ORDER = Array.from({ length: COUNT }, (_, index) => index);

type Qos = (index: number) => 1 | 2;
const QOS: ReadonlyArray<readonly [name: string, qos: Qos]> = [
  ['QoS 1', () => 1],
  ['QoS 2', () => 2],
  ['QoS 1 and 2', (index) => (index % 3 === 0 ? 1 : 2)],
];

interface Open {
  readonly mid: number;
  readonly qos: number;
}

/** Returns the messages that a broker gets from a client that publishes the numbers of ORDER. */
class Ledger {
  readonly order: number[] = [];
  readonly open: Open[] = [];
  most = 0;
  readonly dups: boolean[] = [];

  note(packet: Parameters<typeof readPublish>[0]): void {
    const { mid, qos, dup, payload } = readPublish(packet);
    this.order.push(Number(payload));
    this.dups.push(dup);
    this.open.push({ mid, qos });
    this.most = Math.max(this.most, this.open.length);
  }

  /**
   * Receives messages until the in-flight maximum is reached, or none is left. Then one message too many would have the
   * time to arrive.
   */
  async take(peer: Peer, left: number): Promise<void> {
    while (this.open.length < Math.min(MAX, left)) this.note(await peer.nextOf(PUBLISH));
    for (let turn = 0; turn < 3; turn++) await sleep(1);
    const published = peer.received.filter(({ type }) => type === PUBLISH).length;
    this.most = Math.max(this.most, this.open.length + published - this.order.length);
  }

  /** Acknowledges all unconfirmed messages, the newest first, in one write, and a second write for those of QoS 2. */
  async settle(peer: Peer, between: readonly Buffer[] = []): Promise<void> {
    const all = this.open.splice(0).reverse();
    const released = all.filter(({ qos }) => qos === 2);
    peer.send(...released.flatMap(({ mid }) => [ack(PUBREC, mid), ...between]));
    for (const { mid } of released) assert.equal(readMid(await peer.nextOf(PUBREL)), mid);
    peer.send(...all.flatMap(({ mid, qos }) => [ack(qos === 1 ? PUBACK : PUBCOMP, mid), ...between]));
  }
}

function clientOf(t: TestContext, mode: Mode): { client: Mosquitto; confirmed: number[] } {
  const client = clientFor(t, 'inflight', false);
  assert.equal(client.max_inflight_messages_set(MAX), 0);
  const confirmed: number[] = [];
  client.on_publish = (_mosq, _obj, mid) => {
    confirmed.push(mid);
  };
  driveFor(t, client, mode);
  return { client, confirmed };
}

/** The ids, in the order of publishing. */
function publishAll(client: Mosquitto, qos: Qos): number[] {
  return ORDER.map((index) => {
    assert.equal(client.publish('t', String(index), qos(index)), 0);
    return client.last_mid;
  });
}

function assertConfirmed(confirmed: readonly number[], mids: readonly number[]): void {
  const ascending = (list: readonly number[]): number[] => [...list].sort((a, b) => a - b);
  assert.deepEqual(ascending(confirmed), ascending(mids));
}

for (const mode of MODES) {
  describe(`${COUNT} messages, of which ${MAX} may be in flight (${mode})`, () => {
    for (const [name, qos] of QOS) {
      test(`${name}, acknowledged in reverse: never more, each once, in order`, limit, async (t) => {
        const ledger = new Ledger();
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.accept();
          while (ledger.order.length < COUNT) {
            await ledger.take(peer, COUNT - ledger.order.length + ledger.open.length);
            await ledger.settle(peer);
          }
        });
        const { client, confirmed } = clientOf(t, mode);
        assert.equal(client.connect(fake.host, fake.port), 0);
        const mids = publishAll(client, qos);
        await until(() => confirmed.length === COUNT, 'all confirmations');
        assert.equal(ledger.most, MAX);
        assert.deepEqual(ledger.order, ORDER);
        assertConfirmed(confirmed, mids);
      });

      test(`${name}, with acknowledgements of unknown ids between: each once, in order`, limit, async (t) => {
        const order: number[] = [];
        const unknown = [ack(PUBACK, 60001), ack(PUBCOMP, 60002)];
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.accept();
          for await (const packet of peer.packets()) {
            if (packet.type === PUBREL) peer.send(...unknown, ack(PUBCOMP, readMid(packet)));
            if (packet.type !== PUBLISH) continue;
            const { mid, qos: of, payload } = readPublish(packet);
            order.push(Number(payload));
            peer.send(...unknown, ack(of === 1 ? PUBACK : PUBREC, mid), ...unknown);
          }
        });
        const { client, confirmed } = clientOf(t, mode);
        assert.equal(client.connect(fake.host, fake.port), 0);
        const mids = publishAll(client, qos);
        await until(() => confirmed.length === COUNT, 'all confirmations');
        assert.deepEqual(order, ORDER);
        assertConfirmed(confirmed, mids);
      });

      test(`${name}, and the connection is lost: what was not acknowledged comes again, in order`, limit, async (t) => {
        const first = new Ledger();
        const second = new Ledger();
        let cut = false;
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.accept(0, cut);
          const ledger = cut ? second : first;
          while (first.order.length + second.order.length < COUNT + MAX) {
            await ledger.take(peer, COUNT);
            if (!cut && ledger.order.length === 2 * MAX) {
              cut = true;
              peer.destroy();
              return;
            }
            await ledger.settle(peer);
          }
        });
        const { client, confirmed } = clientOf(t, mode);
        let lost = false;
        client.on_disconnect = () => {
          lost = true;
        };
        assert.equal(client.connect(fake.host, fake.port), 0);
        const mids = publishAll(client, qos);
        await until(() => lost, 'on_disconnect');
        assert.equal(client.reconnect(), 0);
        await until(() => confirmed.length === COUNT, 'all confirmations');
        assert.deepEqual([first.most, second.most], [MAX, MAX]);
        assert.deepEqual(first.order, ORDER.slice(0, 2 * MAX));
        assert.deepEqual(second.order, ORDER.slice(MAX));
        assert.deepEqual(
          second.dups,
          second.order.map((_, index) => index < MAX),
        );
        assertConfirmed(confirmed, mids);
      });
    }
  });
}

for (const mode of MODES) {
  test(
    `a larger maximum for the next connection: what waits between what is sent again leaves too (${mode})`,
    limit,
    async (t) => {
      const arrived: string[] = [];
      let unacknowledged = 0;
      let connections = 0;
      const fake = await fakeBrokerFor(t, async (peer) => {
        connections += 1;
        const again = connections > 1;
        await peer.accept(0, again);
        for await (const packet of peer.packets()) {
          if (packet.type === PUBREL) peer.send(ack(PUBCOMP, readMid(packet)));
          if (packet.type !== PUBLISH) continue;
          if (!again) {
            peer.destroy();
            return;
          }
          const { mid, qos, payload } = readPublish(packet);
          arrived.push(payload.toString());
          // C stays the last of the list, and in flight, until B has arrived.
          if (qos === 1) unacknowledged = mid;
          else peer.send(ack(PUBREC, mid));
          if (arrived.includes('B') && unacknowledged > 0) peer.send(ack(PUBACK, unacknowledged));
        }
      });
      const { client, confirmed } = clientOf(t, mode);
      assert.equal(client.max_inflight_messages_set(1), 0);
      let lost = false;
      client.on_disconnect = () => {
        lost = true;
      };
      assert.equal(client.connect(fake.host, fake.port), 0);
      for (const [payload, qos] of [
        ['A', 2],
        ['B', 2],
        ['C', 1],
      ] as const) {
        assert.equal(client.publish('t', payload, qos), 0);
      }
      await until(() => lost, 'on_disconnect');
      assert.equal(client.max_inflight_messages_set(20), 0);
      assert.equal(client.reconnect(), 0);
      await until(() => confirmed.length === 3, 'all confirmations');
      assert.deepEqual(arrived.sort(), ['A', 'B', 'C']);
    },
  );
}
