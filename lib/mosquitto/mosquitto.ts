// Class Mosquitto: creation and end of a client, connections, messages and subscriptions. The base classes have the other
// methods: the loops (client-loop.ts), the state, flush(), the options and the callbacks.

import { check_function, check_hostname } from '../native/arguments';
import { MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN, MOSQ_ERR_SUCCESS } from '../native/constants';
import { create, lacks_id } from '../native/create';
import { MosquittoError } from '../native/errors';
import type { Payload, QoS } from '../native/message';
import { live, take } from '../native/native-handle';
import type { Properties } from '../native/properties';
import { sub_topic_check } from '../native/topics';
import { adopt_methods, renew_sink, sink_of } from './callbacks';
import { ClientLoop } from './client-loop';
import { remember_broker, remember_id } from './client-state';
import type { MessageCallback } from './event-sink';
import { matched_part } from './filter-tree';
import { expect_loop } from './undriven';

/** Starts the watch for a loop after a method has begun to connect. Returns `rc`, the method's code. */
function begun<T>(client: Mosquitto<T>, rc: number): number {
  if (rc === MOSQ_ERR_SUCCESS) expect_loop(sink_of(client));
  return rc;
}

/** The methods of a client. public-class.ts has the types under which users see this class and its constructor. */
export class Mosquitto<T = unknown> extends ClientLoop<T> {
  constructor(client_id: string | null = null, clean_session = true, obj?: T) {
    const native = create(client_id, clean_session);
    super(native, obj as T);
    remember_id(this, client_id);
    if (new.target !== Mosquitto) adopt_methods(this);
  }

  /**
   * Makes this object a new client: it stops the loop, closes the connection, removes the callbacks and resets the options
   * to their defaults. A pending loop_forever() resolves with MOSQ_ERR_NO_CONN. mosquitto_reinitialise().
   *
   * @param client_id null, the default, or '' for a generated id, which needs `clean_session`
   * @param clean_session true by default; false asks the broker to keep the session, as in the constructor
   * @param obj passed to every callback; undefined by default
   * @returns MOSQ_ERR_INVAL for no `client_id` without `clean_session`, MOSQ_ERR_MALFORMED_UTF8 for an id that is too long
   *   or has control characters; nothing has changed then
   */
  reinitialise(client_id: string | null = null, clean_session = true, obj?: T): number {
    const native = live(this, 'reinitialise');
    if (lacks_id(client_id, clean_session)) return MOSQ_ERR_INVAL;
    const rc = native.reinitialise(client_id, clean_session);
    if (rc !== MOSQ_ERR_SUCCESS) return rc;
    sink_of(this).close(MOSQ_ERR_NO_CONN);
    renew_sink(this, native, obj as T);
    remember_id(this, client_id);
    remember_broker(this, null);
    return rc;
  }

  /**
   * Frees the client: its connection is closed without a DISCONNECT packet (so the broker publishes its will), no
   * callback runs any more, and a pending loop_forever() resolves with MOSQ_ERR_NO_CONN. Legal from inside any callback. A
   * second call does nothing. mosquitto_destroy().
   */
  destroy(): void {
    const native = take(this);
    if (native === null) return;
    sink_of(this).close(MOSQ_ERR_NO_CONN);
    native.destroy();
  }

  /** Calls destroy() at the end of the block of a `using` declaration. */
  [Symbol.dispose](): void {
    this.destroy();
  }

  // ---------------------------------------------------------------- connection

  /**
   * Connects to a broker. Blocks the JavaScript thread until the TCP connection is established or has failed, the name
   * look-up included: up to 30 seconds for each address that does not answer. on_connect then gets the broker's answer.
   * mosquitto_connect(), mosquitto_connect_bind(), mosquitto_connect_bind_v5().
   *
   * @param hostname name or IP address of the broker, or the path of a unix socket
   * @param port TCP port, 1 to 65535, or 0 for a unix socket; 1883 by default
   * @param keepalive seconds without traffic after which the client sends a PINGREQ; 5 to 65535, or 0 for never; 60 by
   *   default. The client detects a dead peer after up to two keepalives; with 0 perhaps never. connect_timeout_set() limits
   *   the time until CONNACK.
   * @param bind_address name or IP address of the local interface to use; null, the default, for any
   * @param properties MQTT 5 properties of CONNECT; null by default
   * @returns MOSQ_ERR_INVAL for an invalid value; MOSQ_ERR_ERRNO or MOSQ_ERR_EAI when the connection or the look-up
   *   failed; MOSQ_ERR_TLS when the TLS settings cannot be used, or cannot verify this broker. `last_error` has the reason. A
   *   running loop tries again.
   */
  connect(
    hostname: string,
    port = 1883,
    keepalive = 60,
    bind_address: string | null = null,
    properties: Properties | null = null,
  ): number {
    const native = live(this, 'connect');
    check_hostname('hostname', hostname);
    const rc = native.connect(hostname, port, keepalive, bind_address, properties);
    remember_broker(this, hostname, port);
    return sink_of(this).returning(begun(this, rc));
  }

