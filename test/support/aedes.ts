import { after, before } from 'node:test';
import { spawnChild } from './child';
import type { Address } from './traffic';

export interface AedesBroker extends Address {
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * A broker of another implementation than Eclipse's: Aedes, which is written in JavaScript. It listens on a free
 * loopback port.
 */
export async function startAedes(): Promise<AedesBroker> {
  const host = '127.0.0.1';
  // Aedes needs no addon, and therefore no sanitizer's runtime either.
  const child = spawnChild('aedes-broker', { args: [host], env: { LD_PRELOAD: '' }, timeoutMs: 600_000 });
  const line = await child.line(/^port \d+$/);
  return {
    host,
    port: Number(line.slice('port '.length)),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await child.done;
    },
  };
}

/** One broker for all tests of a file: call this at the top level, use the broker inside tests only. */
export function sharedAedes(): () => AedesBroker {
  let broker: AedesBroker | null = null;
  before(async () => {
    broker = await startAedes();
  });
  after(() => broker?.[Symbol.asyncDispose]());
  return () => {
    if (broker === null) throw new Error('the broker has not been started yet');
    return broker;
  };
}
