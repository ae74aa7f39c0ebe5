// Delivers the events of one client from the addon to the client's callbacks.

import { check_callback, check_integer } from '../native/arguments';
import { binding, type NativeClient, type NativeSink } from '../native/binding';
import { MOSQ_ERR_AUTH } from '../native/constants';
import { destroyed } from '../native/errors';
import { deliver_events } from '../native/event-batch';
import { CALLBACK_KINDS, type CallbackName, type EventReceiver } from '../native/event-records';
import { Flushes } from '../native/flush';
import type { MosquittoMessage } from '../native/message';
import type { Properties } from '../native/properties';
import { SrvLookUp } from '../native/srv';
import { CallbackCalls, type Callbacks, no_callbacks } from './callback-table';
import { FilterTree } from './filter-tree';

/** A handler of message_callback_add(). */
export type MessageCallback<M, T> = Callbacks<M, T>['on_message'];

export const CALLBACK_NAMES = Object.keys(CALLBACK_KINDS) as readonly CallbackName[];

/**
 * Receives the events of a client, and calls the client's callbacks, which it stores. Once closed it stays closed.
 * reinitialise() gives the client a new receiver, so events from before that call reach no callback.
 */
export class EventSink<M, T> extends CallbackCalls<M, T> implements EventReceiver, NativeSink {
  open = true;
  /** Whether a loop has driven this client, or runs now. */
  driven = false;
  readonly topics: string[] = [];

  readonly #native: NativeClient;
  #mask = 0;
  // These parts are created when they are first needed: most clients never need them, and there may be thousands of clients.
  /** The handlers of message_callback_add(), by filter. */
  #filters: FilterTree<MessageCallback<M, T>> | null = null;
  /**
   * The pending promises of loop_forever(), the oldest first; each LOOP_END event settles one. After loop_stop() and a new
   * loop there may be two, because the LOOP_END of the first loop may come later.
   */
  #loop_promises: Array<(rc: number) => void> | null = null;
  /** Exceptions of on_pre_connect inside a method that connects. The method connects nevertheless, then throws them. */
  #pre_connect_errors: unknown[] | null = null;
  #servers: SrvLookUp | null = null;
  #flushes: Flushes | null = null;

  constructor(mosq: M, native: NativeClient, obj: T) {
    super(mosq, obj);
    this.#native = native;
    native.listen(0);
    // The native object has this as a property. A reference from C++ would keep the client from being collected.
    native.sink = this;
  }

  set<N extends CallbackName>(name: N, callback: Callbacks<M, T>[N] | null): void {
    check_callback(name, callback);
    if (!this.open) {
      if (callback === null) return;
      throw destroyed(name);
    }
    this.callbacks[name] = callback;
    if (name === 'on_message') this.#listen_to_messages();
    else this.#listen(CALLBACK_KINDS[name], callback !== null);
  }

  add_filter(sub: string, callback: MessageCallback<M, T>): void {
    this.#filters ??= new FilterTree();
    this.#filters.set(sub, callback);
    this.#listen_to_messages();
  }

  remove_filter(sub: string): void {
    this.#filters?.delete(sub);
    this.#listen_to_messages();
  }

  /** Tells the addon whether this kind of event has a callback. */
  #listen(kind: number, wanted: boolean): void {
    const mask = wanted ? this.#mask | (1 << kind) : this.#mask & ~(1 << kind);
    if (mask === this.#mask) return;
    this.#mask = mask;
    this.#native.listen(mask);
  }