  /**
   * Connects to a broker without blocking. A loop of loop_start() or loop_forever(), started before or after, connects.
   * mosquitto_connect_async(), mosquitto_connect_bind_async().
   *
   * @param hostname as in connect(), like the other parameters
   * @param port 1883 by default
   * @param keepalive seconds; 60 by default
   * @param bind_address null by default
   * @param properties null by default
   * @returns MOSQ_ERR_INVAL for an invalid value. on_log reports a failed attempt, and the loop tries again.
   */
  connect_async(
    hostname: string,
    port = 1883,
    keepalive = 60,
    bind_address: string | null = null,
    properties: Properties | null = null,
  ): number {
    const native = live(this, 'connect_async');
    check_hostname('hostname', hostname);
    const rc = native.connect_async(hostname, port, keepalive, bind_address, properties);
    remember_broker(this, hostname, port);
    return begun(this, rc);
  }

  /**
   * Connects again with the values of the last connect() or connect_async(). Blocks and returns as connect() does.
   * mosquitto_reconnect().
   */
  reconnect(): number {
    return sink_of(this).returning(begun(this, live(this, 'reconnect').reconnect()));
  }

  /** Connects again without blocking, as connect_async() does. mosquitto_reconnect_async(). */
  reconnect_async(): number {
    return begun(this, live(this, 'reconnect_async').reconnect_async());
  }

  /**
   * Ends the connection: on_disconnect with 0 confirms it. The client does not reconnect after that. During a handshake
   * with a proxy, of TLS or of a WebSocket the connection is closed at once. Otherwise the queued packets are sent, then
   * DISCONNECT. The client closes the connection if the broker reads nothing for 2 seconds, or does not close it within 2
   * seconds after DISCONNECT. On systems other than Linux and macOS the broker has 2 seconds in all to read the bytes
   * in the socket's buffer after DISCONNECT, and loses the rest. Packets that the broker sends meanwhile are dropped,
   * confirmations too: await flush() before. mosquitto_disconnect(), mosquitto_disconnect_v5().
   *
   * @param reason_code of MQTT 5: one of MQTT_RC_*, such as MQTT_RC_DISCONNECT_WITH_WILL_MSG; 0 by default
   * @param properties MQTT 5 properties of DISCONNECT; null by default
   * @returns MOSQ_ERR_NO_CONN when there is no connection; MOSQ_ERR_OVERSIZE_PACKET when the properties are larger than the
   *   broker allows, and the connection continues
   */
  disconnect(reason_code = 0, properties: Properties | null = null): number {
    return live(this, 'disconnect').disconnect(reason_code, properties);
  }

  /**
   * Connects to a broker that a domain names in its SRV records: `_mqtt._tcp`, or `_secure-mqtt._tcp` with TLS. Never
   * blocks; a loop connects, as for connect_async(). The loop tries the servers in the order of RFC 2782 until one accepts.
   * Each connection is made like any other: through the SOCKS proxy, from `bind_address`. When no server accepts, and after
   * the loss of a connection, the loop asks the domain again, with the delays of reconnect_delay_set().
   * mosquitto_connect_srv().
   *
   * With TLS, the certificate may be for the server's name or for the domain: DNS chooses the name that TLS verifies.
   *
   * Node's resolver asks for the records while a loop runs, for at most 5 seconds, and not through a SOCKS proxy. Calls of
   * loop() must let the event loop run in between. A loop() with no other work than this look-up returns 0 at once.
   *
   * @param hostname the domain
   * @param keepalive as in connect(): seconds; 60 by default
   * @param bind_address as in connect(); null by default
   * @returns MOSQ_ERR_INVAL for an invalid value. on_log reports a domain without servers; loop() returns MOSQ_ERR_LOOKUP
   *   for it, and reconnect_async() asks the domain again. reconnect() connects to the server that is already known, and
   *   returns MOSQ_ERR_INVAL before there is one.
   */
  connect_srv(hostname: string, keepalive = 60, bind_address: string | null = null): number {
    const native = live(this, 'connect_srv');
    check_hostname('hostname', hostname);
    const rc = native.connect_srv(hostname, keepalive, bind_address);
    remember_broker(this, hostname);
    return begun(this, rc);
  }

  /**
   * Continues extended authentication inside on_ext_auth, or begins a re-authentication. mosquitto_ext_auth_continue().
   *
   * @param method the authentication method
   * @param data at most 65 535 bytes; null, the default, for none
   * @param properties MQTT 5 properties of AUTH, without the method and the data; null by default
   * @returns MOSQ_ERR_NO_CONN without a connection; MOSQ_ERR_PROTOCOL below MQTT 5; MOSQ_ERR_NOT_SUPPORTED before
   *   libmosquitto 2.1
   */
  ext_auth_continue(method: string, data: Uint8Array | null = null, properties: Properties | null = null): number {
    return live(this, 'ext_auth_continue').ext_auth_continue(method, data, properties);
  }

