import { check_callback } from './arguments';
import { binding, type NativeClient } from './binding';
import { destroyed } from './errors';
import {
  CONNECT,
  DISCONNECT,
  deliver_events,
  type EventReceiver,
  LOG,
  MESSAGE,
  PUBLISH,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from './event-batch';
import type { MosquittoMessage } from './message';

/**
 * The callbacks, as methods: TypeScript compares the parameters of methods both ways, so that a `Mosquitto<State>` and
 * a subclass of `Mosquitto` can be handed to a function that takes any `Mosquitto`.
 */
export interface Callbacks<M, T> {
  on_connect(mosq: M, obj: T, rc: number, flags: number): void;
  on_disconnect(mosq: M, obj: T, rc: number): void;
  on_publish(mosq: M, obj: T, mid: number, reason_code: number): void;
  on_message(mosq: M, obj: T, msg: MosquittoMessage): void;
  on_subscribe(mosq: M, obj: T, mid: number, qos_list: number[]): void;
  on_unsubscribe(mosq: M, obj: T, mid: number, reason_codes: number[]): void;
  on_log(mosq: M, obj: T, level: number, text: string): void;
}

export type CallbackName = keyof Callbacks<unknown, unknown>;

type CallbackTable<M, T> = { [N in CallbackName]: Callbacks<M, T>[N] | null };

const KINDS: Readonly<Record<CallbackName, number>> = {
  on_connect: CONNECT,
  on_disconnect: DISCONNECT,
  on_publish: PUBLISH,
  on_message: MESSAGE,
  on_subscribe: SUBSCRIBE,
  on_unsubscribe: UNSUBSCRIBE,
  on_log: LOG,
};

export const CALLBACK_NAMES = Object.keys(KINDS) as readonly CallbackName[];

function no_callbacks<M, T>(): CallbackTable<M, T> {
  return {
    on_connect: null,
    on_disconnect: null,
    on_publish: null,
    on_message: null,
    on_subscribe: null,
    on_unsubscribe: null,
    on_log: null,
  };
}

/**
 * Where a client's events end: holds its callbacks and the object handed to them, and calls them. Once closed it stays
 * closed; a reinitialised client gets a new one, so that events of its former life reach nobody.
 */
export class EventSink<M, T> implements EventReceiver {
  open = true;
  /** Read at the time of each call: user_data_set() works from inside a callback. */
  obj: T;
  callbacks: CallbackTable<M, T> = no_callbacks();

  readonly #mosq: M;
  readonly #native: NativeClient;
  #mask = 0;
  /** Who waits for a LOOP_END event: the oldest first. One that loop_stop() ended may not have come yet. */
  readonly #waiting: Array<(rc: number) => void> = [];

  constructor(mosq: M, native: NativeClient, obj: T) {
    this.#mosq = mosq;
    this.#native = native;
    this.obj = obj;
    native.listen(0);
    // A property of the native object, not a reference that C++ holds: the client can be collected.
    native.dispatch = (batch, manual) => this.#dispatch(batch, manual);
  }

  set<N extends CallbackName>(name: N, callback: Callbacks<M, T>[N] | null): void {
    check_callback(name, callback);
    if (!this.open) {
      if (callback === null) return;
      throw destroyed(name);
    }
    this.callbacks[name] = callback;
    const bit = 1 << KINDS[name];
    const mask = callback === null ? this.#mask & ~bit : this.#mask | bit;
    if (mask === this.#mask) return;
    this.#mask = mask;
    this.#native.listen(mask);
  }

  /** Takes all callbacks off for good, and settles each loop_forever() with `rc`. */
  close(rc: number): void {
    this.open = false;
    this.callbacks = no_callbacks();
    for (const settle of this.#waiting.splice(0)) settle(rc);
  }

  /** `begin` returns 0 when it started a loop, whose end one LOOP_END event will tell. */
  until_loop_end(begin: () => number): Promise<number> {
    const rc = begin();
    if (rc !== 0) return Promise.resolve(rc);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #dispatch(batch: ArrayBuffer, manual: boolean): void {
    const thrown: unknown[] = [];
    const failed = manual ? (error: unknown) => thrown.push(error) : binding.report_exception;
    try {
      deliver_events(batch, this, failed);
    } catch (error) {
      failed(error);
    }
    if (thrown.length === 1) throw thrown[0];
    if (thrown.length > 1) throw new AggregateError(thrown, `${thrown.length} exceptions were thrown in callbacks`);
  }

  connect(rc: number, flags: number): void {
    this.callbacks.on_connect?.call(this.#mosq, this.#mosq, this.obj, rc, flags);
  }

  disconnect(rc: number): void {
    this.callbacks.on_disconnect?.call(this.#mosq, this.#mosq, this.obj, rc);
  }

  publish(mid: number, reason_code: number): void {
    this.callbacks.on_publish?.call(this.#mosq, this.#mosq, this.obj, mid, reason_code);
  }

  message(message: MosquittoMessage): void {
    this.callbacks.on_message?.call(this.#mosq, this.#mosq, this.obj, message);
  }

  subscribe(mid: number, codes: number[]): void {
    this.callbacks.on_subscribe?.call(this.#mosq, this.#mosq, this.obj, mid, codes);
  }

  unsubscribe(mid: number, codes: number[]): void {
    this.callbacks.on_unsubscribe?.call(this.#mosq, this.#mosq, this.obj, mid, codes);
  }

  log(level: number, text: string): void {
    this.callbacks.on_log?.call(this.#mosq, this.#mosq, this.obj, level, text);
  }

  loop_end(rc: number): void {
    this.#waiting.shift()?.(rc);
  }
}
