// Tests that no message gets an id that is in use, and that ids do not begin at the same number in every process.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info, MOSQ_ERR_NO_CONN, type Mosquitto, MQTT_RC_QUOTA_EXCEEDED } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { accepted, answer, arrived, inWords, midOf, scriptedFor } from '../support/sent';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const IDS = 65535;

/** Uses up ids without a connection: each publish() takes one, and fails. */
function useUp(client: Mosquitto, count: number): number[] {
  return Array.from({ length: count }, () => {
    assert.equal(client.publish('t', null, 0), MOSQ_ERR_NO_CONN);
    return client.last_mid;
  });
}

test('each client begins at an id of its own, and counts up from there', limit, (t) => {
  const first = Array.from({ length: 20 }, (_, index) => {
    const client = clientFor(t, `id-${index}`, false);
    assert.equal(client.last_mid, 0);
    const mids = useUp(client, 3);
    const [start = 0] = mids;
    // 1 follows 65535.
    assert.deepEqual(
      mids,
      [0, 1, 2].map((step) => ((start - 1 + step) % IDS) + 1),
    );
    return start;
  });
  // Twenty random ids of 65,535 are practically never all the same.
  assert.ok(new Set(first).size > 10, `${first}`);
});

test('reinitialise() begins anew', limit, (t) => {
  const client = clientFor(t, 'again', false);
  const first = Array.from({ length: 10 }, () => {
    assert.equal(client.reinitialise('again', false), 0);
    return useUp(client, 1)[0] ?? 0;
  });
  assert.ok(new Set(first).size > 5, `${first}`);
});

