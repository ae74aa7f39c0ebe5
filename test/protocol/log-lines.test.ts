// Tests that packets that bypass libmosquitto appear in its log nevertheless. A client with on_log handles packets in
// the same way as one without, and gets the lines of the library, line for line.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MOSQ_LOG_DEBUG } from 'libmosquitto';
import { client5For } from '../support/client5';
import { MODES } from '../support/drive';
import { ack, PUBCOMP, PUBLISH, PUBREC, PUBREL, publish, readMid } from '../support/packets';
import { accept5, ack5, publish5 } from '../support/packets5';
import { clientFor } from '../support/scope';
import { collect } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { connectionOf } from './connection';

const limit = { timeout: scaled(30000) };
const LARGE = 100_000;

interface Sent {
  readonly topic: string;
  readonly qos?: 0 | 1 | 2;
  readonly mid?: number;
  readonly retain?: boolean;
  readonly length: number;
}

const messages: readonly Sent[] = [
  { topic: 'first', length: 3 },
  { topic: 'second', length: 0 },
  { topic: 'retained', length: 1, retain: true },
  { topic: 'ünusual', length: 5 },
  { topic: 'long/'.repeat(60), length: 5 },
  { topic: 'longer/'.repeat(100), length: 5 },
  { topic: 'confirmed', length: 5, qos: 1, mid: 7 },
  { topic: 'confirmed', length: 6, qos: 1, mid: 8 },
  { topic: 'released', length: 5, qos: 2, mid: 9 },
  { topic: 'large', length: LARGE },
  { topic: 'large and confirmed', length: LARGE, qos: 1, mid: 10 },
  { topic: 'large and released', length: LARGE, qos: 2, mid: 11 },
  { topic: 'large and longer/'.repeat(60), length: LARGE },
  { topic: 'last', length: 2 },
];

const FORMAT = "Client %s received PUBLISH (d%d, q%d, r%d, m%d, '%s', ... (%ld bytes))";

/** The maximum length in bytes of a line of the library. */
function cut(line: string): string {
  return Buffer.from(line)
    .subarray(0, FORMAT.length + 499)
    .toString();
}

function linesOf({ topic, qos = 0, mid = 0, retain = false, length }: Sent): string[] {
  const received = `Client logged received PUBLISH (d0, q${qos}, r${retain ? 1 : 0}, m${mid}, '${topic}', ... (${length} bytes))`;
  if (qos === 0) return [cut(received)];
  return [cut(received), `Client logged sending ${qos === 1 ? 'PUBACK' : 'PUBREC'} (m${mid}, rc0)`];
}

for (const mode of MODES) {
  for (const version of [4, 5] as const) {
    describe(`on_log gets a line for every packet (MQTT ${version}, ${mode})`, () => {
      test('of messages, and of their acknowledgements', limit, async (t) => {
        const client = version === 5 ? client5For(t, 'logged') : clientFor(t, 'logged');
        const lines: string[] = [];
        client.on_log = (_mosq, _obj, level, text) => {
          if (level === MOSQ_LOG_DEBUG && / PUB|PUBLISH/.test(text)) lines.push(text);
        };
        const received = collect(client);
        const { peer } = await connectionOf(t, mode, client, (of) => (version === 5 ? accept5(of) : of.accept()));
        const packets = messages.map(({ topic, length, ...options }) => {
          const payload = 'x'.repeat(length);
          const bytes = version === 5 ? publish5(topic, payload, options) : publish(topic, payload, options);
          if (options.retain === true) bytes[0] = (bytes[0] ?? 0) | 1;
          return bytes;
        });
        peer().send(...packets);
        const sent = messages.filter(({ qos }) => qos !== 2).length;
        await until(() => received.length === sent, 'the messages');
        assert.deepEqual(lines.splice(0), messages.flatMap(linesOf));
        for (const mid of [9, 11]) peer().send(version === 5 ? ack5(PUBREL, mid) : ack(PUBREL, mid));
        await until(() => received.length === messages.length, 'the released messages');
        assert.deepEqual(lines.splice(0), [
          'Client logged received PUBREL (Mid: 9)',
          'Client logged sending PUBCOMP (m9)',
          'Client logged received PUBREL (Mid: 11)',
          'Client logged sending PUBCOMP (m11)',
        ]);
        assert.deepEqual(
          received.map(({ payloadlen }) => payloadlen).sort(),
          messages.map(({ length }) => length).sort(),
        );
      });

      test('PUBREL of a message that it has sent', limit, async (t) => {
        const client = version === 5 ? client5For(t, 'logged') : clientFor(t, 'logged');
        const lines: string[] = [];
        client.on_log = (_mosq, _obj, level, text) => {
          if (level === MOSQ_LOG_DEBUG && /PUBREL|PUBCOMP/.test(text)) lines.push(text);
        };
        const { peer } = await connectionOf(t, mode, client, (of) => (version === 5 ? accept5(of) : of.accept()));
        assert.equal(client.publish('t', 'x', 2), 0);
        const mid = readMid({ ...(await peer().nextOf(PUBLISH)), type: PUBLISH });
        peer().send(version === 5 ? ack5(PUBREC, mid) : ack(PUBREC, mid));
        await peer().nextOf(PUBREL);
        peer().send(version === 5 ? ack5(PUBCOMP, mid) : ack(PUBCOMP, mid));
        await until(
          () => lines.length === 2,
          () => `two lines: ${lines.join('\n')}`,
        );
        assert.deepEqual(lines, [
          `Client logged sending PUBREL (m${mid})`,
          `Client logged received PUBCOMP (Mid: ${mid}, RC:0)`,
        ]);
      });
    });
  }
}
