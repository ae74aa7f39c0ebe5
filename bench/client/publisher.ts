// Publishes the messages of the works publish and exchange.

import type { Connection } from './driver';
import type { Options } from './options';

export interface PublisherHandlers {
  /** Returns whether this number of messages is enough. */
  over(published: number): boolean;
  /** Called when all messages are published and confirmed. */
  done(): void;
}

/** Publishes until the time is over, with a limited number of unconfirmed messages. */
export class Publisher {
  readonly #connection: Connection;
  readonly #options: Options;
  readonly #topics: string[];
  readonly #payload: Buffer;
  readonly #handlers: PublisherHandlers;
  #outstanding = 0;
  #filling = false;
  #ended = false;
  published = 0;

  constructor(connection: Connection, options: Options, prefix: string, handlers: PublisherHandlers) {
    this.#connection = connection;
    this.#options = options;
    this.#topics = Array.from({ length: options.topics }, (_, i) => `${prefix}${String(i).padStart(5, '0')}`);
    this.#payload = Buffer.alloc(options.size, 'x');
    this.#handlers = handlers;
  }

  /** Called when a message is confirmed. */
  settled(): void {
    this.#outstanding--;
    this.fill();
  }

  fill(): void {
    // A confirmation inside publish() must not begin another round inside this one.
    if (this.#filling) return;
    this.#filling = true;
    const { qos, outstanding } = this.#options;
    while (!this.#ended && this.#outstanding < outstanding) {
      if (this.#handlers.over(this.published)) {
        this.#ended = true;
        break;
      }
      const topic = this.#topics[this.published % this.#topics.length] ?? '';
      this.published++;
      this.#outstanding++;
      this.#connection.publish(topic, this.#payload, qos);
    }
    this.#filling = false;
    if (this.#ended && this.#outstanding === 0) this.#handlers.done();
  }
}
