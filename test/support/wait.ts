import { setTimeout as sleep } from 'node:timers/promises';

/**
 * The factor by which everything is slower than usual. Sanitizer runs set it, so that only time limits change, and no
 * assertion.
 */
export const SLOW = Math.max(1, Number(process.env.LIBMOSQUITTO_TEST_SLOW ?? '1') || 1);

/** A time limit in milliseconds, multiplied on a slow build. */
export function scaled(ms: number): number {
  return ms * SLOW;
}

/**
 * Resolves when a condition becomes true that the event loop makes true; otherwise rejects with an error that names it.
 */
export async function until(condition: () => boolean, what: string | (() => string), timeoutMs = 20000): Promise<void> {
  const deadline = Date.now() + scaled(timeoutMs);
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${scaled(timeoutMs)} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await sleep(1);
  }
}

/** Resolves like the promise, or rejects with an error that names the missing event. */
export async function within<T>(promise: Promise<T>, what: string, timeoutMs = 20000): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`waited ${scaled(timeoutMs)} ms for ${what}`));
    }, scaled(timeoutMs));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
