// Tests proxies and WebSocket servers whose answers come byte by byte, or are too long, too short or forbidden. A SOCKS
// reply with an empty domain made the client spin, a folded header line crashed it, and a long request sent the peer
// bytes of the heap. The client is in a process of its own, so a hang or a crash is a failed test.
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_AUTH,
  MOSQ_ERR_CONN_LOST,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_NO_CONN,
  MOSQ_ERR_PROTOCOL,
  MOSQ_ERR_PROXY,
  MOSQ_ERR_UNKNOWN,
  MOSQ_OPT_HTTP_PATH,
} from 'libmosquitto';
import { ByteReader } from '../support/byte-reader';
import { runChild } from '../support/child';
import { MODES, type Mode } from '../support/drive';
import { connack } from '../support/packets';
import { rawServerFor } from '../support/raw-server';
import { clientFor, driveFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { overWebSockets } from '../support/ways';
import { BINARY, consentTo, frame, PING } from '../support/websocket';

const limit = { timeout: scaled(60000) };

/** The script of a handshake; the peer closes the connection after the script, when the client has closed its side. */
type Script = (socket: Socket, reader: ByteReader) => Promise<void>;

interface Case {
  readonly name: string;
  readonly script: Script;
  /** Lines of the client: "accepted", and the code of on_disconnect. */
  readonly told: readonly string[];
}

const GREETING = 3;
const NO_PASSWORD = Buffer.from([5, 0]);
const accepted = (rc: number): string[] => ['accepted', String(rc)];
const ended = (rc: number): string[] => [String(rc)];
const CLOSED = accepted(MOSQ_ERR_CONN_LOST);

/** One byte in each turn of the event loop. */
async function trickle(socket: Socket, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    if (socket.destroyed) return;
    socket.write(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
}

type Write = (socket: Socket, bytes: Uint8Array) => Promise<void>;
const atOnce: Write = async (socket, bytes) => {
  socket.write(bytes);
};

function request(reader: ByteReader): Promise<void> {
  return reader.until((bytes) => bytes.length > GREETING + 4, 'the request to the proxy');
}

/** The peer is first a proxy, then the broker behind it. */
function proxied(reply: Uint8Array, write: Write = atOnce, behind: Uint8Array = Buffer.alloc(0)): Script {
  return async (socket, reader) => {
    await reader.length(GREETING);
    await write(socket, NO_PASSWORD);
    await request(reader);
    await write(socket, Buffer.concat([reply, behind]));
    if (reply[1] !== 0) return;
    await reader.until((bytes) => bytes.includes('MQTT'), 'CONNECT');
    if (behind.length === 0) await write(socket, connack(0));
  };
}

/** A reply with a domain of this length. */
function domain(length: number): Buffer {
  return Buffer.from([5, 0, 0, 3, length, ...Array<number>(length).fill(120), 7, 91]);
}

const V4 = Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 7, 91]);
const V6 = Buffer.from([5, 0, 0, 4, ...Array<number>(16).fill(1), 7, 91]);

/** The proxy sends this and no more. The client has to end the connection, or to keep it until the peer does. */
function says(...replies: ReadonlyArray<Uint8Array | readonly number[]>): Script {
  return async (socket, reader) => {
    await reader.length(GREETING);
    for (const reply of replies) await trickle(socket, Uint8Array.from(reply));
  };
}

const silent: Script = async (_socket, reader) => {
  await reader.length(GREETING);
};

function socksCases(): Case[] {
  const cases: Case[] = [
    { name: 'a reply with an IPv4 address', script: proxied(V4), told: CLOSED },
    { name: 'a reply with an IPv4 address, byte by byte', script: proxied(V4, trickle), told: CLOSED },
    { name: 'a reply with an IPv6 address', script: proxied(V6), told: CLOSED },
    { name: 'a reply with an IPv6 address, byte by byte', script: proxied(V6, trickle), told: CLOSED },
    { name: 'CONNACK in one piece with the reply', script: proxied(V4, atOnce, connack(0)), told: CLOSED },
    {
      name: 'another version in the reply',
      script: proxied(Buffer.from([4, 1, 0, 1, 0, 0, 0, 0, 0, 0])),
      told: ended(MOSQ_ERR_PROXY),
    },
    { name: 'NULs for the method', script: says([0, 0]), told: ended(MOSQ_ERR_PROXY) },
    { name: 'NULs for the reply', script: says([5, 0], Buffer.alloc(300)), told: ended(MOSQ_ERR_PROTOCOL) },
    { name: 'nothing, and the end of the stream', script: silent, told: ended(MOSQ_ERR_PROXY) },
    { name: 'half of the method, and the end', script: says([5]), told: ended(MOSQ_ERR_PROXY) },
    { name: 'half of the reply, and the end', script: says([5, 0], [5, 0, 0, 1, 127]), told: ended(MOSQ_ERR_PROXY) },
    { name: 'an unknown kind of address', script: says([5, 0], [5, 0, 0, 2, 1]), told: ended(MOSQ_ERR_PROTOCOL) },
  ];
  const failures = new Map([
    [1, MOSQ_ERR_PROXY],
    [2, MOSQ_ERR_AUTH],
    [3, MOSQ_ERR_NO_CONN],
    [8, MOSQ_ERR_PROXY],
    [9, MOSQ_ERR_INVAL],
    [255, MOSQ_ERR_INVAL],
  ]);
  for (const [code, rc] of failures) {
    cases.push({
      name: `failure ${code}`,
      script: proxied(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])),
      told: ended(rc),
    });
  }
  return cases;
}

