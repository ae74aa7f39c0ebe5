// Connects WebSocket clients to a broker without WebSockets.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TestContext } from 'node:test';
import type { Pair } from './certificates';
import { defer } from './scope';
import type { Address } from './traffic';
import { acceptKey, BINARY, CLOSE, type Frame, FrameReader, frame, PING, PONG } from './websocket';

export interface Upgrade {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

export interface Gateway extends Address {
  /** The requests so far. */
  readonly upgrades: readonly Upgrade[];
  /** The frames that clients sent, in order. */
  readonly frames: readonly Frame[];
  /** Sends raw bytes to every client. */
  send(bytes: Uint8Array): void;
  /** Ends all connections at once. */
  close(): void;
}

export interface GatewayOptions {
  /** Uses wss: with this certificate. */
  tls?: Pair;
  host?: string;
  /** Returns the answer to send instead of accepting; null to accept. */
  refuse?: (request: IncomingMessage) => string | null;
  /** Cuts the broker's bytes into frames; one frame for each chunk by default. */
  cut?: (chunk: Buffer) => Buffer[];
  /** Sends byte by byte, so that the client reads in the same way. */
  trickle?: boolean;
}

/** Forwards MQTT between WebSocket clients and a broker. Debian's mosquitto has no WebSockets of its own. */
export async function gatewayFor(t: TestContext, broker: Address, options: GatewayOptions = {}): Promise<Gateway> {
  const {
    tls,
    host = '127.0.0.1',
    refuse = () => null,
    trickle = false,
    cut = (chunk) => [frame(BINARY, chunk)],
  } = options;
  const sockets = new Set<Duplex>();
  const upgrades: Upgrade[] = [];
  const frames: Frame[] = [];
  const server: Server =
    tls === undefined
      ? createServer()
      : createSecureServer({ cert: readFileSync(tls.cert), key: readFileSync(tls.key) });

  server.on('upgrade', (request, socket) => {
    upgrades.push({ url: request.url ?? '', headers: request.headers });
    sockets.add(socket);
    // A reset by the client is no failure here.
    socket.on('error', () => undefined);
    const refusal = refuse(request);
    if (refusal !== null) {
      socket.end(refusal);
      return;
    }
    socket.write(consent(request));
    const upstream = connect({ host: broker.host, port: broker.port, noDelay: true });
    upstream.on('error', () => socket.destroy());
    const write = trickle ? byteByByte(socket) : (bytes: Buffer) => socket.write(bytes);
    join(socket, upstream, frames, (chunk) => {
      for (const bytes of cut(chunk)) write(bytes);
    });
  });
  server.listen({ port: 0, host });
  await once(server, 'listening');
  defer(t, async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  const send = (bytes: Uint8Array): void => {
    for (const socket of sockets) socket.write(bytes);
  };
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { host, port: address.port, upgrades, frames, send, close };
}

/** A `refuse` for a gateway that refuses the first request, the third, and so on. */
export function refuseEveryOther(): () => string | null {
  let requests = 0;
  return () => {
    requests += 1;
    return requests % 2 === 1 ? 'HTTP/1.1 503 Service Unavailable\r\n\r\n' : null;
  };
}

function consent({ headers }: IncomingMessage): string {
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${acceptKey(String(headers['sec-websocket-key']))}`,
    'Sec-WebSocket-Protocol: mqtt',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/** Writes one byte in each turn of the event loop. */
function byteByByte(socket: Duplex): (bytes: Buffer) => void {
  if (socket instanceof Socket) socket.setNoDelay(true);
  const waiting: Buffer[] = [];
  let _pending: NodeJS.Immediate | null = null;
  const next = (): void => {
    _pending = null;
    const [first] = waiting;
    if (first === undefined || socket.destroyed) return;
    socket.write(first.subarray(0, 1));
    if (first.length > 1) waiting[0] = first.subarray(1);
    else waiting.shift();
    _pending = setImmediate(next);
  };
  return (bytes) => {
    if (bytes.length > 0) waiting.push(bytes);
    _pending ??= setImmediate(next);
  };
}

function join(client: Duplex, upstream: Socket, frames: Frame[], deliver: (chunk: Buffer) => void): void {
  const reader = new FrameReader();
  client.on('data', (chunk: Buffer) => {
    for (const received of reader.push(chunk)) {
      frames.push(received);
      if (received.opcode === CLOSE) {
        client.end(frame(CLOSE, received.payload));
        upstream.end();
      } else if (received.opcode === PING) {
        client.write(frame(PONG, received.payload));
      } else if (received.opcode !== PONG) {
        upstream.write(received.payload);
      }
    }
  });
  client.on('close', () => upstream.destroy());
  upstream.on('data', deliver);
  upstream.on('close', () => client.end());
}
