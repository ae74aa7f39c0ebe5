// Tests of retained messages, for any broker. A fault would lose the retain flag or a stored message.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor, driveFor } from '../support/scope';
import { type Address, collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

/** Publishes at QoS 2, and awaits the confirmation. At QoS 1 a broker may confirm before it has stored the message. */
async function publishTo(client: Mosquitto, topic: string, payload: string | null, retain: boolean): Promise<void> {
  let confirmed = 0;
  client.on_publish = (_mosq, _obj, mid) => {
    confirmed = mid;
  };
  assert.equal(client.publish(topic, payload, 2, retain), 0);
  const mid = client.last_mid;
  await until(() => confirmed === mid, 'the confirmation');
  client.on_publish = null;
}

/** Tests the messages that the broker stores for later subscribers. */
export function retainedMessages(broker: () => Address): void {
  for (const mode of MODES) {
    test(`a retained message comes to who subscribes later, with retain true (${mode})`, limit, async (t) => {
      const topic = `retained/kept/${mode}`;
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      await publishTo(client, topic, 'kept', true);
      const messages = collect(client);
      await subscribeTo(client, topic, 1);
      await until(() => messages.length === 1, 'the retained message');
      assert.equal(client.publish(topic, 'live', 1, false), 0);
      await until(() => messages.length === 2, 'the live message');
      assert.deepEqual(
        messages.map(({ payload, retain }) => [String(payload), retain]),
        [
          ['kept', true],
          ['live', false],
        ],
      );
    });

    test(`a zero-length retained message clears the retained one (${mode})`, limit, async (t) => {
      const topic = `retained/cleared/${mode}`;
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      await publishTo(client, topic, 'kept', true);
      await publishTo(client, topic, null, true);
      await publishTo(client, `${topic}/marker`, 'marker', true);
      const messages = collect(client);
      await subscribeTo(client, topic, 1);
      await subscribeTo(client, `${topic}/marker`, 1);
      await until(() => messages.length === 1, 'the marker');
      assert.equal(messages[0]?.topic, `${topic}/marker`);
    });
  }
}
