import type { MosquittoMessage } from '../native/message';
import type { Properties } from '../native/properties';
import type { CallbackMethods, CallbackMethodsAgain, Callbacks } from './callback-table';
import { Mosquitto as Client } from './mosquitto';

// The types under which class Mosquitto is exported. A class declaration cannot express both facts about a callback: that
// it is a property, which null removes, and that a subclass may define it as a method.

/**
 * The callbacks of a client, as properties. Each is null by default. ClientCallbacks has the rules for all of them.
 * `Obj` is the type of the `obj` of an assigned callback, `None` the type of a callback that is not assigned.
 */
export interface CallbackProperties<T, Obj = T, None = null> {
  /**
   * The client is about to connect, for the first time or again. This callback may renew credentials with
   * username_pw_set(); the client connects after it has returned. It runs inside connect(), reconnect() and loop() when
   * these connect.
   * null by default. C: mosquitto_pre_connect_callback_set().
   */
  get on_pre_connect(): Callbacks<this, T>['on_pre_connect'] | None;
  set on_pre_connect(callback: ((mosq: this, obj: Obj) => void) | null);

  /**
   * The broker answered the connection attempt (CONNACK).
   * `rc`: 0 accepted; 1 unacceptable protocol version, 2 identifier rejected, 3 server unavailable, 4 bad user name or
   * password, 5 not authorised: see connack_string().
   * `flags`: bit 0 (session present) is set when the broker still has this client's session.
   * null by default. C: mosquitto_connect_with_flags_callback_set().
   */
  get on_connect(): Callbacks<this, T>['on_connect'] | None;
  set on_connect(callback:
    | ((mosq: this, obj: Obj, rc: number, flags: number, properties: Properties | null) => void)
    | null);

  /**
   * The connection has ended. `rc`: 0 after disconnect(), anything else when it was unexpected.
   * null by default. C: mosquitto_disconnect_callback_set().
   */
  get on_disconnect(): Callbacks<this, T>['on_disconnect'] | None;
  set on_disconnect(callback: ((mosq: this, obj: Obj, rc: number, properties: Properties | null) => void) | null);

  /**
   * A message is confirmed: written to the socket (QoS 0), or acknowledged by the broker (QoS 1 and 2).
   * `mid`: the `last_mid` of its publish(). `reason_code`: 0 below MQTT 5.
   * null by default. C: mosquitto_publish_v5_callback_set().
   */
  get on_publish(): Callbacks<this, T>['on_publish'] | None;
  set on_publish(callback:
    | ((mosq: this, obj: Obj, mid: number, reason_code: number, properties: Properties | null) => void)
    | null);

  /**
   * A message was received.
   * null by default. C: mosquitto_message_callback_set().
   */
  get on_message(): Callbacks<this, T>['on_message'] | None;
  set on_message(callback: ((mosq: this, obj: Obj, msg: MosquittoMessage) => void) | null);

  /**
   * The broker answered a subscribe(). `mid`: its `last_mid`. `qos_list`: for each filter the QoS that was granted,
   * 0 to 2, or 128 when it was refused.
   * null by default. C: mosquitto_subscribe_callback_set().
   */
  get on_subscribe(): Callbacks<this, T>['on_subscribe'] | None;
  set on_subscribe(callback:
    | ((mosq: this, obj: Obj, mid: number, qos_list: number[], properties: Properties | null) => void)
    | null);

  /**
   * The broker answered an unsubscribe(). `mid`: its `last_mid`. `reason_codes`: empty below MQTT 5.
   * null by default. C: mosquitto_unsubscribe2_v5_callback_set().
   */
  get on_unsubscribe(): Callbacks<this, T>['on_unsubscribe'] | None;
  set on_unsubscribe(callback:
    | ((mosq: this, obj: Obj, mid: number, reason_codes: number[], properties: Properties | null) => void)
    | null);

  /**
   * A log line of the library: packets that arrive and leave, failed attempts to connect.
   * `level`: one of MOSQ_LOG_*. `text`: English.
   * null by default. C: mosquitto_log_callback_set().
   */
  get on_log(): Callbacks<this, T>['on_log'] | None;
  set on_log(callback: ((mosq: this, obj: Obj, level: number, text: string) => void) | null);

