import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, type MosquittoMessage } from 'libmosquitto';
import { client5For } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import { encode, PUBLISH, publish } from '../support/packets';
import { accept5, publish5 } from '../support/packets5';
import { clientFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { connectionOf } from './connection';

// Tests messages of QoS 0 that are read together, which bypass libmosquitto in part. A client must get the same events
// as through libmosquitto, with any packets among them, and with and without on_log.

const limit = { timeout: scaled(30000) };
const LIMIT = 3000;
const VERSIONS = [4, 5] as const;
type Version = (typeof VERSIONS)[number];

interface Sample {
  readonly name: string;
  readonly bytes: Buffer;
  /** The messages of the sample that the client gets; null when it ends the connection. */
  readonly told: number | null;
}

interface Outcome {
  readonly messages: readonly MosquittoMessage[];
  readonly rc: number | undefined;
}

/** The body of a PUBLISH of QoS 0 with these bytes as its topic. */
function body(version: Version, topic: Uint8Array, payload = 'x'): Buffer {
  const properties = version === 5 ? [0] : [];
  return Buffer.from([topic.length >> 8, topic.length & 255, ...topic, ...properties, ...Buffer.from(payload)]);
}

function topicOf(version: Version, topic: string | Uint8Array, flags = 0): Buffer {
  return encode(PUBLISH, flags, body(version, Buffer.from(topic as string)));
}

function samplesOf(version: Version): Sample[] {
  const sample = (name: string, told: number | null, bytes: Buffer): Sample => ({ name, bytes, told });
  const ordinary = body(version, Buffer.from('t'), '');
  const samples = [
    sample('an ordinary message', 1, topicOf(version, 'a/b')),
    sample('a retained message', 1, topicOf(version, 'a/b', 1)),
    sample('a message marked as a duplicate', 1, topicOf(version, 'a/b', 8)),
    sample('a message without a payload', 1, encode(PUBLISH, 0, ordinary)),
    sample('every printable character', 1, topicOf(version, printable())),
    sample('a topic of other characters', 1, topicOf(version, 'Übung/日本/🎈')),
    sample('a topic of 200 bytes', 1, topicOf(version, 't'.repeat(200))),
    sample('a topic of 300 bytes', 1, topicOf(version, 't'.repeat(300))),
    sample('200 levels', 1, topicOf(version, '/'.repeat(200))),
    sample('201 levels', null, topicOf(version, '/'.repeat(201))),
    sample('a topic of invalid UTF-8', null, topicOf(version, Buffer.from([0x74, 0xc0, 0x80]))),
    sample('a topic of no bytes', null, topicOf(version, '')),
    sample('a topic longer than the packet', null, encode(PUBLISH, 0, Buffer.from([0, 9, 0x74]))),
    sample('a packet of one byte', null, encode(PUBLISH, 0, Buffer.from([0]))),
    sample('an empty packet', null, encode(PUBLISH, 0, Buffer.alloc(0))),
    sample('QoS 3', null, topicOf(version, 't', 6)),
    sample('a length of more bytes than it needs', 1, lengthened(ordinary)),
    sample('a message as large as allowed', 1, encode(PUBLISH, 0, filled(version, LIMIT))),
    sample('a message larger than allowed', null, encode(PUBLISH, 0, filled(version, LIMIT + 1))),
    sample('QoS 1', 1, version === 5 ? publish5('q', 'x', { qos: 1 }) : publish('q', 'x', { qos: 1, mid: 1 })),
  ];
  for (const character of ['+', '#', '\0', '\x01', '\x1f', '\x7f']) {
    for (const at of [0, 5, 9]) {
      const topic = '0123456789'.slice(0, at) + character + '0123456789'.slice(at + 1);
      samples.push(sample(`character ${character.charCodeAt(0)} at ${at} in a topic`, null, topicOf(version, topic)));
    }
  }
  if (version === 5) {
    samples.push(
      sample('properties', 1, publish5('t', 'x', { properties: { 'content-type': 'text/plain' } })),
      sample('properties that break off', null, encode(PUBLISH, 0, Buffer.from([0, 1, 0x74, 9, 3]))),
      sample('no length of properties', null, encode(PUBLISH, 0, Buffer.from([0, 1, 0x74]))),
      sample('an unknown property', null, encode(PUBLISH, 0, Buffer.from([0, 1, 0x74, 1, 0x7f]))),
    );
  }
  return samples;
}

function printable(): string {
  const codes = Array.from({ length: 0x7f - 0x20 }, (_, i) => 0x20 + i);
  return String.fromCharCode(...codes).replace(/[+#]/g, '');
}

/** A packet whose length takes one byte too many. */
function lengthened(content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([PUBLISH << 4, content.length | 0x80, 0]), content]);
}

function filled(version: Version, length: number): Buffer {
  const empty = body(version, Buffer.from('t'), '').length;
  return body(version, Buffer.from('t'), 'x'.repeat(length - empty));
}

async function outcomeOf(t: TestContext, mode: Mode, version: Version, bytes: Buffer, logs: boolean): Promise<Outcome> {
  const client = version === 5 ? client5For(t) : clientFor(t);
  const messages: MosquittoMessage[] = [];
  const ends: number[] = [];
  client.max_packet_size_set(LIMIT);
  if (logs) client.on_log = () => undefined;
  client.on_message = (_mosq, _obj, message) => {
    messages.push(message);
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    ends.push(rc);
  };
  const connection = await connectionOf(t, mode, client, (peer) => (version === 5 ? accept5(peer) : peer.accept()));
  const ordinary = topicOf(version, 'a/b');
  connection.peer().send(ordinary, ordinary, bytes, ordinary, ordinary);
  connection.peer().end();
  await until(() => ends.length > 0, 'on_disconnect');
  return { messages, rc: ends[0] };
}

// With the system's library all messages go through libmosquitto.
const modes = build_info().linkage === 'static' ? MODES : [];

for (const mode of modes) {
  describe(`messages that are read together (${mode})`, () => {
    for (const version of VERSIONS) {
      for (const { name, bytes, told } of samplesOf(version)) {
        test(`MQTT ${version}: ${name}`, limit, async (t) => {
          const silent = await outcomeOf(t, mode, version, bytes, false);
          const listening = await outcomeOf(t, mode, version, bytes, true);
          assert.deepEqual(silent, listening);
          assert.equal(silent.messages.length, told === null ? 2 : 4 + told);
        });
      }
    }
  });
}
