import type { NativeClient } from './binding';
import { CALLBACK_NAMES, type Callbacks, EventSink } from './event-sink';
import type { MosquittoMessage } from './message';
import { NativeHandle } from './native-handle';
import type { Properties } from './properties';

/** The `#sink` of a client, for mosquitto.ts alone: users of the package see the callbacks only. */
export let sink_of: <T>(client: ClientCallbacks<T>) => EventSink<unknown, T>;
export let renew_sink: <T>(client: ClientCallbacks<T>, native: NativeClient, obj: T) => void;

/**
 * The callbacks of a client. Assign a function, or null to take it off; a bound method is a function. They may be
 * assigned at any time, from inside a callback too, and may call any method, destroy() included. Each is called with
 * the client, the object given to the constructor or user_data_set(), and what the callback is about; `this` is the
 * client unless the function is bound. A subclass may instead define them as methods.
 *
 * With loop() and its parts they run inside that call, before it returns, and what they throw comes out of it. With
 * loop_start() and loop_forever() they run on Node's event loop, and what they throw is an 'uncaughtException'. Either
 * way the events that follow are still delivered. They never run inside publish(), subscribe() or any other method.
 *
 * Assigning anything but a function or null throws a TypeError.
 */
export abstract class ClientCallbacks<T> extends NativeHandle {
  #sink: EventSink<this, T>;

  static {
    sink_of = (client) => client.#sink;
    renew_sink = (client, native, obj) => {
      client.#sink = new EventSink(client, native, obj);
    };
  }

  constructor(native: NativeClient, obj: T) {
    super(native);
    this.#sink = new EventSink(this, native, obj);
  }

  /**
   * A connection is about to be made, or made again: the place to renew credentials with username_pw_set(). It is not
   * tried before this has returned. Runs inside connect(), reconnect() and loop() where these connect.
   * C: mosquitto_pre_connect_callback_set().
   */
  get on_pre_connect(): Callbacks<this, T>['on_pre_connect'] | null {
    return this.#sink.callbacks.on_pre_connect;
  }
  set on_pre_connect(callback: ((mosq: this, obj: T) => void) | null) {
    this.#sink.set('on_pre_connect', callback);
  }

  /**
   * The broker answered the connection attempt (CONNACK).
   * `rc`: 0 accepted; 1 unacceptable protocol version, 2 identifier rejected, 3 server unavailable, 4 bad user name or
   * password, 5 not authorised: see connack_string().
   * `flags`: bit 0 is set when the broker had kept this client's session.
   * C: mosquitto_connect_with_flags_callback_set().
   */
  get on_connect(): Callbacks<this, T>['on_connect'] | null {
    return this.#sink.callbacks.on_connect;
  }
  set on_connect(callback:
    | ((mosq: this, obj: T, rc: number, flags: number, properties: Properties | null) => void)
    | null) {
    this.#sink.set('on_connect', callback);
  }

  /**
   * The connection has ended. `rc`: 0 after disconnect(), anything else when it was unexpected.
   * C: mosquitto_disconnect_callback_set().
   */
  get on_disconnect(): Callbacks<this, T>['on_disconnect'] | null {
    return this.#sink.callbacks.on_disconnect;
  }
  set on_disconnect(callback: ((mosq: this, obj: T, rc: number, properties: Properties | null) => void) | null) {
    this.#sink.set('on_disconnect', callback);
  }

  /**
   * A message has left: written to the socket (QoS 0), or acknowledged by the broker (QoS 1 and 2).
   * `mid`: the `last_mid` of its publish(). `reason_code`: 0 below MQTT 5.
   * C: mosquitto_publish_v5_callback_set().
   */
  get on_publish(): Callbacks<this, T>['on_publish'] | null {
    return this.#sink.callbacks.on_publish;
  }
  set on_publish(callback:
    | ((mosq: this, obj: T, mid: number, reason_code: number, properties: Properties | null) => void)
    | null) {
    this.#sink.set('on_publish', callback);
  }

  /**
   * A message was received.
   * C: mosquitto_message_callback_set().
   */
  get on_message(): Callbacks<this, T>['on_message'] | null {
    return this.#sink.callbacks.on_message;
  }
  set on_message(callback: ((mosq: this, obj: T, msg: MosquittoMessage) => void) | null) {
    this.#sink.set('on_message', callback);
  }

  /**
   * The broker answered a subscribe(). `mid`: its `last_mid`. `qos_list`: for each filter the QoS that was granted,
   * 0 to 2, or 128 when it was refused.
   * C: mosquitto_subscribe_callback_set().
   */
  get on_subscribe(): Callbacks<this, T>['on_subscribe'] | null {
    return this.#sink.callbacks.on_subscribe;
  }
  set on_subscribe(callback:
    | ((mosq: this, obj: T, mid: number, qos_list: number[], properties: Properties | null) => void)
    | null) {
    this.#sink.set('on_subscribe', callback);
  }

  /**
   * The broker answered an unsubscribe(). `mid`: its `last_mid`. `reason_codes`: empty below MQTT 5.
   * C: mosquitto_unsubscribe2_v5_callback_set().
   */
  get on_unsubscribe(): Callbacks<this, T>['on_unsubscribe'] | null {
    return this.#sink.callbacks.on_unsubscribe;
  }
  set on_unsubscribe(callback:
    | ((mosq: this, obj: T, mid: number, reason_codes: number[], properties: Properties | null) => void)
    | null) {
    this.#sink.set('on_unsubscribe', callback);
  }

  /**
   * What the library has to tell: packets as they come and go, failed connection attempts.
   * `level`: one of MOSQ_LOG_*. `text`: English.
   * C: mosquitto_log_callback_set().
   */
  get on_log(): Callbacks<this, T>['on_log'] | null {
    return this.#sink.callbacks.on_log;
  }
  set on_log(callback: ((mosq: this, obj: T, level: number, text: string) => void) | null) {
    this.#sink.set('on_log', callback);
  }

  /**
   * MQTT 5's extended authentication: the broker sent an AUTH packet. Answer with ext_auth_continue() and return
   * MOSQ_ERR_SUCCESS; any other code closes the connection and becomes the `rc` of on_disconnect. Nothing else is read
   * or sent before it has returned. Needs libmosquitto 2.1.
   * C: mosquitto_ext_auth_callback_set().
   */
  get on_ext_auth(): Callbacks<this, T>['on_ext_auth'] | null {
    return this.#sink.callbacks.on_ext_auth;
  }
  set on_ext_auth(callback:
    | ((mosq: this, obj: T, method: string | null, data: Buffer | null, properties: Properties | null) => number)
    | null,) {
    this.#sink.set('on_ext_auth', callback);
  }
}

/**
 * Makes the methods named on_* of a subclass its callbacks. They hide the accessors above, so without this they would
 * never be called; and a class field of such a name, which JavaScript defines instead of assigning, fails loudly.
 */
export function adopt_methods<T>(client: ClientCallbacks<T>): void {
  for (const name of CALLBACK_NAMES) {
    const accessor = Object.getOwnPropertyDescriptor(ClientCallbacks.prototype, name);
    const found = inherited(client, name);
    if (found === undefined || ('get' in found && found.get !== accessor?.get)) continue;
    Object.defineProperty(client, name, { ...accessor, configurable: false });
    if ('value' in found) Reflect.set(client, name, found.value);
  }
}

function inherited(object: object, name: string): PropertyDescriptor | undefined {
  for (let at: object | null = Object.getPrototypeOf(object); at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
