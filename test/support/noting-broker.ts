import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ANSWERED, HANDLED, type Noted, type NotingOrder, type NotingSetup } from './noting';
import { defer } from './scope';
import type { Address } from './traffic';
import { scaled, until } from './wait';

/**
 * A scripted broker on another thread (test/fixtures/mosquitto-noting-broker.ts), for tests of packets that leave
 * inside a handler.
 */
export interface NotingBroker extends Address {
  /** Sends all bytes in one write. */
  send(...parts: Uint8Array[]): void;
  /** Blocks this thread until `count` packets of the type have arrived; false when they do not. */
  blockUntil(type: number, count: number): boolean;
  /** Blocks this thread until the broker has received all bytes that have left by now. */
  blockUntilTaken(): void;
  /** Resolves when `count` packets of the type have arrived. */
  until(type: number, count: number): Promise<void>;
  /** The number of packets of the type that have arrived. */
  count(type: number): number;
  /** Counts a handler that has returned. */
  handled(): void;
  /** All packets so far. */
  noted(): Promise<Noted[]>;
}

export async function notingBrokerFor(t: TestContext): Promise<NotingBroker> {
  const counts = new Int32Array(new SharedArrayBuffer(18 * Int32Array.BYTES_PER_ELEMENT));
  const setup: NotingSetup = { counts };
  const worker = new Worker(join(__dirname, '..', 'fixtures', 'mosquitto-noting-broker.js'), { workerData: setup });
  defer(t, () => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  const order = (what: NotingOrder): void => {
    worker.postMessage(what);
  };
  const count = (index: number): number => Atomics.load(counts, index);
  const reaches = (index: number, least: number): boolean => {
    const deadline = Date.now() + scaled(15000);
    for (let now = count(index); now < least; now = count(index)) {
      if (Atomics.wait(counts, index, now, Math.max(0, deadline - Date.now())) === 'timed-out') return false;
    }
    return true;
  };
  return {
    host: '127.0.0.1',
    port,
    send: (...parts) => {
      order({ what: 'send', bytes: Buffer.concat(parts) });
    },
    blockUntil: reaches,
    blockUntilTaken: () => {
      const before = count(ANSWERED);
      order({ what: 'ask' });
      if (!reaches(ANSWERED, before + 1)) throw new Error('the broker does not answer');
    },
    until: (type, least) =>
      until(
        () => count(type) >= least,
        () => `${least} packets of type ${type}; ${count(type)} came`,
      ),
    count,
    handled: () => {
      Atomics.add(counts, HANDLED, 1);
    },
    noted: async () => {
      const report = once(worker, 'message');
      order({ what: 'report' });
      return ((await report) as [Noted[]])[0];
    },
  };
}
