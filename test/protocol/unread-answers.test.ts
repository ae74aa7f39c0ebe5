// Tests a peer that sends and does not read. It made the client queue an answer to each packet, without a bound. The
// client is in a process of its own, so its memory can be measured separately.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { build_info } from 'libmosquitto';
import { ByteReader } from '../support/byte-reader';
import { type ChildHandle, spawnChild } from '../support/child';
import { MODES, type Mode } from '../support/drive';
import { ack, connack, decode, PUBACK, PUBCOMP, PUBREL, publish } from '../support/packets';
import { rawServerFor } from '../support/raw-server';
import { defer } from '../support/scope';
import { SLOW, scaled, until } from '../support/wait';
import { BINARY, consentTo, FrameReader, frame, PING, PONG } from '../support/websocket';

const limit = { timeout: scaled(90000) };
const MiB = 1024 * 1024;
/** The buffers of two sockets, and the bytes that the client reads until it stops. */
const MOST = 40 * MiB;
const STALLED_MS = 1000;

class Flooded {
  readonly socket: Socket;
  readonly reader: ByteReader;
  readonly #child: ChildHandle;
  #asked = 0;

  constructor(reader: ByteReader, socket: Socket, child: ChildHandle) {
    this.socket = socket;
    this.reader = reader;
    this.#child = child;
  }

  async ask(what: 'rss' | 'count'): Promise<number> {
    this.#asked += 1;
    this.#child.write(`${what}\n`);
    const line = await this.#child.line(new RegExp(`^${this.#asked} `));
    return Number(line.split(' ')[1]);
  }

  /** Sends the same bytes repeatedly, until the client reads no more. Returns how often they were sent completely. */
  async flood(bytes: Uint8Array, most: number): Promise<number> {
    let times = 0;
    this.socket.pause();
    while (times * bytes.length < most) {
      times += 1;
      if (this.socket.write(bytes)) continue;
      const drained = new Promise<boolean>((resolve) => this.socket.once('drain', () => resolve(true)));
      if (!(await Promise.race([drained, sleep(scaled(STALLED_MS), false)]))) break;
    }
    return times;
  }
}

