// Tests the peer, the broker for measurements. A peer that miscounts would hide a lost message.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { program } from '../runner/paths';
import { start } from '../runner/process';

const TIMEOUT_MS = 20000;
const CONNECT = Buffer.from([0x10, 13, 0, 4, ...Buffer.from('MQTT'), 4, 2, 0, 60, 0, 1, 0x61]);
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

function publish(topic: string, mid: number): Buffer {
  const name = Buffer.from(topic);
  return Buffer.concat([
    Buffer.from([0x34, name.length + 4, 0, name.length]),
    name,
    Buffer.from([mid >> 8, mid & 255]),
  ]);
}

/** Reads the number of bytes that the peer is known to send. */
async function read(socket: Socket, bytes: number): Promise<Buffer> {
  for (;;) {
    const data = socket.read(bytes) as Buffer | null;
    if (data !== null) return data;
    await once(socket, 'readable');
  }
}

async function withPeer(use: (socket: Socket) => Promise<void>, ...args: string[]): Promise<Record<string, number>> {
  const peer = start({ file: program('peer'), args }, TIMEOUT_MS);
  const socket = connect(Number(await peer.firstLine), '127.0.0.1');
  try {
    socket.write(CONNECT);
    assert.deepEqual(await read(socket, 4), CONNACK);
    await use(socket);
  } finally {
    socket.destroy();
    peer.stop('SIGTERM');
  }
  return JSON.parse(await peer.lastLine) as Record<string, number>;
}

test('the peer counts a repeated message of QoS 2 once, and acknowledges it each time', async () => {
  const counts = await withPeer(async (socket) => {
    socket.write(Buffer.concat([publish('bench/sink/a', 7), publish('bench/sink/a', 7)]));
    assert.deepEqual(await read(socket, 8), Buffer.from([0x50, 2, 0, 7, 0x50, 2, 0, 7]));
    socket.write(Buffer.from([0x62, 2, 0, 7]));
    assert.deepEqual(await read(socket, 4), Buffer.from([0x70, 2, 0, 7]));
    socket.write(publish('bench/sink/a', 7));
    assert.deepEqual(await read(socket, 4), Buffer.from([0x50, 2, 0, 7]));
  });
  assert.equal(counts['received'], 2);
  assert.equal(counts['errors'], 0);
});

test('the peer has no more than the window of messages in flight, and reports the number that it has sent', async () => {
  const filter = Buffer.from('bench/blast/#');
  const topic = 'bench/blast/device/00000';
  const counts = await withPeer(
    async (socket) => {
      socket.write(
        Buffer.concat([Buffer.from([0x82, filter.length + 5, 0, 1, 0, filter.length]), filter, Buffer.from([1])]),
      );
      assert.deepEqual(await read(socket, 5), Buffer.from([0x90, 3, 0, 1, 1]));
      const packet = 2 + 2 + topic.length + 2 + 10;
      const first = await read(socket, 2 * packet);
      const mids = [0, packet].map((at) => first.readUInt16BE(at + 4 + topic.length));
      assert.deepEqual(mids, [1, 2]);
      socket.write(Buffer.from([0x40, 2, 0, 2]));
      const third = await read(socket, packet);
      assert.equal(third.readUInt16BE(4 + topic.length), 3);
      socket.write(Buffer.from([0x40, 2, 0, 1, 0x40, 2, 0, 3]));
      const end = (await read(socket, 2 + 2 + 'bench/blast/device/ended'.length + 18)).subarray(4).toString();
      assert.equal(end, `bench/blast/device/ended${'3'.padEnd(18)}`);
    },
    ...['--qos', '1', '--size', '10', '--inflight', '2', '--count', '3'],
  );
  assert.equal(counts['sent'], 3);
  assert.equal(counts['acknowledged'], 3);
});

test('the peer ends a connection that acknowledges a message that was not sent, and reports it', async () => {
  const counts = await withPeer(async (socket) => {
    socket.write(Buffer.from([0x40, 2, 0, 9]));
    await once(socket.resume(), 'end');
  });
  assert.equal(counts['errors'], 1);
});
