// Generated from scripts/events/records.json by scripts/generate-events.mjs: do not edit.

import type { CallbackName } from '../native/event-records';
import type { MosquittoMessage } from '../native/message';
import type { Properties } from '../native/properties';

/**
 * The callbacks, declared as methods. TypeScript compares the parameters of methods in both directions, so a function with
 * a parameter of type `Mosquitto` accepts a `Mosquitto<State>` and a subclass of `Mosquitto`.
 */
export interface Callbacks<M, T> {
  on_connect(mosq: M, obj: T, rc: number, flags: number, properties: Properties | null): void;
  on_disconnect(mosq: M, obj: T, rc: number, properties: Properties | null): void;
  on_publish(mosq: M, obj: T, mid: number, reason_code: number, properties: Properties | null): void;
  on_message(mosq: M, obj: T, msg: MosquittoMessage): void;
  on_subscribe(mosq: M, obj: T, mid: number, qos_list: number[], properties: Properties | null): void;
  on_unsubscribe(mosq: M, obj: T, mid: number, reason_codes: number[], properties: Properties | null): void;
  on_log(mosq: M, obj: T, level: number, text: string): void;
  on_pre_connect(mosq: M, obj: T): void;
  on_ext_auth(mosq: M, obj: T, method: string | null, data: Buffer | null, properties: Properties | null): number;
  on_dropped(mosq: M, obj: T, dropped: { messages: number; subscribes: number; unsubscribes: number }): void;
}

/** The callbacks of a client, as a subclass sees them: methods that it may define. See CallbackProperties for each. */
export interface CallbackMethods<T> {
  on_connect(mosq: this, obj: T, rc: number, flags: number, properties: Properties | null): void;
  on_disconnect(mosq: this, obj: T, rc: number, properties: Properties | null): void;
  on_publish(mosq: this, obj: T, mid: number, reason_code: number, properties: Properties | null): void;
  on_message(mosq: this, obj: T, msg: MosquittoMessage): void;
  on_subscribe(mosq: this, obj: T, mid: number, qos_list: number[], properties: Properties | null): void;
  on_unsubscribe(mosq: this, obj: T, mid: number, reason_codes: number[], properties: Properties | null): void;
  on_log(mosq: this, obj: T, level: number, text: string): void;
  on_pre_connect(mosq: this, obj: T): void;
  on_ext_auth(mosq: this, obj: T, method: string | null, data: Buffer | null, properties: Properties | null): number;
  on_dropped(mosq: this, obj: T, dropped: { messages: number; subscribes: number; unsubscribes: number }): void;
}

/**
 * The same members as in CallbackMethods. TypeScript lets a subclass define a member both as a method and by get and set
 * only when the member comes from two interfaces, and is a method in both.
 */
export interface CallbackMethodsAgain<T> {
  on_connect(mosq: this, obj: T, rc: number, flags: number, properties: Properties | null): void;
  on_disconnect(mosq: this, obj: T, rc: number, properties: Properties | null): void;
  on_publish(mosq: this, obj: T, mid: number, reason_code: number, properties: Properties | null): void;
  on_message(mosq: this, obj: T, msg: MosquittoMessage): void;
  on_subscribe(mosq: this, obj: T, mid: number, qos_list: number[], properties: Properties | null): void;
  on_unsubscribe(mosq: this, obj: T, mid: number, reason_codes: number[], properties: Properties | null): void;
  on_log(mosq: this, obj: T, level: number, text: string): void;
  on_pre_connect(mosq: this, obj: T): void;
  on_ext_auth(mosq: this, obj: T, method: string | null, data: Buffer | null, properties: Properties | null): number;
  on_dropped(mosq: this, obj: T, dropped: { messages: number; subscribes: number; unsubscribes: number }): void;
}

/** The callbacks that are assigned. */
export type CallbackTable<M, T> = { [N in CallbackName]: Callbacks<M, T>[N] | null };

export function no_callbacks<M, T>(): CallbackTable<M, T> {
  return {
    on_connect: null,
    on_disconnect: null,
    on_publish: null,
    on_message: null,
    on_subscribe: null,
    on_unsubscribe: null,
    on_log: null,
    on_pre_connect: null,
    on_ext_auth: null,
    on_dropped: null,
  };
}

/** The methods of EventSink that do nothing but call a callback. EventSink itself has the others. */
export abstract class CallbackCalls<M, T> {
  callbacks: CallbackTable<M, T> = no_callbacks();
  /** Read at the time of each call: user_data_set() works from inside a callback. */
  obj: T;
  protected readonly mosq: M;

  constructor(mosq: M, obj: T) {
    this.mosq = mosq;
    this.obj = obj;
  }

  connect(rc: number, flags: number, properties: Properties | null): void {
    this.callbacks.on_connect?.call(this.mosq, this.mosq, this.obj, rc, flags, properties);
  }

  disconnect(rc: number, properties: Properties | null): void {
    this.callbacks.on_disconnect?.call(this.mosq, this.mosq, this.obj, rc, properties);
  }

  publish(mid: number, reason_code: number, properties: Properties | null): void {
    this.callbacks.on_publish?.call(this.mosq, this.mosq, this.obj, mid, reason_code, properties);
  }

  subscribe(mid: number, qos_list: number[], properties: Properties | null): void {
    this.callbacks.on_subscribe?.call(this.mosq, this.mosq, this.obj, mid, qos_list, properties);
  }

  unsubscribe(mid: number, reason_codes: number[], properties: Properties | null): void {
    this.callbacks.on_unsubscribe?.call(this.mosq, this.mosq, this.obj, mid, reason_codes, properties);
  }

  log(level: number, text: string): void {
    this.callbacks.on_log?.call(this.mosq, this.mosq, this.obj, level, text);
  }

  dropped(messages: number, subscribes: number, unsubscribes: number): void {
    this.callbacks.on_dropped?.call(this.mosq, this.mosq, this.obj, { messages, subscribes, unsubscribes });
  }
}
