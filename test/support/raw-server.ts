import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { reset } from './reset';
import { defer } from './scope';

/** A TCP server that sends nothing by itself, for tests of the first bytes of clients. */
export interface RawServer {
  readonly host: string;
  readonly port: number;
  /** The bytes of every connection so far, in the order of the connections. */
  received(): Buffer[];
  /** The number of connections that have been closed. */
  closed(): number;
  /** Closes all connections, with a reset. */
  hangUp(): void;
}

export async function rawServerFor(
  t: TestContext,
  onConnection: (socket: Socket) => void = () => undefined,
): Promise<RawServer> {
  let closed = 0;
  const connections: Array<{ socket: Socket; chunks: Buffer[] }> = [];
  const server = createServer((socket) => {
    const chunks: Buffer[] = [];
    connections.push({ socket, chunks });
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('close', () => {
      closed += 1;
    });
    // A reset by the client is no failure here.
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  const hangUp = (): void => {
    for (const { socket } of connections) reset(socket);
  };
  defer(t, async () => {
    hangUp();
    server.close();
    await once(server, 'close');
  });
  return {
    host: '127.0.0.1',
    port: address.port,
    received: () => connections.map(({ chunks }) => Buffer.concat(chunks)),
    closed: () => closed,
    hangUp,
  };
}
