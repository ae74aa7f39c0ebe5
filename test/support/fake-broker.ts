import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import type { Pair } from './certificates';
import { CONNECT, connack, decode, missing, type Packet } from './packets';
import { reset } from './reset';
import { within } from './wait';

/** A scripted TCP peer, for tests of exact bytes and of faults that a real broker does not make. */
export interface FakeBroker {
  readonly host: string;
  readonly port: number;
  /** Every connection made so far, in order. */
  readonly peers: readonly Peer[];
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One connection of a client, seen from the broker. */
export class Peer {
  /** Every packet so far, in the order of arrival. */
  readonly received: Packet[] = [];
  readonly openedAt = performance.now();
  /**
   * The number of pieces in which the stream has arrived. With TLS each is a record, which is one write of the client.
   */
  pieces = 0;
  readonly remoteAddress: string | undefined;
  /** Settles when the connection has ended, for any reason. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  /** The bytes of an incomplete packet, and the smallest length that it may have. */
  #pending: Buffer[] = [];
  #wanted = 0;
  #taken = 0;
  #wake: (() => void) | null = null;
  #ended = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress;
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      this.#take(chunk);
    });
    // Some tests are about a reset by the client; the 'close' event follows and reports it.
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#ended = true;
        this.#wake?.();
        resolve();
      });
    });
    socket.once('end', () => {
      this.#ended = true;
      this.#wake?.();
    });
  }

  /** Returns the next packet that no call has returned yet. */
  async next(timeoutMs = 20000): Promise<Packet> {
    for (;;) {
      const packet = this.received[this.#taken];
      if (packet !== undefined) {
        this.#taken += 1;
        return packet;
      }
      if (this.#ended) throw new Error('the client closed the connection');
      const news = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(news, 'a packet from the client', timeoutMs);
    }
  }

  /** Returns the next packet of this type; packets of other types in between are skipped. */
  async nextOf(type: number, timeoutMs = 20000): Promise<Packet> {
    for (;;) {
      const packet = await this.next(timeoutMs);
      if (packet.type === type) return packet;
    }
  }

  /** Yields packets as they arrive, until the client closes. */
  async *packets(): AsyncGenerator<Packet> {
    for (;;) {
      try {
        yield await this.next();
      } catch (error) {
        if (this.#ended) return;
        throw error;
      }
    }
  }

  /** Receives CONNECT and answers it. */
  async accept(code = 0, session_present = false): Promise<Packet> {
    const packet = await this.nextOf(CONNECT);
    this.send(connack(code, session_present));
    return packet;
  }

  send(...parts: Uint8Array[]): void {
    this.#socket.write(Buffer.concat(parts));
  }

  /** Stops reading: the client's writes then fill the socket buffers. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Takes, while reading is paused, the bytes that Node has read of the stream: 64 KiB or less. */
  takeSome(): void {
    this.#socket.read();
  }

  /** Orderly end of the stream. */
  end(): void {
    this.#socket.end();
  }

  /** Ends the connection at once, with a reset; with TLS only if there are unread bytes. */
  destroy(): void {
    if (this.#socket instanceof TLSSocket) this.#socket.destroy();
    else reset(this.#socket);
  }

  #take(chunk: Buffer): void {
    this.pieces += 1;
    this.#pending.push(chunk);
    this.#wanted -= chunk.length;
    if (this.#wanted > 0) return;
    let rest: Buffer = Buffer.concat(this.#pending);
    for (let found = decode(rest); found !== null; found = decode(rest)) {
      rest = rest.subarray(found.length);
      this.received.push(found.packet);
    }
    this.#pending = [rest];
    this.#wanted = missing(rest);
    this.#wake?.();
  }
}

export interface FakeBrokerOptions {
  host?: string;
  port?: number;
  /** Keeps its side open when the client has ended its own. */
  allowHalfOpen?: boolean;
  /** Uses TLS with this certificate. */
  tls?: Pair & Pick<TlsOptions, 'minVersion' | 'maxVersion'>;
}

export async function startFakeBroker(
  onConnection: (peer: Peer) => void | Promise<void>,
  { host = '127.0.0.1', port = 0, allowHalfOpen = false, tls }: FakeBrokerOptions = {},
): Promise<FakeBroker> {
  const peers: Peer[] = [];
  const sockets = new Set<Socket>();
  const failures: unknown[] = [];
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    const peer = new Peer(socket);
    peers.push(peer);
    void (async () => {
      try {
        await onConnection(peer);
      } catch (error) {
        failures.push(error);
      }
    })();
  };
  const secure = tls && { ...tls, cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  const server = secure
    ? createTlsServer({ allowHalfOpen, ...secure }, accept)
    : createServer({ allowHalfOpen }, accept);
  server.listen({ port, host });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
    const unexpected = failures.find(
      (error) => !(error instanceof Error && error.message === 'the client closed the connection'),
    );
    if (unexpected !== undefined) throw unexpected;
  };
  return { host, port: address.port, peers, close, [Symbol.asyncDispose]: close };
}
