// Tests messages with more topics than the addon stores. A fault would deliver a message under the topic of another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MODES } from '../support/drive';
import { publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };

// The addon stores the most recent topics: 16 384 of them, 1 MiB in all, none longer than 512 bytes.
const MORE_THAN_STORED = 20000;
const corpora: Array<[what: string, topics: string[]]> = [
  ['one', ['t']],
  ['a few, by turns', ['a', 'b', 'a/b', 'größe', '\u{1f600}', 'ab', 'c']],
  ['more than the addon stores', Array.from({ length: MORE_THAN_STORED }, (_, i) => `many/${i}`)],
  ['more bytes than the addon stores', Array.from({ length: 3000 }, (_, i) => `${i}/${'x'.repeat(500)}`)],
  ['too long to be stored', ['y'.repeat(512), 'y'.repeat(513), 'y'.repeat(512), 'z'.repeat(65535), 'y'.repeat(513)]],
];

for (const mode of MODES) {
  for (const [what, topics] of corpora) {
    test(`each message comes under its own topic: ${what} (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
      });
      const client = clientFor(t);
      // The payload is the topic that the message was sent with.
      const wrong: string[] = [];
      let received = 0;
      client.on_message = (_mosq, _obj, msg) => {
        if (msg.topic !== topics[Number(msg.payload.toString())]) wrong.push(`${msg.payload}: ${msg.topic}`);
        received++;
      };
      driveFor(t, client, mode);
      await connectTo(client, fake);
      // Two rounds: for the topics that are known by then, and for those that were dropped.
      const packets = topics.map((topic, i) => publish(topic, String(i)));
      for (let round = 1; round <= 2; round++) {
        fake.peers[0]?.send(Buffer.concat(packets));
        await until(() => received === round * topics.length, 'all messages');
      }
      assert.deepEqual(wrong, []);
    });
  }
}
