import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { CONNECT, connack, decode, PINGREQ, pingresp, publish, SUBSCRIBE, suback } from '../support/packets';
import { defer } from '../support/scope';

/** A peer that publishes at QoS 0 as fast as its one subscriber reads, and counts the bytes that it has sent. */
export class Flood {
  /** Bytes passed to the system so far. */
  gone = 0;
  readonly #socket: Promise<Socket>;

  private constructor(
    readonly port: number,
    socket: Promise<Socket>,
  ) {
    this.#socket = socket;
  }

  static async start(t: TestContext): Promise<Flood> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no TCP port');
    const socket = once(server, 'connection').then(([found]: Socket[]) => {
      if (found === undefined) throw new Error('no connection');
      defer(t, () => found.destroy());
      found.on('error', () => undefined);
      let pending: Buffer = Buffer.alloc(0);
      found.on('data', (chunk: Buffer) => {
        pending = Buffer.concat([pending, chunk]);
        for (let next = decode(pending); next !== null; next = decode(pending)) {
          const { type, body } = next.packet;
          pending = pending.subarray(next.length);
          if (type === CONNECT) found.write(connack(0));
          else if (type === SUBSCRIBE) found.write(suback(body.readUInt16BE(0), [0]));
          else if (type === PINGREQ) found.write(pingresp());
        }
      });
      return found;
    });
    defer(t, async () => {
      server.close();
      await once(server, 'close');
    });
    return new Flood(address.port, socket);
  }

  /** Sends messages of this size, each of which begins with its number, then one with the topic 'end'. */
  async send(count: number, size: number): Promise<void> {
    const socket = await this.#socket;
    const packet = publish('flood', Buffer.alloc(size));
    const number = packet.length - size;
    // One write has about 64 KiB, so that this side is the faster one.
    const perWrite = Math.max(1, Math.floor(65536 / packet.length));
    for (let sent = 0; sent < count; ) {
      const packets: Buffer[] = [];
      for (let i = 0; i < perWrite && sent < count; i++) {
        packet.writeUInt32LE(sent++, number);
        packets.push(Buffer.from(packet));
      }
      const bytes = Buffer.concat(packets);
      await new Promise<void>((resolve, reject) => {
        socket.write(bytes, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
      this.gone += bytes.length;
    }
    socket.write(publish('end', ''));
  }
}