/** The system's library reads two bytes too few of these, and spins at an empty domain until our driver detects it. */
function domainCases(): Case[] {
  const lengths = Array.from({ length: 256 }, (_, length) => length);
  return [
    ...lengths.map((length) => ({
      name: `a reply with a domain of ${length} bytes`,
      script: proxied(domain(length)),
      told: CLOSED,
    })),
    ...[0, 1, 2, 255].map((length) => ({
      name: `a reply with a domain of ${length} bytes, byte by byte`,
      script: proxied(domain(length), trickle),
      told: CLOSED,
    })),
    ...[0, 1, 255].map((length) => ({
      name: `CONNACK in one piece with a domain of ${length} bytes`,
      script: proxied(domain(length), atOnce, connack(0)),
      told: CLOSED,
    })),
  ];
}

const emptyDomain: Case = {
  name: 'a reply with a domain of no bytes',
  script: says([5, 0], domain(0)),
  told: ended(MOSQ_ERR_PROXY),
};

function consent(reader: ByteReader, more: readonly string[] = []): string {
  return consentTo(reader.bytes.toString('latin1'), more);
}

function upgraded(
  respond: (reader: ByteReader) => string,
  write: Write = atOnce,
  behind: Buffer = Buffer.alloc(0),
): Script {
  return async (socket, reader) => {
    await reader.until((bytes) => bytes.includes('\r\n\r\n'), 'the request');
    const length = reader.bytes.length;
    await write(socket, Buffer.concat([Buffer.from(respond(reader), 'latin1'), behind]));
    // CONNECT: the first frame of the client. A refused client sends none.
    await Promise.race([
      reader.closed,
      reader.until((bytes) => bytes.length >= length + 20, 'CONNECT').catch(() => undefined),
    ]);
    if (behind.length === 0 || behind[0] === 0x89) await write(socket, frame(BINARY, connack(0)));
  };
}

function webSocketCases(): Case[] {
  const refused = (name: string, respond: (reader: ByteReader) => string, rc: number, write?: Write): Case => ({
    name,
    script: upgraded(respond, write),
    told: ended(rc),
  });
  const folded = (reader: ByteReader): string => consent(reader, ['X-Folded: a', ' b']);
  return [
    { name: 'a consent', script: upgraded(consent), told: CLOSED },
    { name: 'a consent, byte by byte', script: upgraded(consent, trickle), told: CLOSED },
    {
      name: 'a consent whose lines end by LF alone',
      script: upgraded((reader) => consent(reader).replaceAll('\r\n', '\n')),
      told: CLOSED,
    },
    {
      name: 'CONNACK in one piece with the consent',
      script: upgraded(consent, atOnce, frame(BINARY, connack(0))),
      told: CLOSED,
    },
    {
      name: 'a PING in one piece with the consent',
      script: upgraded(consent, atOnce, frame(PING, Buffer.from('ping'))),
      told: CLOSED,
    },
    refused('a folded line', folded, MOSQ_ERR_PROTOCOL),
    refused('a folded line, byte by byte', folded, MOSQ_ERR_PROTOCOL, trickle),
    refused('a line folded by a tab', (reader) => consent(reader, ['X-Folded: a', '\tb']), MOSQ_ERR_PROTOCOL),
    refused('NULs', () => '\0'.repeat(20), MOSQ_ERR_PROTOCOL),
    refused('NULs, byte by byte', () => '\0'.repeat(20), MOSQ_ERR_PROTOCOL, trickle),
    refused('a NUL in a header', (reader) => consent(reader, ['X: a\0b']), MOSQ_ERR_PROTOCOL),
    refused('no line ends', () => `HTTP/1.1 101 ${'x'.repeat(5000)}`, MOSQ_ERR_PROTOCOL),
    refused(
      'headers without an end',
      () => `HTTP/1.1 101 Switching Protocols\r\n${'A: b\r\n'.repeat(2000)}`,
      MOSQ_ERR_UNKNOWN,
    ),
    refused('a header of 4000 bytes', (reader) => consent(reader, [`X: ${'y'.repeat(4100)}`]), MOSQ_ERR_PROTOCOL),
    refused('101 headers', (reader) => consent(reader, Array<string>(101).fill('A: b')), MOSQ_ERR_UNKNOWN),
    refused('another protocol', () => 'SSH-2.0-OpenSSH_9.2\r\n\r\n', MOSQ_ERR_UNKNOWN),
    refused('a refusal', () => 'HTTP/1.1 503 Service Unavailable\r\n\r\n', MOSQ_ERR_UNKNOWN),
    refused('a consent without headers', () => 'HTTP/1.1 101 Switching Protocols\r\n\r\n', MOSQ_ERR_UNKNOWN),
    refused('the key of another', (reader) => consent(reader).replace(/Accept: .*/, 'Accept: abc'), MOSQ_ERR_UNKNOWN),
  ];
}