  // ---------------------------------------------------------------- messages

  /**
   * Publishes a message. The payload is copied: the caller may reuse it at once. mosquitto_publish_v5().
   *
   * @param topic without wildcards
   * @param payload at most 268 435 455 bytes; null, the default, for none
   * @param qos 0 at most once, 1 at least once, 2 exactly once; 0 by default
   * @param retain whether the broker stores the message for later subscribers; an empty payload deletes the stored message;
   *   false by default
   * @param properties MQTT 5 properties of PUBLISH; null by default
   * @returns 0 when the message is queued. It is sent after CONNACK; on_publish follows with `last_mid`. disconnect() before
   *   on_publish may lose the message, see flush(). MOSQ_ERR_NO_CONN without a connection: a message of QoS 1 or 2 is queued
   *   nevertheless and sent after the next connection, a message of QoS 0 is dropped. MOSQ_ERR_INVAL, MOSQ_ERR_PAYLOAD_SIZE,
   *   MOSQ_ERR_MALFORMED_UTF8 for an invalid value. MQTT_RC_QUOTA_EXCEEDED while 65,535 messages and requests are
   *   unconfirmed.
   */
  publish(
    topic: string,
    payload: Payload = null,
    qos: QoS = 0,
    retain = false,
    properties: Properties | null = null,
  ): number {
    return live(this, 'publish').publish(topic, payload, qos, retain, properties);
  }

  /**
   * Subscribes to a filter; on_subscribe follows with `last_mid`. Call it in on_connect, because a new connection without a
   * stored session needs the subscription again. A call before CONNACK is sent after it, and is dropped when the connection
   * ends before. mosquitto_subscribe(), mosquitto_subscribe_v5(), mosquitto_subscribe_multiple().
   *
   * @param topic a filter, or several for one SUBSCRIBE packet: `+` stands for one level, a last `#` for any number of
   *   levels
   * @param qos the highest QoS with which messages are to arrive; 0 by default
   * @param options of MQTT 5: MQTT_SUB_OPT_* joined by `|`; 0 by default
   * @param properties MQTT 5 properties of SUBSCRIBE; null by default
   * @returns MOSQ_ERR_NO_CONN without a connection; MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8 for an invalid value
   */
  subscribe(
    topic: string | readonly string[],
    qos: QoS = 0,
    options = 0,
    properties: Properties | null = null,
  ): number {
    return live(this, 'subscribe').subscribe(topic, qos, options, properties);
  }

  /**
   * Ends a subscription; on_unsubscribe follows with `last_mid`. mosquitto_unsubscribe(), mosquitto_unsubscribe_v5(),
   * mosquitto_unsubscribe_multiple().
   *
   * @param topic the filter given to subscribe(), or several for one UNSUBSCRIBE packet
   * @param properties MQTT 5 properties of UNSUBSCRIBE; null by default
   * @returns as subscribe()
   */
  unsubscribe(topic: string | readonly string[], properties: Properties | null = null): number {
    return live(this, 'unsubscribe').unsubscribe(topic, properties);
  }

  /**
   * Adds a callback for the messages that match a filter; on_message does not get these messages. If several filters match,
   * all of their callbacks are called, in the order in which they were added. This method does not subscribe. C has no such
   * function.
   *
   * @param sub a filter; a callback that it already has is replaced. For a shared subscription, '$share/group/filter', only
   *   the filter counts, because a message does not name the subscription that it came by.
   * @throws MosquittoError MOSQ_ERR_INVAL for an invalid filter
   */
  message_callback_add(sub: string, callback: MessageCallback<this, T>): void {
    live(this, 'message_callback_add');
    const rc = sub_topic_check(sub);
    if (rc !== MOSQ_ERR_SUCCESS || matched_part(sub) === '') {
      throw new MosquittoError(rc || MOSQ_ERR_INVAL, `argument 1 (sub) is not a valid filter: '${sub}'`);
    }
    check_function(2, 'callback', callback);
    sink_of(this).add_filter(sub, callback as MessageCallback<unknown, T>);
  }

  /** Removes the callback of a filter; does nothing when it has none. C has no such function. */
  message_callback_remove(sub: string): void {
    live(this, 'message_callback_remove');
    sub_topic_check(sub); // only for the TypeError that it throws
    sink_of(this).remove_filter(sub);
  }

  // ---------------------------------------------------------------- the object for the callbacks

  /** Sets the object that is passed to every callback from now on: the constructor's by default. mosquitto_user_data_set(). */
  user_data_set(obj: T): void {
    live(this, 'user_data_set');
    sink_of(this).obj = obj;
  }

  /** Returns the object that is passed to every callback. mosquitto_userdata(). */
  userdata(): T {
    live(this, 'userdata');
    return sink_of(this).obj;
  }
}
