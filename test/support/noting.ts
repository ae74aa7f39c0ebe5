/** Messages between a test (noting-broker.ts) and its broker's thread (fixtures/mosquitto-noting-broker.ts). */

export interface Noted {
  readonly type: number;
  readonly flags: number;
  readonly body: Uint8Array;
  /** The number of handlers that had returned when the packet arrived. */
  readonly handled: number;
}

export interface NotingSetup {
  /** Packets by their type, and these two. */
  readonly counts: Int32Array;
}
export const HANDLED = 16;
export const ANSWERED = 17;

export type NotingOrder = { what: 'send'; bytes: Uint8Array } | { what: 'ask' } | { what: 'report' };