async function tryAll(t: TestContext, mode: Mode, way: 'socks' | 'ws', cases: readonly Case[]): Promise<void> {
  let at = 0;
  const failures: string[] = [];
  const follow = async (socket: Socket): Promise<void> => {
    const one = cases[at];
    at += 1;
    const reader = new ByteReader(socket);
    try {
      await one?.script(socket, reader);
    } catch (error) {
      failures.push(`${one?.name}: ${String(error)}`);
    }
    socket.end();
  };
  const server = await rawServerFor(t, (socket) => void follow(socket));
  const args = [mode, way, '4', String(server.port), '', String(cases.length)];
  const { stdout, stderr, code, signal } = await runChild('protocol-connections', { args, timeoutMs: 50000 });
  const lines = stdout.trimEnd().split('\n');
  const names = cases.flatMap(({ name, told }) => told.map((line) => `${name}: ${line}`));
  assert.deepEqual(
    lines.map((line, i) => `${names[i]?.slice(0, names[i]?.lastIndexOf(': '))}: ${line}`),
    names,
  );
  assert.deepEqual(failures, []);
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
}

/** The library had 1024 bytes for its request, and sent as many bytes as the whole request would have. */
async function requestOf(t: TestContext, mode: Mode, path: string, host: string): Promise<void> {
  const readers: ByteReader[] = [];
  const server = await rawServerFor(t, (socket) => {
    readers.push(new ByteReader(socket));
  });
  const client = clientFor(t);
  overWebSockets(client);
  assert.equal(client.string_option(MOSQ_OPT_HTTP_PATH, path), 0);
  assert.equal(client.connect(host, server.port), 0);
  const driven = driveFor(t, client, mode);
  await until(() => readers.length > 0, 'the connection');
  await readers[0]?.until((bytes) => bytes.includes('\r\n\r\n'), 'the request');
  assert.equal(client.disconnect(), 0);
  await readers[0]?.closed;
  const request = readers[0]?.bytes.toString('latin1') ?? '';
  assert.ok(request.startsWith(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n`));
  assert.equal(request.indexOf('\r\n\r\n') + 4, request.length);
  await driven.stop();
}

const ours = build_info().linkage === 'static';

describe('the bytes of a handshake', { concurrency: 2 }, () => {
  for (const mode of MODES) {
    const socks = [...socksCases(), ...(ours ? domainCases() : [emptyDomain])];
    test(`of a SOCKS proxy (${mode})`, limit, (t) => tryAll(t, mode, 'socks', socks));
    if (ours) test(`of a WebSocket server (${mode})`, limit, (t) => tryAll(t, mode, 'ws', webSocketCases()));
    if (!ours) continue;
    test(`of a request of any length (${mode})`, limit, async (t) => {
      for (const zeros of [0, 300, 330, 340, 350, 360, 400, 800, 5000]) {
        // 127.0.0.1, written in a longer form.
        await requestOf(t, mode, `/${'p'.repeat(511)}`, `0x${'0'.repeat(zeros)}7f.0.0.1`);
      }
    });
  }
});
