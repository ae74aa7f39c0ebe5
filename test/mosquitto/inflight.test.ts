// Tests max_inflight_messages_set(): no more messages than that may be unacknowledged.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../support/drive';
import { ack, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, readMid, readPublish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const COUNT = 20;

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
}

for (const mode of MODES) {
  for (const max of [1, 3]) {
    test(
      `never more than max_inflight_messages_set(${max}) QoS 1 messages without their PUBACK (${mode})`,
      limit,
      async (t) => {
        const open = new Set<number>();
        let most = 0;
        const order: number[] = [];
        const fake = await fakeBrokerFor(t, async (peer) => {
          await peer.accept();
          for await (const packet of peer.packets()) {
            if (packet.type !== PUBLISH) continue;
            const { mid, payload } = readPublish(packet);
            open.add(mid);
            order.push(Number(payload));
            most = Math.max(most, open.size);
            // Gives a message too many the time to arrive before this one is answered.
            void turns(3).then(() => {
              open.delete(mid);
              peer.send(ack(PUBACK, mid));
            });
          }
        });
        const client = clientFor(t);
        assert.equal(client.max_inflight_messages_set(max), 0);
        driveFor(t, client, mode);
        await connectTo(client, fake);
        let confirmed = 0;
        client.on_publish = () => {
          confirmed += 1;
        };
        for (let index = 0; index < COUNT; index++) assert.equal(client.publish('t', String(index), 1), 0);
        await until(() => confirmed === COUNT, 'all confirmations');
        assert.equal(most, max);
        assert.deepEqual(
          order,
          Array.from({ length: COUNT }, (_, index) => index),
        );
      },
    );
  }

  test(
    `a QoS 2 message is confirmed by PUBCOMP, not earlier, after PUBREC was answered by PUBREL (${mode})`,
    limit,
    async (t) => {
      const seen: number[] = [];
      let confirmed = 0;
      const before: number[] = [];
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        const published = readPublish(await peer.nextOf(PUBLISH));
        peer.send(ack(PUBREC, published.mid));
        const release = await peer.nextOf(PUBREL);
        seen.push(published.mid, readMid(release));
        await turns(3);
        before.push(confirmed);
        peer.send(ack(PUBCOMP, published.mid));
      });
      const client = clientFor(t);
      client.on_publish = () => {
        confirmed += 1;
      };
      driveFor(t, client, mode);
      await connectTo(client, fake);
      assert.equal(client.publish('t', 'x', 2), 0);
      await until(() => confirmed === 1, 'on_publish');
      assert.deepEqual(seen, [client.last_mid, client.last_mid]);
      assert.deepEqual(before, [0]);
    },
  );
}
