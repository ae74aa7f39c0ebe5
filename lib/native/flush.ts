// The promises of flush(). The addon gives each flush() a number. It records an event with this number when all messages that
// were published before are confirmed.

import type { NativeClient } from './binding';
import { MOSQ_ERR_TIMEOUT } from './constants';

interface Waiting {
  readonly resolve: (rc: number) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

/** The promises of one client. Each settles once: by its event, by its time-out, or when the client is destroyed. */
export class Flushes {
  readonly #native: NativeClient;
  readonly #waiting = new Map<number, Waiting>();

  constructor(native: NativeClient) {
    this.#native = native;
  }

  begin(timeout_ms: number | undefined): Promise<number> {
    const question = this.#native.flush();
    if (question <= 0) return Promise.resolve(Math.abs(question));
    return new Promise((resolve) => {
      const timer =
        timeout_ms === undefined
          ? undefined
          : setTimeout(() => {
              this.#native.flush_cancel(question);
              this.settle(question, MOSQ_ERR_TIMEOUT);
            }, timeout_ms);
      this.#waiting.set(question, { resolve, timer });
    });
  }

  settle(question: number, rc: number): void {
    const waiting = this.#waiting.get(question);
    if (waiting === undefined) return;
    this.#waiting.delete(question);
    clearTimeout(waiting.timer);
    waiting.resolve(rc);
  }

  settle_all(rc: number): void {
    for (const question of [...this.#waiting.keys()]) this.settle(question, rc);
  }
}
