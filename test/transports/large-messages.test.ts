// Tests received large payloads. Such a payload stays in its packet until it is copied, once, to the memory of its
// Buffer. It must be the same for every kind of connection, and must not change later.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MOSQ_OPT_PROTOCOL_VERSION, type Properties } from 'libmosquitto';
import { brokerFor, clientFor, driveFor } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const MODES = ['event loop', 'thread'] as const;
// Sizes around the limit at which a payload stays in its packet, and the one at which its memory is passed on.
const SIZES = [0, 8191, 8192, 8193, 8300, 16_384, 24_500, 24_576, 24_600, 65_536, 300_000];
const properties: Properties = { 'content-type': 'x'.repeat(200), 'user-property': [['a', 'b']] };

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

for (const mode of MODES) {
  for (const version of [4, 5] as const) {
    for (const logged of [false, true]) {
      const name = `MQTT ${version === 4 ? '3.1.1' : '5'}, ${logged ? 'with' : 'without'} a log, ${mode}`;
      test(`large payloads of every QoS are what was sent, and stay it (${name})`, limit, async (t) => {
        const broker = await brokerFor(t);
        const client = clientFor(t);
        client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version);
        const log: string[] = [];
        if (logged) client.on_log = (_mosq, _obj, _level, text) => void log.push(text);
        driveFor(t, client, mode);
        await connectTo(client, broker);
        await subscribeTo(client, 'large/#', 2);
        const messages = collect(client);
        const sent = SIZES.flatMap((size, i) =>
          ([0, 1, 2] as const).map((qos) => ({ topic: `large/${size}`, payload: Buffer.alloc(size, i + qos), qos })),
        );
        for (const { topic, payload, qos } of sent) {
          assert.equal(client.publish(topic, payload, qos, false, version === 5 ? properties : null), 0);
        }
        await until(
          () => messages.length === sent.length,
          () => `${messages.length} messages`,
        );
        if (logged) assert.ok(log.some((line) => /received PUBLISH .*\(65536 bytes\)/.test(line)));
        client.destroy();
        gc();
        const key = (message: { topic: string; qos: number }): string => `${message.topic} ${message.qos}`;
        const received = new Map(messages.map((message) => [key(message), message]));
        for (const message of sent) {
          const got = received.get(key(message));
          assert.ok(got, key(message));
          assert.ok(got.payload.equals(message.payload), key(message));
          if (version === 5) assert.equal(got.properties?.['content-type'], properties['content-type']);
        }
      });
    }
  }
}