  /**
   * A connection has ended before it finished these. The client does not send them again. The connection was lost, or the
   * program called disconnect(), connect() or reconnect(). on_disconnect comes before, if that connection has one. A log
   * line of MOSQ_LOG_NOTICE says the same. This callback is not called when nothing was lost, nor by destroy() and
   * reinitialise().
   * `messages`: published with QoS 0, and not confirmed by on_publish. libmosquitto sends messages of QoS 1 and 2 again.
   * `subscribes`, `unsubscribes`: calls of subscribe() and unsubscribe() that got no answer. The broker may have carried
   * them out.
   * null by default. C has no such callback.
   */
  get on_dropped(): Callbacks<this, T>['on_dropped'] | None;
  set on_dropped(callback:
    | ((mosq: this, obj: Obj, dropped: { messages: number; subscribes: number; unsubscribes: number }) => void)
    | null);

  /**
   * Extended authentication of MQTT 5: the broker sent an AUTH packet. Answer with ext_auth_continue() and return
   * MOSQ_ERR_SUCCESS; any other code closes the connection and becomes the `rc` of on_disconnect. The client reads and
   * sends nothing else before the callback has returned. Needs libmosquitto 2.1.
   * null by default. C: mosquitto_ext_auth_callback_set().
   */
  get on_ext_auth(): Callbacks<this, T>['on_ext_auth'] | None;
  set on_ext_auth(callback:
    | ((mosq: this, obj: Obj, method: string | null, data: Buffer | null, properties: Properties | null) => number)
    | null);
}

/**
 * An MQTT client: C's `struct mosquitto` and the functions that take one.
 *
 * A method that returns a number returns a MOSQ_ERR_* code, 0 for success; strerror() explains it. An argument of the
 * wrong type, and a string with a NUL character or a lone surrogate, is a TypeError that names the argument. Every
 * method throws a MosquittoError (MOSQ_ERR_INVAL) after destroy().
 *
 * `T` is the type of the object that is passed to every callback.
 */
export interface Mosquitto<T = unknown> extends Client<T>, CallbackProperties<T> {}

/** The base of `class ... extends Mosquitto`. */
export type MosquittoBase<T> = Client<T> & CallbackMethods<T> & CallbackMethodsAgain<T>;

/**
 * The result of `new Mosquitto<T>(...)`. A callback that is not assigned reads as null, which this type cannot express.
 * TypeScript accepts a constructor in `extends` only if all constructors with the same number of type parameters return
 * identical types. It compares the types that members return, and not the types that may be assigned to them.
 */
export type MosquittoMade<T, Obj> = Client<T> & CallbackProperties<T, Obj, never>;

/**
 * The constructors of class Mosquitto: mosquitto_new(). They throw a MosquittoError when C returns NULL, such as
 * MOSQ_ERR_INVAL for no id without `clean_session`.
 *
 * TypeScript considers the constructors that have as many type parameters as there are type arguments. `extends Mosquitto`
 * and `extends Mosquitto<T>` use the first one with no or one type parameter, `new Mosquitto(...)` uses the first two.
 */
export interface MosquittoConstructor {
  /**
   * @param client_id null, undefined or '' asks for a generated one, which needs `clean_session`
   * @param clean_session true or undefined for a new session; false asks the broker to keep subscriptions and messages of
   *   this client while it is disconnected
   * @param obj any value; it is passed to every callback
   */
  new <T, _Inferred>(client_id: string | null | undefined, clean_session: boolean | undefined, obj: T): Mosquitto<T>;
  /**
   * @param client_id null, the default, or '' for a generated id, which needs `clean_session`
   * @param clean_session true by default; false asks the broker to keep subscriptions and messages of this client while
   *   it is disconnected
   */
  new <_None, _Inferred>(client_id?: string | null, clean_session?: boolean): Mosquitto;
  /** The type of `extends Mosquitto<T>`. No call can use it. */
  new <T>(nothing: never): MosquittoBase<T>;
  /** For one type argument. Its parameters are those of the first constructor. */
  new <T>(client_id: string | null | undefined, clean_session: boolean | undefined, obj: T): MosquittoMade<T, T>;
  /**
   * For one type argument and no object: callbacks get undefined until user_data_set() sets an object. userdata(), handlers
   * of message_callback_add() and methods of a subclass get undefined too, although their types exclude it.
   * Its parameters and defaults are those of the second constructor.
   */
  new <T>(client_id?: string | null, clean_session?: boolean): MosquittoMade<T, T | undefined>;
  /** For a subclass without a type argument. Its parameters and defaults are those of the second constructor. */
  new (client_id?: string | null, clean_session?: boolean): MosquittoBase<unknown>;
  readonly prototype: Mosquitto;
}

/** Class Mosquitto with its public type. */
export const Mosquitto = Client as unknown as MosquittoConstructor;
