import { check_boolean, check_integer, check_object } from './arguments';
import { binding, type NativeClient } from './binding';
import { adopt_methods, ClientCallbacks, renew_sink, sink_of } from './callbacks';
import { MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN, MOSQ_ERR_SUCCESS } from './constants';
import { destroyed, from_native, MosquittoError } from './errors';
import type { Payload } from './message';

/** A broker can keep the session of a client only under an id that the client comes back with. */
function lacks_id(client_id: string | null, clean_session: boolean): boolean {
  return (client_id === null || client_id === '') && clean_session === false;
}

function create(client_id: string | null, clean_session: boolean): NativeClient {
  if (lacks_id(client_id, clean_session)) {
    throw new MosquittoError(MOSQ_ERR_INVAL, 'argument 1 (client_id) is needed when clean_session is false');
  }
  try {
    return new binding.Client(client_id, clean_session);
  } catch (error) {
    throw from_native(error);
  }
}

/**
 * An MQTT client: C's `struct mosquitto` and the functions that take one.
 *
 * What returns a number returns a MOSQ_ERR_* code, 0 for success; strerror() explains it. An argument of the wrong
 * type, and a string with a NUL character or a lone surrogate, is a TypeError that names the argument. Every method
 * throws a MosquittoError (MOSQ_ERR_INVAL) after destroy().
 *
 * `T` is the type of the object that is handed to every callback.
 */
export class Mosquitto<T = unknown> extends ClientCallbacks<T> {
  #native: NativeClient | null;

  /**
   * mosquitto_new().
   *
   * @param client_id null, undefined or '' asks for a generated one, which needs `clean_session`
   * @param clean_session false asks the broker to keep subscriptions and messages of this client while it is away
   * @param obj anything; handed to every callback
   * @throws MosquittoError where C returns NULL, such as MOSQ_ERR_INVAL for no id without `clean_session`
   */
  constructor(client_id: string | null = null, clean_session = true, obj?: T) {
    const native = create(client_id, clean_session);
    super(native, obj as T);
    this.#native = native;
    if (new.target !== Mosquitto) adopt_methods(this);
  }

  #live(member: string): NativeClient {
    if (this.#native === null) throw destroyed(member);
    return this.#native;
  }

  /**
   * Makes it a new client: the loop is stopped, the connection closed, callbacks taken off, options back to their
   * defaults; a waiting loop_forever() resolves with MOSQ_ERR_NO_CONN. Parameters and defaults are the constructor's.
   * mosquitto_reinitialise().
   *
   * @returns MOSQ_ERR_INVAL for no `client_id` without `clean_session`; nothing has changed then
   */
  reinitialise(client_id: string | null = null, clean_session = true, obj?: T): number {
    const native = this.#live('reinitialise');
    if (lacks_id(client_id, clean_session)) return MOSQ_ERR_INVAL;
    const rc = native.reinitialise(client_id, clean_session);
    if (rc !== MOSQ_ERR_SUCCESS) return rc;
    sink_of(this).close(MOSQ_ERR_NO_CONN);
    renew_sink(this, native, obj as T);
    return rc;
  }

  /**
   * Frees the client: its connection is closed without a DISCONNECT packet (so the broker publishes its will), no
   * callback runs any more, a waiting loop_forever() resolves with MOSQ_ERR_NO_CONN. Legal from inside any callback;
   * again, it does nothing. mosquitto_destroy().
   */
  destroy(): void {
    const native = this.#native;
    if (native === null) return;
    this.#native = null;
    sink_of(this).close(MOSQ_ERR_NO_CONN);
    native.destroy();
  }

  /** destroy(), at the end of the block of a `using` declaration. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  // ---------------------------------------------------------------- connection

  /**
   * Connects to a broker. Blocks the JavaScript thread until the TCP connection stands or has failed, the name look-up
   * included; on_connect then tells the broker's answer. mosquitto_connect(), mosquitto_connect_bind().
   *
   * @param hostname name or IP address of the broker
   * @param port TCP port, 1 to 65535
   * @param keepalive seconds without traffic after which the client sends a PINGREQ; 5 to 65535, or 0 for never
   * @param bind_address name or IP address of the local interface to use; null for any
   * @returns MOSQ_ERR_INVAL for an invalid value; MOSQ_ERR_ERRNO or MOSQ_ERR_EAI when the connection or the look-up
   *   failed, and `last_errno` tells why. A running loop goes on to try.
   */
  connect(hostname: string, port = 1883, keepalive = 60, bind_address: string | null = null): number {
    return this.#live('connect').connect(hostname, port, keepalive, bind_address);
  }

  /**
   * Connects to a broker without blocking; loop_start() or loop_forever(), before or after, does the work.
   * Parameters are connect()'s. mosquitto_connect_async(), mosquitto_connect_bind_async().
   *
   * @returns MOSQ_ERR_INVAL for an invalid value. A failed attempt is told by on_log and tried again.
   */
  connect_async(hostname: string, port = 1883, keepalive = 60, bind_address: string | null = null): number {
    return this.#live('connect_async').connect_async(hostname, port, keepalive, bind_address);
  }

