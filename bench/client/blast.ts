import { BLAST_END } from './topics';

/** Counts the messages that the peer sends to bench/blast/#, until the peer tells how many it has sent. */
export class Blast {
  messages = 0;
  sum = 0;
  /** The number of messages, as the peer has counted them. */
  readonly expected: Promise<number>;
  #end: (expected: number) => void = () => undefined;

  constructor() {
    this.expected = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Reads a message as every client here does. False: it is the end, and none. */
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
