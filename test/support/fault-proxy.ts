import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { reset } from './reset';
import { defer } from './scope';
import type { Address } from './traffic';

/** up: from the client to the broker. */
export type Direction = 'up' | 'down';
export type Ending = 'reset' | 'fin';

/** The shape of the traffic in both directions; without values bytes are passed on at once. */
export interface Shape {
  delayMs?: number;
  /** The largest number of bytes in one write; there is one write in a turn of the event loop. */
  pieceBytes?: number;
  bytesPerSecond?: number;
}

/**
 * A TCP proxy that makes the faults of a network. It never alters, drops or repeats a byte of a connection that
 * continues. A message that is lost or doubled behind it is therefore the fault of one of the peers.
 */
export interface FaultProxy extends Address {
  /** The number of connections that clients have made. */
  readonly connections: number;
  /** The number of bytes of the newest connection that have been passed on. */
  passed(direction: Direction): number;
  /** Shapes the traffic of all connections, from now on. */
  shape(shape: Shape): void;
  /** Ends every open connection. */
  end(how: Ending): void;
  /** Ends every open connection after this number of further bytes. */
  cut(direction: Direction, bytes: number, how: Ending): void;
  /** Ends each later connection after this number of bytes; null: never. */
  cutLater(cut: { direction: Direction; bytes: number; how: Ending } | null): void;
  /** Drops all further bytes, and the ends, of the open connections. New connections work. */
  hole(...directions: Direction[]): void;
}

// The largest queue of one direction; above it nothing more is read from the sender.
const HIGH = 64 * 1024;

/** One direction of one connection. */
class Way {
  passed = 0;
  /** The number of bytes that may still be passed on before the connection ends. */
  left = Number.POSITIVE_INFINITY;
  swallows = false;
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #shape: () => Shape;
  readonly #cut: () => void;
  readonly #queue: Array<{ bytes: Buffer; at: number }> = [];
  #queued = 0;
  #finished = false;
  #running = false;

  constructor(from: Socket, to: Socket, shape: () => Shape, cut: () => void) {
    this.#from = from;
    this.#to = to;
    this.#shape = shape;
    this.#cut = cut;
    from.on('data', (bytes: Buffer) => {
      if (this.swallows) return;
      this.#queue.push({ bytes, at: performance.now() });
      this.#queued += bytes.length;
      if (this.#queued > HIGH) from.pause();
      void this.#run();
    });
    from.once('end', () => {
      this.#finished = true;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    for (let first = this.#queue[0]; this.#goesOn(first); first = this.#queue[0]) {
      await this.#pass(first);
    }
    if (this.#finished && this.#queue.length === 0 && !this.swallows) this.#to.end();
    this.#running = false;
  }

  #goesOn(first: { bytes: Buffer; at: number } | undefined): first is { bytes: Buffer; at: number } {
    return first !== undefined && this.left > 0 && !this.#to.destroyed;
  }

  async #pass(first: { bytes: Buffer; at: number }): Promise<void> {
    const { delayMs = 0, pieceBytes = HIGH, bytesPerSecond = 0 } = this.#shape();
    const early = first.at + delayMs - performance.now();
    if (early > 0) await sleep(early);
    const count = Math.min(pieceBytes, first.bytes.length, this.left);
    if (this.swallows) {
      this.#queue.length = 0;
      this.#queued = 0;
      this.#from.resume();
      return;
    }
    const piece = first.bytes.subarray(0, count);
    first.bytes = first.bytes.subarray(count);
    if (first.bytes.length === 0) this.#queue.shift();
    this.#queued -= count;
    this.passed += count;
    this.left -= count;
    if (count > 0) this.#to.write(piece);
    if (this.left === 0) {
      this.#cut();
      return;
    }
    if (this.#queued <= HIGH) this.#from.resume();
    if (pieceBytes < HIGH) await turn();
    if (bytesPerSecond > 0) await sleep((count * 1000) / bytesPerSecond);
    if (this.#to.writableNeedDrain && !this.#to.destroyed) {
      await Promise.race([once(this.#to, 'drain'), once(this.#to, 'close')]).catch(() => undefined);
    }
  }
}

class Connection {
  readonly ways: Readonly<Record<Direction, Way>>;
  readonly #client: Socket;
  readonly #broker: Socket;
  #ending: Ending = 'reset';

  constructor(client: Socket, broker: Socket, shape: () => Shape) {
    this.#client = client;
    this.#broker = broker;
    const cut = (): void => {
      this.end(this.#ending);
    };
    this.ways = { up: new Way(client, broker, shape, cut), down: new Way(broker, client, shape, cut) };
    // Ends a connection abruptly: the other side is reset too, unless it is not to notice.
    client.on('error', () => undefined);
    broker.on('error', () => undefined);
    client.once('close', (failed) => {
      if (failed && !this.ways.up.swallows) reset(broker);
    });
    broker.once('close', (failed) => {
      if (failed && !this.ways.down.swallows) reset(client);
    });
  }

  cut(direction: Direction, bytes: number, how: Ending): void {
    this.#ending = how;
    this.ways[direction].left = bytes;
    if (bytes === 0) this.end(how);
  }

  end(how: Ending): void {
    this.#broker.destroy();
    if (how === 'reset') {
      reset(this.#client);
      return;
    }
    // Later bytes of the client are read and dropped, so that its own close is an orderly one.
    this.ways.up.swallows = true;
    this.ways.down.left = 0;
    this.#client.end();
    this.#client.resume();
  }

  destroy(): void {
    this.#client.destroy();
    this.#broker.destroy();
  }
}

/** `onConnection`: a client has connected, and nothing of it has been read yet. */
export async function faultProxyFor(
  t: TestContext,
  { host, port }: Address,
  onConnection: () => void = () => undefined,
): Promise<FaultProxy> {
  const open = new Set<Connection>();
  let newest: Connection | null = null;
  let connections = 0;
  let shape: Shape = {};
  let later: { direction: Direction; bytes: number; how: Ending } | null = null;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    connections += 1;
    const broker = connect({ host, port, noDelay: true, allowHalfOpen: true });
    const connection = new Connection(client, broker, () => shape);
    newest = connection;
    open.add(connection);
    let ends = 2;
    for (const socket of [client, broker]) {
      socket.once('close', () => {
        ends -= 1;
        if (ends === 0) open.delete(connection);
      });
    }
    if (later !== null) connection.cut(later.direction, later.bytes, later.how);
    onConnection();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(t, async () => {
    for (const connection of open) connection.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    host: '127.0.0.1',
    port: address.port,
    get connections() {
      return connections;
    },
    passed: (direction) => newest?.ways[direction].passed ?? 0,
    shape: (wanted) => {
      shape = wanted;
    },
    end: (how) => {
      for (const connection of open) connection.end(how);
    },
    cut: (direction, bytes, how) => {
      for (const connection of open) connection.cut(direction, bytes, how);
    },
    cutLater: (cut) => {
      later = cut;
    },
    hole: (...directions) => {
      for (const { ways } of open) for (const direction of directions) ways[direction].swallows = true;
    },
  };
}
