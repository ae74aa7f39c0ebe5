import { setTimeout as sleep } from 'node:timers/promises';

/** How many times slower than usual everything is: sanitizers set it, so that only deadlines change, never what is tested. */
export const SLOW = Math.max(1, Number(process.env.LIBMOSQUITTO_TEST_SLOW ?? '1') || 1);

/** A deadline in milliseconds, stretched on a slow build. */
export function scaled(ms: number): number {
  return ms * SLOW;
}

/** Waits for a condition that the event loop makes true; names what was missing when it never comes. */
export async function until(condition: () => boolean, what: string | (() => string), timeoutMs = 20000): Promise<void> {
  const deadline = Date.now() + scaled(timeoutMs);
  while (!condition()) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${scaled(timeoutMs)} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await sleep(1);
  }
}

/** The promise, or an error that names what did not come. */
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
