// Records the bytes that a client sends, for each kind of connection.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { build_info } from 'libmosquitto';
import { defer } from './scope';
import type { Address } from './traffic';
import { overWebSockets, type Preparation, through, together } from './ways';

/** Every kind of connection to a broker that this build can make. */
export const KINDS = [
  'TCP',
  'unix socket',
  'SOCKS',
  ...(build_info().features.websockets ? (['WebSockets', 'WebSockets through SOCKS'] as const) : []),
] as const;
export type Kind = (typeof KINDS)[number];

/** A peer that records the bytes of clients for the broker. It answers only the SOCKS requests before them. */
export interface Overheard extends Address {
  /** Prepares a client for this kind of connection. */
  readonly prepare: Preparation;
  /** The bytes for the broker, connection by connection. */
  heard(): Buffer[];
  /** The number of SOCKS requests; the proxy answers none before answer(). */
  asked(): number;
  /** Answers all SOCKS requests, later ones too. */
  answer(): void;
  /** Sends bytes to every client. */
  send(bytes: string | Uint8Array): void;
  /** Ends all connections. */
  hangUp(): void;
}

export async function overheardFor(t: TestContext, kind: Kind, { answers = true } = {}): Promise<Overheard> {
  const proxied = kind.endsWith('SOCKS');
  const connections: Array<{ socket: Socket; chunks: Buffer[]; waits: boolean }> = [];
  const agree = (connection: (typeof connections)[number]): void => {
    if (!connection.waits || !answers) return;
    connection.waits = false;
    connection.socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
  };
  const server = createServer((socket) => {
    const connection = { socket, chunks: [] as Buffer[], waits: false };
    connections.push(connection);
    // A reset by the client is no failure here.
    socket.on('error', () => undefined);
    const listen = (): void => {
      socket.on('data', (chunk: Buffer) => connection.chunks.push(chunk));
    };
    if (!proxied) {
      listen();
      return;
    }
    socket.once('data', () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once('data', () => {
        connection.waits = true;
        listen();
        agree(connection);
      });
    });
  });
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-overheard-'));
  const path = join(folder, 'socket');
  if (kind === 'unix socket') server.listen(path);
  else server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const address = typeof bound === 'string' ? { host: path, port: 0 } : { host: '127.0.0.1', port: bound?.port ?? 0 };
  const hangUp = (): void => {
    for (const { socket } of connections) socket.destroy();
  };
  defer(t, async () => {
    for (const { socket } of connections) socket.destroy();
    server.close();
    await once(server, 'close');
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    ...(proxied ? { host: 'broker.test', port: 8883 } : address),
    prepare: together(
      ...(kind.startsWith('WebSockets') ? [overWebSockets] : []),
      ...(proxied ? [through(address)] : []),
    ),
    heard: () => connections.map(({ chunks }) => Buffer.concat(chunks)),
    asked: () => connections.filter(({ waits }) => waits).length,
    answer: () => {
      answers = true;
      for (const connection of connections) agree(connection);
    },
    send: (bytes) => {
      for (const { socket } of connections) socket.write(bytes);
    },
    hangUp,
  };
}
