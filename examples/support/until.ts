// Awaits the effect of a callback, in programs that run step by step.
import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;

/**
 * Resolves when the condition is true. Rejects with an error that names it when `progress` stands still for 10 seconds.
 */
export async function until(what: string, condition: () => boolean, progress: () => number = () => 0): Promise<void> {
  let seen = progress();
  let deadline = Date.now() + TIMEOUT_MS;
  while (!condition()) {
    const now = progress();
    if (now !== seen) {
      seen = now;
      deadline = Date.now() + TIMEOUT_MS;
    }
    if (Date.now() > deadline) throw new Error(`timed out: ${what} did not happen`);
    await sleep(2);
  }
}