async function flooded(t: TestContext, mode: Mode, way: 'tcp' | 'ws'): Promise<Flooded> {
  const connections: Array<readonly [ByteReader, Socket]> = [];
  const server = await rawServerFor(t, (socket) => connections.push([new ByteReader(socket), socket]));
  const child = spawnChild('protocol-flooded', {
    args: [mode, way, String(server.port)],
    // AddressSanitizer keeps memory that was freed, 256 MiB of it by default.
    env: { ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=1` },
    timeoutMs: 80000,
  });
  defer(t, () => child.kill('SIGKILL'));
  await until(() => connections.length > 0, 'the connection');
  const [connection] = connections;
  assert.ok(connection);
  const [reader, socket] = connection;
  const peer = new Flooded(reader, socket, child);
  if (way === 'ws') {
    await peer.reader.until((bytes) => bytes.includes('\r\n\r\n'), 'the request');
    const request = peer.reader.bytes.toString('latin1');
    socket.write(consentTo(request));
    await peer.reader.length(request.length + 20);
    socket.write(frame(BINARY, connack(0)));
  } else {
    await peer.reader.until((bytes) => bytes.includes('MQTT'), 'CONNECT');
    socket.write(connack(0));
  }
  await child.line(/^accepted/);
  return peer;
}

/** Whole packets of MQTT in a stream; those of one type are counted. */
class AnswerCounter {
  count = 0;
  readonly #type: number;
  #rest: Buffer = Buffer.alloc(0);

  constructor(type: number) {
    this.#type = type;
  }

  push(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (let found = decode(this.#rest); found !== null; found = decode(this.#rest.subarray(at))) {
      at += found.length;
      if (found.packet.type === this.#type) this.count += 1;
    }
    this.#rest = this.#rest.subarray(at);
  }
}

function repeated(bytes: Uint8Array, times: number): Buffer {
  return Buffer.concat(Array<Uint8Array>(times).fill(bytes));
}

const MESSAGE = publish('t', 'x'.repeat(16), { qos: 1, mid: 1 });
const BUNCH = 1000;

async function staysBounded(
  t: TestContext,
  mode: Mode,
  way: 'tcp' | 'ws',
  packet: Buffer,
  answer: number,
): Promise<void> {
  const peer = await flooded(t, mode, way);
  const before = await peer.ask('rss');
  const bunch = repeated(way === 'ws' ? frame(BINARY, packet) : packet, BUNCH);
  const counter = new AnswerCounter(answer);
  const frames = new FrameReader();
  const times = await peer.flood(bunch, MOST);
  assert.ok(times * bunch.length < MOST, `the client read ${times * bunch.length} bytes of a peer that does not read`);
  const grown = (await peer.ask('rss')) - before;
  assert.ok(grown < 100 * MiB * SLOW, `${Math.round(grown / MiB)} MiB`);
  // The client continues from where it stopped, and answers everything.
  peer.socket.on('data', (chunk: Buffer) => {
    if (way === 'tcp') counter.push(chunk);
    else for (const { opcode, payload } of frames.push(chunk)) if (opcode === BINARY) counter.push(payload);
  });
  peer.socket.resume();
  await until(
    () => counter.count >= times * BUNCH,
    () => `${times * BUNCH} answers; ${counter.count} have come`,
    60000,
  );
  assert.equal(counter.count, times * BUNCH);
  if (answer === PUBACK) assert.equal(await peer.ask('count'), times * BUNCH);
}

async function pongs(t: TestContext, mode: Mode): Promise<void> {
  const peer = await flooded(t, mode, 'ws');
  const before = await peer.ask('rss');
  peer.socket.pause();
  // The buffers of the sockets store some thousands of the answers.
  peer.socket.write(repeated(frame(PING, Buffer.alloc(100)), 600_000));
  peer.socket.write(frame(BINARY, publish('t', 'behind the PINGs')));
  while ((await peer.ask('count')) === 0) await sleep(20);
  const grown = (await peer.ask('rss')) - before;
  assert.ok(grown < 50 * MiB * SLOW, `${Math.round(grown / MiB)} MiB`);
  // The newest PING is answered, and messages behind it arrive.
  const payloads: string[] = [];
  const reader = new FrameReader();
  peer.socket.on('data', (chunk: Buffer) => {
    for (const { opcode, payload } of reader.push(chunk)) if (opcode === PONG) payloads.push(payload.toString());
  });
  peer.socket.write(frame(PING, Buffer.from('last')));
  peer.socket.resume();
  await until(() => payloads.includes('last'), 'the answer to the last PING');
  assert.equal(payloads.at(-1), 'last');
}

function staticTests(): void {
  for (const mode of MODES) {
    test(`PUBACK (tcp, ${mode})`, limit, (t) => staysBounded(t, mode, 'tcp', MESSAGE, PUBACK));
    test(`PUBACK (ws, ${mode})`, limit, (t) => staysBounded(t, mode, 'ws', MESSAGE, PUBACK));
    test(`PUBCOMP (tcp, ${mode})`, limit, (t) => staysBounded(t, mode, 'tcp', ack(PUBREL, 5), PUBCOMP));
    test(`PONG (${mode})`, limit, (t) => pongs(t, mode));
  }
}

function systemTests(): void {
  test('the answers to what is read arrive', limit, async (t) => {
    const peer = await flooded(t, 'thread', 'tcp');
    const counter = new AnswerCounter(PUBACK);
    peer.socket.on('data', (chunk: Buffer) => counter.push(chunk));
    peer.socket.write(repeated(MESSAGE, BUNCH));
    await until(() => counter.count === BUNCH, 'the answers');
    assert.equal(await peer.ask('count'), BUNCH);
  });
}

describe(
  'answers that a peer does not read',
  { concurrency: 1 },
  build_info().linkage === 'static' ? staticTests : systemTests,
);
