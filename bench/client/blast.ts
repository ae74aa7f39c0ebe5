// Receives a blast: the messages that the peer sends as fast as the client reads them.

import { BLAST_END } from './topics';

/** Counts the peer's messages to bench/blast/#, until the peer reports how many it has sent. */
export class Blast {
  messages = 0;
  sum = 0;
  /** The number of messages by the peer's count. */
  readonly expected: Promise<number>;
  #end: (expected: number) => void = () => undefined;

  constructor() {
    this.expected = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Reads topic and payload, as every client of the benchmark does. Returns false for the end mark. */
  take(topic: string, payload: Buffer): boolean {
    if (topic === BLAST_END) {
      this.#end(Number(payload.toString()));
      return false;
    }
    this.sum += topic.length + payload.length + (payload[0] ?? 0);
    this.messages++;
    return true;
  }
}