  /**
   * Connects again with the values of the last connect() or connect_async(). Blocks and returns as connect() does.
   * mosquitto_reconnect().
   */
  reconnect(): number {
    return this.#live('reconnect').reconnect();
  }

  /** Connects again without blocking, as connect_async() does. mosquitto_reconnect_async(). */
  reconnect_async(): number {
    return this.#live('reconnect_async').reconnect_async();
  }

  /**
   * Ends the connection: on_disconnect with 0 confirms it. Nothing reconnects after that. mosquitto_disconnect().
   *
   * @returns MOSQ_ERR_NO_CONN when there is no connection
   */
  disconnect(): number {
    return this.#live('disconnect').disconnect();
  }

  // ---------------------------------------------------------------- messages

  /**
   * Publishes a message. The payload is copied: the caller may reuse it at once. mosquitto_publish().
   *
   * @param topic without wildcards
   * @param payload at most 268 435 455 bytes
   * @param qos 0 at most once, 1 at least once, 2 exactly once
   * @param retain whether the broker stores it for later subscribers; an empty payload deletes what it has stored
   * @returns 0 when it is on its way, and on_publish follows with `last_mid`. Without a connection MOSQ_ERR_NO_CONN: a
   *   message of QoS 1 or 2 is kept all the same and sent later, one of QoS 0 is dropped. MOSQ_ERR_INVAL,
   *   MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_MALFORMED_UTF8 for an invalid value.
   */
  publish(topic: string, payload: Payload = null, qos: 0 | 1 | 2 = 0, retain = false): number {
    return this.#live('publish').publish(topic, payload, qos, retain);
  }

  /**
   * Subscribes to a filter; on_subscribe follows with `last_mid`. A new connection without a kept session needs it
   * again: on_connect is the place for it. mosquitto_subscribe().
   *
   * @param topic a filter: `+` stands for one level, a last `#` for any number of levels
   * @param qos the highest QoS with which messages are to arrive
   * @returns MOSQ_ERR_NO_CONN without a connection; MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8 for an invalid value
   */
  subscribe(topic: string, qos: 0 | 1 | 2 = 0): number {
    return this.#live('subscribe').subscribe(topic, qos);
  }

  /**
   * Ends a subscription; on_unsubscribe follows with `last_mid`. mosquitto_unsubscribe().
   *
   * @param topic the filter given to subscribe()
   * @returns as subscribe()
   */
  unsubscribe(topic: string): number {
    return this.#live('unsubscribe').unsubscribe(topic);
  }

  /** Message id of the newest publish(), subscribe() or unsubscribe(), 1 to 65535; 0 before the first. C's `mid` out-parameter. */
  get last_mid(): number {
    return this.#live('last_mid').last_mid();
  }

  /** The OS error behind the newest MOSQ_ERR_ERRNO (such as ECONNREFUSED) or MOSQ_ERR_EAI (an EAI_* code); C's `errno`. */
  get last_errno(): number {
    return this.#live('last_errno').last_errno();
  }

  // ---------------------------------------------------------------- network traffic: loop(), loop_start() or loop_forever()

  /**
   * Moves the traffic of one turn, and runs the callbacks for it before it returns. Blocks the JavaScript thread.
   * Call it again and again; messages are acknowledged after their callbacks have returned. mosquitto_loop().
   *
   * @param timeout the most milliseconds to wait for traffic; 0 returns at once, a negative value is one second
   * @param max_packets kept for C's sake: 1
   * @returns another value than 0 means a failure, and that the connection is closed: reconnect() opens it again.
   *   MOSQ_ERR_NO_CONN without a connection; MOSQ_ERR_INVAL while loop_start() runs, or inside a callback.
   * @throws what a callback threw; an AggregateError when several did
   */
  loop(timeout = -1, max_packets = 1): number {
    return this.#live('loop').loop(timeout, max_packets);
  }

  /**
   * Moves the traffic in the background until disconnect() and loop_stop(): connects, connects again after a loss with
   * the delays of reconnect_delay_set(), calls the callbacks on Node's event loop. Works before and after connect() and
   * connect_async(). Keeps the process alive, see unref(). mosquitto_loop_start().
   *
   * @param options thread: true (default) leaves the socket to the network thread, which all clients share: the
   *   connection lives on while JavaScript is busy. false drives it on Node's event loop.
   * @returns MOSQ_ERR_INVAL when it runs already
   */
  loop_start(options: { thread?: boolean } = {}): number {
    const native = this.#live('loop_start');
    check_object(1, 'options', options);
    const { thread = true } = options;
    check_boolean(1, 'options.thread', thread);
    return native.loop_start(thread);
  }

  /**
   * Ends loop_start(). Right after disconnect(), on_disconnect(0) still follows. mosquitto_loop_stop().
   *
   * @param force true does not wait for the end of a disconnect(): its on_disconnect may not come
   * @returns MOSQ_ERR_INVAL when no loop runs
   */
  loop_stop(force = false): number {
    return this.#live('loop_stop').loop_stop(force);
  }

