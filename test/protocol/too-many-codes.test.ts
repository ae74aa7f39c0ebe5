// Tests a SUBACK with more codes than the SUBSCRIBE had filters. It took 15 times its size in memory, and blocked the
// event loop for seconds.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, MOSQ_ERR_PROTOCOL } from 'libmosquitto';
import { client5For } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import { DISCONNECT, encode, readMid, SUBACK, SUBSCRIBE, suback, UNSUBSCRIBE } from '../support/packets';
import { accept5, suback5, unsuback5 } from '../support/packets5';
import { clientFor } from '../support/scope';
import { SLOW, scaled, until, within } from '../support/wait';
import { type Connection, connectionOf } from './connection';

const limit = { timeout: scaled(60000) };
const MiB = 1024 * 1024;

interface Scene extends Connection {
  readonly told: string[];
}

async function sceneOf(t: TestContext, mode: Mode, version: 4 | 5): Promise<Scene> {
  const client = version === 5 ? client5For(t) : clientFor(t);
  const told: string[] = [];
  client.on_subscribe = (_mosq, _obj, mid, codes) => {
    told.push(`subscribe ${mid} ${codes.length}`);
  };
  client.on_unsubscribe = (_mosq, _obj, mid, codes) => {
    told.push(`unsubscribe ${mid} ${codes.length}`);
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    told.push(`disconnect ${rc}`);
  };
  const connection = await connectionOf(t, mode, client, (peer) => (version === 5 ? accept5(peer) : peer.accept()));
  return { ...connection, told };
}

async function assertRefused({ peer, told }: Scene, version: 4 | 5): Promise<void> {
  await until(() => told.length > 0, 'on_disconnect');
  assert.deepEqual(told, [`disconnect ${MOSQ_ERR_PROTOCOL}`]);
  await within(peer().closed, 'the end of the connection');
  if (version !== 5 || build_info().linkage !== 'static') return;
  const reasons = peer().received.flatMap(({ type, body }) => (type === DISCONNECT ? [body[0]] : []));
  assert.deepEqual(reasons, [0x82]);
}

for (const mode of MODES) {
  describe(`answers to SUBSCRIBE and UNSUBSCRIBE (${mode})`, () => {
    for (const version of [4, 5] as const) {
      const answer = version === 5 ? suback5 : suback;

      test(`MQTT ${version}: as many codes as filters arrive`, limit, async (t) => {
        const scene = await sceneOf(t, mode, version);
        for (const count of [1, 2, 5000]) {
          const filters = Array.from({ length: count }, (_, i) => `f/${i}`);
          assert.equal(scene.client.subscribe(filters, 1), 0);
          const mid = readMid(await scene.peer().nextOf(SUBSCRIBE));
          scene.peer().send(answer(mid, Array<number>(count).fill(1)));
          await until(() => scene.told.length > 0, 'on_subscribe');
          assert.deepEqual(scene.told.splice(0), [`subscribe ${mid} ${count}`]);
        }
      });

      test(`MQTT ${version}: one code more is a protocol error`, limit, async (t) => {
        const scene = await sceneOf(t, mode, version);
        assert.equal(scene.client.subscribe(['a', 'b'], 1), 0);
        const mid = readMid(await scene.peer().nextOf(SUBSCRIBE));
        scene.peer().send(answer(mid, [1, 1, 1]));
        await assertRefused(scene, version);
      });

      test(`MQTT ${version}: a code that nobody has asked for is a protocol error`, limit, async (t) => {
        const scene = await sceneOf(t, mode, version);
        scene.peer().send(answer(4711, [0]));
        await assertRefused(scene, version);
      });
    }

    test('120 MB of codes end the connection, and cost no more than the packet', limit, async (t) => {
      const scene = await sceneOf(t, mode, 4);
      assert.equal(scene.client.subscribe('a', 1), 0);
      const mid = readMid(await scene.peer().nextOf(SUBSCRIBE));
      const bytes = encode(SUBACK, 0, Buffer.concat([Buffer.from([mid >> 8, mid & 255]), Buffer.alloc(120 * MiB)]));
      const before = process.memoryUsage.rss();
      let most = before;
      const look = setInterval(() => {
        most = Math.max(most, process.memoryUsage.rss());
      }, 5);
      scene.peer().send(bytes);
      await assertRefused(scene, 4).finally(() => clearInterval(look));
      // The packet once in the peer, where it is copied, and once in the client. The system's library takes four times
      // that.
      const packets = build_info().linkage === 'static' ? 3 : 7;
      assert.ok(most - before < packets * 120 * MiB * SLOW, `${Math.round((most - before) / MiB)} MiB`);
    });

    test('UNSUBACK: one code more is a protocol error', limit, async (t) => {
      const scene = await sceneOf(t, mode, 5);
      assert.equal(scene.client.unsubscribe(['a', 'b']), 0);
      const mid = readMid(await scene.peer().nextOf(UNSUBSCRIBE));
      scene.peer().send(unsuback5(mid, [0, 0]));
      // Version 2.0 passes on no codes.
      const codes = build_info().linkage === 'static' ? 2 : 0;
      await until(() => scene.told.length > 0, 'on_unsubscribe');
      assert.deepEqual(scene.told.splice(0), [`unsubscribe ${mid} ${codes}`]);
      if (build_info().linkage !== 'static') return;
      scene.peer().send(unsuback5(mid, [0, 0, 0]));
      await assertRefused(scene, 5);
    });
  });
}
