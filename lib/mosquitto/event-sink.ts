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
 * The end of a client's events: holds its callbacks and the object handed to them, and calls them. Once closed it stays
 * closed; a reinitialised client gets a new one, so that events of its former life reach nobody.
 */
export class EventSink<M, T> extends CallbackCalls<M, T> implements EventReceiver, NativeSink {
  open = true;
  /** A loop has driven this client, or runs. */
  driven = false;
  readonly topics: string[] = [];

  readonly #native: NativeClient;
  #mask = 0;
  // Parts that most clients never need are made when they are needed: there may be thousands of clients.
  /** The handlers of message_callback_add(), by filter. */
  #filters: FilterTree<MessageCallback<M, T>> | null = null;
  /** Those who wait for a LOOP_END event, the oldest first. One that loop_stop() ended may not have come yet. */
  #waiting: Array<(rc: number) => void> | null = null;
  /** Exceptions of on_pre_connect inside a call that connects. The connection is made all the same, then they come out. */
  #held: unknown[] | null = null;
  #servers: SrvLookUp | null = null;
  #flushes: Flushes | null = null;

  constructor(mosq: M, native: NativeClient, obj: T) {
    super(mosq, obj);
    this.#native = native;
    native.listen(0);
    // A property of the native object, not a reference that C++ holds: the client can be collected.
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

  /** Tells the addon whether anybody listens to this kind of event. */
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

  /** Takes all callbacks off for good, and settles each loop_forever() with `rc`. */
  close(rc: number): void {
    this.open = false;
    this.callbacks = no_callbacks();
    for (const settle of this.#waiting?.splice(0) ?? []) settle(rc);
    this.#flushes?.settle_all(rc);
  }

  /** The end of a call that may have connected: throws what on_pre_connect threw in it. */
  returning<R>(result: R): R {
    const held = this.#held;
    this.#held = null;
    if (held !== null) throw_all(held);
    return result;
  }

  /** `begin` returns 0 when it started a loop, whose end one LOOP_END event will tell. */
  until_loop_end(begin: () => number): Promise<number> {
    const rc = begin();
    if (rc !== 0) return Promise.resolve(rc);
    return new Promise((resolve) => {
      this.#waiting ??= [];
      this.#waiting.push(resolve);
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

  /** One that throws does not keep the message from the others. */
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
    this.#waiting?.shift()?.(rc);
  }

  /** The connection is not tried before on_pre_connect has returned. */
  pre_connect(): void {
    try {
      this.callbacks.on_pre_connect?.call(this.mosq, this.mosq, this.obj);
    } finally {
      if (this.open) this.#native.pre_connect_done();
    }
  }

  /** on_pre_connect, inside a call that connects. */
  pre_connect_now(): void {
    try {
      this.callbacks.on_pre_connect?.call(this.mosq, this.mosq, this.obj);
    } catch (error) {
      this.#held ??= [];
      this.#held.push(error);
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

  /** Nothing else is read or sent before on_ext_auth has answered. One that throws, or is gone, refuses. */
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