  /**
   * loop_start({ thread: false }) as a promise, which resolves after the last callback: with 0 when disconnect() is
   * done or after loop_stop(), with MOSQ_ERR_NO_CONN after destroy(), or at once when nothing has asked for a
   * connection, and with MOSQ_ERR_INVAL at once while another loop runs. mosquitto_loop_forever().
   *
   * @param timeout kept for C's sake, and so is `max_packets`: the event loop waits for traffic by itself
   */
  loop_forever(timeout = -1, max_packets = 1): Promise<number> {
    const native = this.#live('loop_forever');
    check_integer(1, 'timeout', timeout);
    check_integer(2, 'max_packets', max_packets);
    return sink_of(this).until_loop_end(() => native.loop_forever());
  }

  // ---------------------------------------------------------------- network traffic, driven by hand

  /**
   * Reads from the socket, when it is readable, and runs the callbacks. mosquitto_loop_read().
   *
   * @returns and throws as loop()
   */
  loop_read(max_packets = 1): number {
    return this.#live('loop_read').loop_read(max_packets);
  }

  /**
   * Writes to the socket what is waiting, when want_write() says so, and runs the callbacks. mosquitto_loop_write().
   *
   * @returns and throws as loop()
   */
  loop_write(max_packets = 1): number {
    return this.#live('loop_write').loop_write(max_packets);
  }

  /**
   * Does what time asks for, such as pings: call it about once a second. mosquitto_loop_misc().
   *
   * @returns and throws as loop()
   */
  loop_misc(): number {
    return this.#live('loop_misc').loop_misc();
  }

  /** Whether data is waiting to be written. mosquitto_want_write(). */
  want_write(): boolean {
    return this.#live('want_write').want_write();
  }

  /** The socket's file descriptor; -1 when not connected. mosquitto_socket(). */
  socket(): number {
    return this.#live('socket').socket();
  }

  /** Tells C that its client is used from several threads. Kept for C's sake: this package always is ready for it. mosquitto_threaded_set(). */
  threaded_set(threaded: boolean): number {
    return this.#live('threaded_set').threaded_set(threaded);
  }

  // ---------------------------------------------------------------- options, before connect()

  /**
   * User name and password for the broker. mosquitto_username_pw_set().
   *
   * @param username null for neither
   * @param password text, or bytes without a zero byte: C would cut the password there. null for none
   */
  username_pw_set(username: string | null, password: string | Uint8Array | null = null): number {
    return this.#live('username_pw_set').username_pw_set(username, password);
  }

  /**
   * The message that the broker publishes for this client when its connection breaks without a disconnect().
   * Parameters are publish()'s. mosquitto_will_set().
   *
   * @returns MOSQ_ERR_INVAL, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_MALFORMED_UTF8 for an invalid value
   */
  will_set(topic: string, payload: Payload = null, qos: 0 | 1 | 2 = 0, retain = false): number {
    return this.#live('will_set').will_set(topic, payload, qos, retain);
  }

  /** Takes the will off. mosquitto_will_clear(). */
  will_clear(): number {
    return this.#live('will_clear').will_clear();
  }

  /**
   * How long loop_start() and loop_forever() wait before each attempt to connect again: 1 second if never called.
   * Counting starts anew after each accepted connection. mosquitto_reconnect_delay_set().
   *
   * @param delay seconds before the first attempt; 0 is taken for 1
   * @param delay_max the most seconds; equal to `delay`, the default, it stays the same
   * @param exponential_backoff true doubles the delay each time, false adds `delay` each time
   */
  reconnect_delay_set(delay: number, delay_max = delay, exponential_backoff = false): number {
    return this.#live('reconnect_delay_set').reconnect_delay_set(delay, delay_max, exponential_backoff);
  }

  /**
   * How many messages of QoS 1 and 2 may be on their way at once; the others wait. mosquitto_max_inflight_messages_set().
   *
   * @param max 20 if never called; 0 for no limit
   */
  max_inflight_messages_set(max: number): number {
    return this.#live('max_inflight_messages_set').max_inflight_messages_set(max);
  }

  /**
   * Does nothing: libmosquitto has not sent messages again within a connection since 1.4. mosquitto_message_retry_set().
   *
   * @param seconds an integer
   */
  message_retry_set(seconds: number): void {
    this.#live('message_retry_set');
    check_integer(1, 'seconds', seconds);
  }

  /** The object handed to every callback from now on. mosquitto_user_data_set(). */
  user_data_set(obj: T): void {
    this.#live('user_data_set');
    sink_of(this).obj = obj;
  }

  /** The object handed to every callback. mosquitto_userdata(). */
  userdata(): T {
    this.#live('userdata');
    return sink_of(this).obj;
  }

  // ---------------------------------------------------------------- Node

  /** A running loop keeps the process alive, which is the default. */
  ref(): this {
    this.#live('ref').ref();
    return this;
  }

  /** A running loop does not keep the process alive. */
  unref(): this {
    this.#live('unref').unref();
    return this;
  }
}
