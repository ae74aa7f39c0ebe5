// Tests of wills, for any broker. A fault would publish a will after disconnect(), or none after a crash.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MosquittoMessage } from 'libmosquitto';
import { spawnChild } from '../support/child';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { type Address, collect, connectTo, disconnectFrom, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

async function watcher(t: test.TestContext, broker: Address, filter: string): Promise<MosquittoMessage[]> {
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker);
  const messages = collect(client);
  await subscribeTo(client, filter, 2);
  return messages;
}

/** Tests in which cases the broker publishes a client's will. */
export function wills(broker: () => Address): void {
  for (const mode of MODES) {
    test(`a child killed by SIGKILL leaves its will: topic, bytes, QoS and retain (${mode})`, limit, async (t) => {
      const topic = `will/killed/${mode}`;
      const messages = await watcher(t, broker(), topic);
      const child = spawnChild('mosquitto-will', { args: [broker().host, String(broker().port), mode, topic] });
      await child.line(/^connected$/);
      child.kill('SIGKILL');
      assert.equal((await child.done).signal, 'SIGKILL');
      await until(() => messages.length === 1, 'the will');
      assert.equal(messages[0]?.topic, topic);
      assert.deepEqual(messages[0].payload, Buffer.from([0, 255, 7]));
      assert.equal(messages[0].qos, 2);
      assert.equal(messages[0].retain, false);
      const late = await watcher(t, broker(), topic);
      await until(() => late.length === 1, 'the retained will');
      assert.equal(late[0]?.retain, true);
    });
  }

  test('disconnect() leaves no will', limit, async (t) => {
    const messages = await watcher(t, broker(), 'will/clean/#');
    const client = clientFor(t);
    assert.equal(client.will_set('will/clean/will', 'must not come', 1), 0);
    driveFor(t, client, 'thread');
    await connectTo(client, broker());
    assert.equal(await disconnectFrom(client), 0);
    // This is a second connection's message, after the broker has seen the first one end.
    assert.equal(client.will_clear(), 0);
    await connectTo(client, broker());
    assert.equal(client.publish('will/clean/marker', 'marker', 1), 0);
    await until(() => messages.length > 0, 'the marker');
    assert.deepEqual(
      messages.map(({ topic }) => topic),
      ['will/clean/marker'],
    );
  });

  test('destroy() without disconnect() leaves the will', limit, async (t) => {
    const messages = await watcher(t, broker(), 'will/destroyed');
    const client = clientFor(t);
    assert.equal(client.will_set('will/destroyed', 'gone', 1), 0);
    driveFor(t, client, 'thread');
    await connectTo(client, broker());
    client.destroy();
    await until(() => messages.length === 1, 'the will');
    assert.equal(String(messages[0]?.payload), 'gone');
  });
}