  #listen_to_messages(): void {
    const filters = this.#filters?.size ?? 0;
    this.#listen(CALLBACK_KINDS.on_message, this.callbacks.on_message !== null || filters > 0);
  }

  /** Removes all callbacks for good, and settles each pending promise of loop_forever() and flush() with `rc`. */
  close(rc: number): void {
    this.open = false;
    this.callbacks = no_callbacks();
    for (const settle of this.#loop_promises?.splice(0) ?? []) settle(rc);
    this.#flushes?.settle_all(rc);
  }

  /** Ends a method that may have connected: throws the exceptions of on_pre_connect, or returns `result`. */
  returning<R>(result: R): R {
    const thrown = this.#pre_connect_errors;
    this.#pre_connect_errors = null;
    if (thrown !== null) throw_all(thrown);
    return result;
  }

  /** Starts a loop by `begin`, which returns a MOSQ_ERR_* code. The promise resolves at the loop's LOOP_END event. */
  until_loop_end(begin: () => number): Promise<number> {
    const rc = begin();
    if (rc !== 0) return Promise.resolve(rc);
    return new Promise((resolve) => {
      this.#loop_promises ??= [];
      this.#loop_promises.push(resolve);
    });
  }

  dispatch(batch: ArrayBuffer, manual: boolean): void {
    const thrown: unknown[] = [];
    const failed = manual ? (error: unknown) => thrown.push(error) : binding.report_exception;
    try {
      deliver_events(batch, this, failed);
    } catch (error) {
      failed(error);
    }
    throw_all(thrown);
  }

  get hears_publish(): boolean {
    return this.callbacks.on_publish !== null;
  }

  message(message: MosquittoMessage): void {
    if (this.#filters !== null && this.#filters.size > 0) {
      const handlers = this.#filters.matching(message.topic);
      if (handlers.length > 0) {
        this.#message_to(handlers, message);
        return;
      }
    }
    this.callbacks.on_message?.call(this.mosq, this.mosq, this.obj, message);
  }

  /** Calls all handlers with the message, even if one of them throws. */
  #message_to(handlers: ReadonlyArray<MessageCallback<M, T>>, message: MosquittoMessage): void {
    const thrown: unknown[] = [];
    for (const handler of handlers) {
      if (!this.open) break;
      try {
        handler.call(this.mosq, this.mosq, this.obj, message);
      } catch (error) {
        thrown.push(error);
      }
    }
    throw_all(thrown);
  }

  loop_end(rc: number): void {
    this.#loop_promises?.shift()?.(rc);
  }

  /** Calls on_pre_connect for a loop in the background, which connects after pre_connect_done(). */
  pre_connect(): void {
    try {
      this.callbacks.on_pre_connect?.call(this.mosq, this.mosq, this.obj);
    } finally {
      if (this.open) this.#native.pre_connect_done();
    }
  }

  /** Calls on_pre_connect inside a method that connects. */
  pre_connect_now(): void {
    try {
      this.callbacks.on_pre_connect?.call(this.mosq, this.mosq, this.obj);
    } catch (error) {
      this.#pre_connect_errors ??= [];
      this.#pre_connect_errors.push(error);
    }
  }

  flush(timeout_ms: number | undefined): Promise<number> {
    this.#flushes ??= new Flushes(this.#native);
    return this.#flushes.begin(timeout_ms);
  }

  flushed(question: number, rc: number): void {
    this.#flushes?.settle(question, rc);
  }

  look_up(question: number, domain: string): void {
    this.#servers ??= new SrvLookUp(this.#native);
    this.#servers.begin(question, domain);
  }

  /**
   * Calls on_ext_auth. The client reads and sends nothing else before ext_auth_result(). The authentication is refused when
   * the callback throws, and when there is none.
   */
  ext_auth(method: string | null, data: Buffer | null, properties: Properties | null): void {
    let rc: number = MOSQ_ERR_AUTH;
    try {
      const answer = this.callbacks.on_ext_auth?.call(this.mosq, this.mosq, this.obj, method, data, properties);
      if (answer !== undefined) check_integer(1, 'on_ext_auth', answer);
      rc = answer ?? MOSQ_ERR_AUTH;
    } finally {
      if (this.open) this.#native.ext_auth_result(rc);
    }
  }
}

function throw_all(thrown: unknown[]): void {
  if (thrown.length === 1) throw thrown[0];
  if (thrown.length > 1) throw new AggregateError(thrown, `${thrown.length} exceptions were thrown in callbacks`);
}
