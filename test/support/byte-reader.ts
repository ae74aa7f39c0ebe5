import type { Socket } from 'node:net';
import { within } from './wait';

/** All bytes of a connection, from its beginning. */
export class ByteReader {
  readonly closed: Promise<void>;
  #bytes: Buffer = Buffer.alloc(0);
  #news: (() => void) | null = null;
  #ended = false;

  constructor(socket: Socket) {
    socket.setNoDelay(true);
    // A reset by the client is no failure here.
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
      this.#news?.();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#ended = true;
        this.#news?.();
        resolve();
      });
    });
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  async until(condition: (bytes: Buffer) => boolean, what: string): Promise<void> {
    while (!condition(this.#bytes)) {
      if (this.#ended) throw new Error(`the client closed the connection before ${what}`);
      const news = new Promise<void>((resolve) => {
        this.#news = resolve;
      });
      await within(news, what);
    }
  }

  /** Resolves when `count` bytes in all have arrived. */
  async length(count: number): Promise<void> {
    await this.until((bytes) => bytes.length >= count, `${count} bytes`);
  }
}