function staticTests(): void {
  test('a client with a clean session begins at a random id too', limit, (t) => {
    const first = Array.from({ length: 20 }, () => useUp(clientFor(t), 1)[0] ?? 0);
    assert.ok(new Set(first).size > 10, `${first}`);
  });

  for (const mode of MODES) {
    describe(`ids in use are skipped (${mode})`, () => {
      for (const version of [4, 5] as const) {
        test(
          `of messages in flight, queued and released, and of requests without answer (MQTT ${version})`,
          limit,
          async (t) => {
            const stage = await scriptedFor(t, version);
            const { client, connect } = stage;
            assert.equal(client.max_inflight_messages_set(2), 0);
            driveFor(t, client, mode);
            connect();
            const peer = await stage.peer();
            peer.send(accepted(version));
            const used: number[] = [];
            // The ids are in pairs of neighbours with a gap between, so that there is more than one run to skip.
            for (const call of [
              () => client.publish('t', 'a', 2),
              () => client.publish('t', 'b', 1),
              () => client.publish('t', 'c', 1),
              () => client.publish('t', 'd', 2),
              () => client.subscribe('s'),
              () => client.unsubscribe('u'),
            ]) {
              assert.equal(call(), 0);
              used.push(client.last_mid);
              if (used.length % 2 === 0) assert.equal(client.publish('t', 'gap', 0), 0);
            }
            await arrived(peer, 1 + 2 + 2 + 3, version);
            const release = peer.received.find((packet) => inWords(packet, version) === 'PUBLISH a 2');
            assert.ok(release);
            peer.send(answer(release, version) ?? Buffer.alloc(0));
            await arrived(peer, 9, version);
            // All other ids, once around and a little further.
            const given: number[] = [];
            for (let count = 0; count < IDS + 100; count++) {
              assert.equal(client.publish('t', null, 0), 0);
              given.push(client.last_mid);
              if (count % 5000 === 0) await until(() => stage.confirmed.length >= count, 'on_publish');
            }
            assert.deepEqual(
              given.filter((mid) => used.includes(mid) || mid === 0 || mid > IDS),
              [],
            );
            assert.equal(new Set(given).size, IDS - used.length);
            // The id of an answered message is free again.
            await until(() => stage.confirmed.length >= given.length + 3, 'on_publish');
            let seen = 1;
            await until(() => {
              for (let packet = peer.received[seen]; packet !== undefined; packet = peer.received[seen]) {
                seen += 1;
                const bytes = answer(packet, version);
                if (bytes !== null) peer.send(bytes);
              }
              return used.slice(0, 4).every((mid) => stage.confirmed.includes(mid));
            }, 'all confirmations');
            const again = new Set<number>();
            for (let count = 0; count < IDS; count++) {
              assert.equal(client.publish('t', null, 0), 0);
              again.add(client.last_mid);
              if (count % 5000 === 0)
                await until(() => stage.confirmed.length >= given.length + 7 + count, 'on_publish');
            }
            assert.equal(again.size, IDS);
          },
        );
      }
    });
  }

  test('the PUBACK of a message after 65,535 others confirms that one', limit, async (t) => {
    const stage = await scriptedFor(t, 4);
    const { client, connect } = stage;
    driveFor(t, client, 'event loop');
    connect();
    const peer = await stage.peer();
    peer.send(accepted(4));
    assert.equal(client.publish('t', 'old', 1), 0);
    const old = client.last_mid;
    await arrived(peer, 2, 4);
    for (let count = 1; count < IDS; count++) assert.equal(client.publish('t', null, 0), 0);
    assert.equal(client.publish('t', 'new', 1), 0);
    const fresh = client.last_mid;
    await arrived(peer, 2 + IDS, 4);
    const packet = peer.received.at(-1);
    assert.ok(packet);
    assert.equal(inWords(packet, 4), 'PUBLISH new 1');
    peer.send(answer(packet, 4) ?? Buffer.alloc(0));
    await until(() => stage.confirmed.includes(fresh), 'on_publish');
    assert.notEqual(fresh, old);
    assert.ok(!stage.confirmed.includes(old));
  });

  test(
    'more messages of QoS 0 than there are ids may wait, and others still get ids of their own',
    limit,
    async (t) => {
      const stage = await scriptedFor(t, 4);
      const { client, connect } = stage;
      driveFor(t, client, 'event loop');
      connect();
      await stage.peer();
      for (let count = 0; count < IDS + 5; count++) assert.equal(client.publish('t', null, 0), 0);
      const given = Array.from({ length: 100 }, (_, index) => {
        assert.equal(client.publish('t', null, index % 2 === 0 ? 1 : 2), 0);
        return client.last_mid;
      });
      assert.equal(new Set(given).size, given.length);
    },
  );

  test('when all are in use the next call is refused, and one that is free is found', limit, async (t) => {
    const stage = await scriptedFor(t, 4);
    const { client, connect } = stage;
    const mids = new Set<number>();
    for (let count = 0; count < IDS; count++) {
      assert.equal(client.publish('t', null, 1), MOSQ_ERR_NO_CONN);
      mids.add(client.last_mid);
    }
    assert.equal(mids.size, IDS);
    const last = client.last_mid;
    for (const qos of [0, 1, 2] as const) assert.equal(client.publish('t', null, qos), MQTT_RC_QUOTA_EXCEEDED);
    assert.equal(client.last_mid, last);
    driveFor(t, client, 'event loop');
    connect();
    const peer = await stage.peer();
    assert.equal(client.subscribe('s'), MQTT_RC_QUOTA_EXCEEDED);
    assert.equal(client.unsubscribe('s'), MQTT_RC_QUOTA_EXCEEDED);
    peer.send(accepted(4));
    await arrived(peer, 2, 4);
    const packet = peer.received[1];
    assert.ok(packet);
    peer.send(answer(packet, 4) ?? Buffer.alloc(0));
    await until(() => stage.confirmed.length === 1, 'on_publish');
    assert.equal(client.subscribe('s'), 0);
    assert.equal(client.last_mid, midOf(packet));
    assert.equal(client.subscribe('s'), MQTT_RC_QUOTA_EXCEEDED);
  });
}

if (build_info().linkage === 'static') staticTests();
