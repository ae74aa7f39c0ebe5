import type { Connection } from './driver';
import type { Options } from './options';

/** Publishes as long as there is time, with so many messages outstanding. */
export class Publisher {
  readonly #connection: Connection;
  readonly #options: Options;
  readonly #topics: string[];
  readonly #payload: Buffer;
  readonly #over: (published: number) => boolean;
  #outstanding = 0;
  #filling = false;
  published = 0;
  ended = false;

  constructor(connection: Connection, options: Options, prefix: string, over: (published: number) => boolean) {
    this.#connection = connection;
    this.#options = options;
    this.#topics = Array.from({ length: options.topics }, (_, i) => `${prefix}${String(i).padStart(5, '0')}`);
    this.#payload = Buffer.alloc(options.size, 'x');
    this.#over = over;
  }

  get outstanding(): number {
    return this.#outstanding;
  }

  /** One of them is done. */
  settled(): void {
    this.#outstanding--;
    this.fill();
  }

  fill(): void {
    // What is confirmed inside publish() must not begin another round inside this one.
    if (this.#filling) return;
    this.#filling = true;
    const { qos, outstanding } = this.#options;
    while (!this.ended && this.#outstanding < outstanding) {
      if (this.#over(this.published)) {
        this.ended = true;
        break;
      }
      const topic = this.#topics[this.published % this.#topics.length] ?? '';
      this.published++;
      this.#outstanding++;
      this.#connection.publish(topic, this.#payload, qos);
    }
    this.#filling = false;
  }
}
