import { once } from 'node:events';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { Pair } from '../support/certificates';
import { defer } from '../support/scope';
import { within } from '../support/wait';

/** The messages between a test and its slow peer, fixtures/lifecycle-slow-peer.ts. */

export interface SlowPeerSetup {
  /** Uses TLS with this certificate. */
  readonly tls: Pair | null;
}

/** `take`: in each round the peer sends a message and reads at most `parts` parts of 64 KiB; then it pauses. */
export interface Rounds {
  readonly what: 'take';
  readonly parts: number;
  readonly pauseMs: number;
}
export type SlowPeerOrder = Rounds | { readonly what: 'read all' | 'end' | 'destroy' };

export interface SlowPeerReport {
  /** The first byte of each message's payload. */
  readonly messages: readonly number[];
  /** The last packet's type. */
  readonly last: number;
}

/**
 * A broker that accepts a client and then reads nothing until a test tells it to. It has a thread of its own, so a
 * blocked test does not make it slower.
 */
export interface SlowPeer {
  readonly port: number;
  order(order: SlowPeerOrder): void;
  /** Resolves with the received packets when the connection has ended. */
  report(): Promise<SlowPeerReport>;
}

export async function slowPeerFor(t: TestContext, tls: Pair | null): Promise<SlowPeer> {
  const setup: SlowPeerSetup = { tls };
  const worker = new Worker(join(__dirname, '..', 'fixtures', 'lifecycle-slow-peer.js'), { workerData: setup });
  defer(t, () => worker.terminate());
  const [port] = (await once(worker, 'message')) as [number];
  const end = once(worker, 'message');
  return {
    port,
    order: (order) => {
      worker.postMessage(order);
    },
    report: async () => ((await within(end, 'the end of the connection')) as [SlowPeerReport])[0],
  };
}
