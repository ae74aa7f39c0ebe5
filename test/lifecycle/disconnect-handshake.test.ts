// Tests disconnect() during handshakes. While a SOCKS proxy answered, libmosquitto looped for ever, or followed a null
// pointer with a WebSocket behind the proxy. A WebSocket server got DISCONNECT in the middle of the HTTP request. Each
// client is in a process of its own, so a hang or a crash is a failed test.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { build_info, MOSQ_ERR_NO_CONN } from 'libmosquitto';
import type { Attempt } from '../fixtures/lifecycle-leaves';
import { ByteReader } from '../support/byte-reader';
import { sharedCertificates } from '../support/certificates';
import { type ChildHandle, spawnChild } from '../support/child';
import { MODES } from '../support/drive';
import { connack } from '../support/packets';
import { defer } from '../support/scope';
import { scaled, until, within } from '../support/wait';
import { fullPortFor } from './full-port';
import { type Stage, stagesOf } from './handshake-stages';
import { listenFor } from './tcp-server';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const WAYS = [...MODES, 'loop_forever'] as const;
type Way = (typeof WAYS)[number];

interface Peers {
  readonly plain: number;
  readonly tls: number;
  /** The next connection to either port. */
  next(): Promise<Socket>;
}

async function peersFor(t: TestContext): Promise<Peers> {
  const { server } = certificates();
  const waiting: Socket[] = [];
  const open = new Set<Socket>();
  const accept = (socket: Socket): void => {
    open.add(socket);
    socket.on('error', () => undefined);
    waiting.push(socket);
  };
  const listen = async (of: Server): Promise<number> => {
    const { port } = await listenFor(t, of, () => {
      for (const socket of open) socket.destroy();
    });
    return port;
  };
  const keys = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
  return {
    plain: await listen(createServer(accept)),
    tls: await listen(createTlsServer(keys, accept)),
    next: async () => {
      await until(() => waiting.length > 0, 'a connection of the client');
      const [socket] = waiting.splice(0, 1);
      assert.ok(socket);
      return socket;
    },
  };
}

class Leaver {
  readonly #child: ChildHandle;
  #id = 0;

  constructor(t: TestContext, way: Way) {
    this.#child = spawnChild('lifecycle-leaves', { args: [way], timeoutMs: 50000 });
    defer(t, () => this.#child.kill('SIGKILL'));
  }

  connect(attempt: Omit<Attempt, 'id'>): void {
    this.#id += 1;
    this.command(JSON.stringify({ id: this.#id, ...attempt }));
  }

  command(line: string): void {
    this.#child.write(`${line}\n`);
  }

  async told(what: RegExp): Promise<string> {
    const line = await this.#child.line(new RegExp(`^${this.#id} ${what.source}`));
    return line.slice(`${this.#id} `.length);
  }

  /** All output of the client, which is printed when the client is destroyed. */
  async end(): Promise<string[]> {
    this.command('end');
    await this.told(/ended/);
    this.#child.kill('SIGKILL');
    const { stdout, stderr } = await this.#child.done;
    assert.equal(stderr, '');
    return stdout.trimEnd().split('\n');
  }
}

async function leaveAt(t: TestContext, way: Way, stage: Stage, peers: Peers): Promise<void> {
  const { ca } = certificates();
  const leaver = new Leaver(t, way);
  const port = stage.tls === 'spoken' ? peers.tls : peers.plain;
  leaver.connect({
    host: 'localhost',
    port,
    proxy: stage.proxied === true ? port : 0,
    ca: stage.tls === undefined ? '' : ca.cert,
    webSockets: stage.webSockets === true,
  });
  const socket = await peers.next();
  const reader = new ByteReader(socket);
  const reached = stage.reach({ socket, reader, tlsPort: peers.tls });
  await within(reached, `the stage: ${stage.name}`);
  const before = reader.bytes.length;
  leaver.command('disconnect');
  await leaver.told(/on_disconnect/);
  // The peer ends its side after the client has closed its own.
  socket.once('end', () => socket.end());
  await within(reader.closed, 'the end of the connection');
  const farewell = reader.bytes.subarray(before);
  assert.match(farewell.toString('hex'), stage.farewell ?? /^$/, stage.name);
  const told = await leaver.end();
  const expected = ['1 disconnect 0', '1 on_disconnect 0', '1 socket -1', '1 ended'];
  if (way === 'loop_forever') expected.splice(2, 0, '1 loop_forever 0');
  assert.deepEqual(told, expected, stage.name);
}

const groups =
  build_info().linkage === 'static'
    ? (['SOCKS', 'TLS', 'WebSockets', 'CONNECT'] as const)
    : (['SOCKS', 'TLS', 'CONNECT'] as const);

for (const way of WAYS) {
  describe(`disconnect() during a handshake (${way})`, { concurrency: 2 }, () => {
    for (const group of groups) {
      for (const stage of stagesOf(group)) {
        test(`${group}: ${stage.name}`, limit, async (t) => leaveAt(t, way, stage, await peersFor(t)));
      }
    }

    test('TCP: nobody has answered yet: MOSQ_ERR_NO_CONN, and no callback', limit, async (t) => {
      const port = await fullPortFor(t);
      const leaver = new Leaver(t, way);
      leaver.connect({ host: '127.0.0.1', port, proxy: 0, ca: '', webSockets: false });
      leaver.command('disconnect');
      await leaver.told(/disconnect/);
      const told = await leaver.end();
      const expected = [`1 disconnect ${MOSQ_ERR_NO_CONN}`, '1 socket -1', '1 ended'];
      if (way === 'loop_forever') expected.splice(1, 0, '1 loop_forever 0');
      assert.deepEqual(told, expected);
    });

    test('CONNACK arrives with the disconnect(): DISCONNECT is sent nevertheless', limit, async (t) => {
      const peers = await peersFor(t);
      const leaver = new Leaver(t, way);
      leaver.connect({ host: 'localhost', port: peers.plain, proxy: 0, ca: '', webSockets: false });
      const socket = await peers.next();
      const reader = new ByteReader(socket);
      await reader.until((bytes) => bytes.includes('MQTT'), 'CONNECT');
      leaver.command('block and disconnect');
      await leaver.told(/blocks/);
      socket.write(connack(0));
      await leaver.told(/on_disconnect/);
      socket.once('end', () => socket.end());
      await within(reader.closed, 'the end of the connection');
      assert.equal(reader.bytes.subarray(-2).toString('hex'), 'e000');
      const told = await leaver.end();
      assert.deepEqual(
        told.filter((line) => line.includes('disconnect')),
        ['1 on_disconnect 0'],
      );
    });
  });
}
