import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_OPT_TRANSPORT,
  MOSQ_T_WEBSOCKETS,
  type Mosquitto,
} from 'libmosquitto';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overWebSockets } from '../support/ways';
import { BINARY, CLOSE, CONTINUATION, frame, PING, PONG, TEXT } from '../support/websocket';
import { type Gateway, type GatewayOptions, gatewayFor } from '../support/websocket-gateway';

// Tests the ways in which a server may cut, pad and end a stream of WebSocket frames. No byte may be lost.

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();

/** A client that is connected through such a gateway, and the codes of its on_disconnect. */
async function connected(t: test.TestContext, options: GatewayOptions = {}) {
  const gateway: Gateway = await gatewayFor(t, broker(), options);
  const client = clientFor(t);
  const codes = disconnections(client);
  overWebSockets(client);
  driveFor(t, client, 'loop');
  await connectTo(client, gateway);
  return { gateway, client, codes };
}

/** Sends itself payloads of these lengths, and receives them. */
async function roundTrip(client: Mosquitto, topic: string, lengths: number[]): Promise<void> {
  const messages = collect(client);
  await subscribeTo(client, topic, 1);
  for (const length of lengths) assert.equal(client.publish(topic, 'x'.repeat(length), 1), 0);
  await until(
    () => messages.length === lengths.length,
    () => `the messages: ${messages.length} came`,
  );
  assert.deepEqual(
    messages.map(({ payload }) => String(payload)),
    lengths.map((length) => 'x'.repeat(length)),
  );
}

const LENGTHS = [0, 1, 100, 120, 126, 200, 256, 600, 70000];
const cuts: Record<string, GatewayOptions> = {
  'one byte in each frame': { cut: (chunk) => [...chunk].map((byte) => frame(BINARY, Buffer.from([byte]))) },
  'three bytes in each frame': {
    cut: (chunk) =>
      Array.from({ length: Math.ceil(chunk.length / 3) }, (_, at) => frame(BINARY, chunk.subarray(at * 3, at * 3 + 3))),
  },
  'a ping before each frame': { cut: (chunk) => [frame(PING, Buffer.from('are you there?')), frame(BINARY, chunk)] },
  'empty frames before and after': {
    cut: (chunk) => [frame(BINARY, Buffer.alloc(0)), frame(BINARY, chunk), frame(BINARY, Buffer.alloc(0))],
  },
  'messages in two frames, a ping in between': {
    cut: (chunk) => [
      frame(BINARY, chunk.subarray(0, 2), false),
      frame(PING, Buffer.from('x')),
      frame(CONTINUATION, chunk.subarray(2), true),
    ],
  },
};

function staticTests(): void {
  for (const [name, options] of Object.entries(cuts)) {
    test(`${name}: nothing is lost`, limit, async (t) => {
      const { client } = await connected(t, options);
      await roundTrip(client, 'cut', LENGTHS);
    });
  }

  test('frames that the network cuts at every place, their lengths and all', limit, async (t) => {
    const { client } = await connected(t, { trickle: true });
    await roundTrip(client, 'trickle', [0, 1, 100, 120, 126, 200, 256, 600]);
  });

  test('CLOSE from the server ends the connection', limit, async (t) => {
    for (const payload of [Buffer.alloc(0), Buffer.from([0x03, 0xe8])]) {
      const { gateway, codes } = await connected(t);
      gateway.send(frame(CLOSE, payload));
      await until(() => codes.length === 1, 'on_disconnect');
      assert.ok((codes[0] ?? 0) > 0);
    }
  });

  test('text frames, reserved bits and impossible lengths end the connection with a code', limit, async (t) => {
    const frames = [
      frame(TEXT, Buffer.from('text')),
      Buffer.from([0xf2, 1, 0]),
      Buffer.from([0x8b, 0]),
      Buffer.from([0x09, 0]),
      Buffer.from([0x89, 126, 0, 200]),
      Buffer.concat([Buffer.from([0x82, 127]), Buffer.alloc(8, 0xff)]),
    ];
    for (const bytes of frames) {
      const { gateway, codes } = await connected(t);
      gateway.send(bytes);
      await until(
        () => codes.length > 0,
        () => `on_disconnect after ${bytes.toString('hex')}`,
      );
      assert.ok((codes[0] ?? 0) > 0);
    }
  });

  test('a ping is answered with its payload', limit, async (t) => {
    const { gateway } = await connected(t);
    for (const payload of ['', 'hello', 'x'.repeat(125)]) {
      const before = gateway.frames.length;
      gateway.send(frame(PING, Buffer.from(payload)));
      await until(() => gateway.frames.slice(before).some(({ opcode }) => opcode === PONG), 'the pong');
      assert.equal(String(gateway.frames.at(-1)?.payload), payload);
    }
  });
}

if (build_info().features.websockets) {
  staticTests();
} else {
  test(
    'without WebSockets in libmosquitto a client that was refused them still speaks MQTT over TCP',
    limit,
    async (t) => {
      const client = clientFor(t);
      assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS), MOSQ_ERR_NOT_SUPPORTED);
      driveFor(t, client, 'loop');
      await connectTo(client, broker());
      await roundTrip(client, 'plain', LENGTHS);
    },
  );
}
