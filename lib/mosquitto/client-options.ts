// The options of a client that a program sets before connect(): will, credentials, TLS, proxy, limits.

import { check_hostname, check_integer } from '../native/arguments';
import type { Payload, QoS } from '../native/message';
import { live } from '../native/native-handle';
import type { Properties } from '../native/properties';
import { ClientCallbacks } from './callbacks';

/** The path of a file, or PEM text itself: a string with '-----BEGIN', or bytes. docs/tls.md says where PEM text is stored. */
export type Pem = string | Uint8Array;

/**
 * Options to set before connect(). Every method that returns a number returns a MOSQ_ERR_* code, MOSQ_ERR_INVAL for a value
 * that libmosquitto refuses.
 */
export abstract class ClientOptions<T> extends ClientCallbacks<T> {
  /**
   * Sets user name and password for the broker. mosquitto_username_pw_set().
   *
   * @param username null, the default state, for no user name and no password
   * @param password text, or bytes without a zero byte: C would cut the password there; null, the default, for none
   * @returns MOSQ_ERR_INVAL for a value longer than 65 535 bytes, MOSQ_ERR_MALFORMED_UTF8 for a user name with a control
   *   character or a noncharacter of Unicode. The client keeps the earlier values then.
   */
  username_pw_set(username: string | null, password: string | Uint8Array | null = null): number {
    return live(this, 'username_pw_set').username_pw_set(username, password);
  }

  /**
   * Sets the will: the message that the broker publishes for this client when its connection breaks without a disconnect().
   * There is none by default. mosquitto_will_set(), mosquitto_will_set_v5().
   *
   * @param topic as in publish(), like the other parameters
   * @param payload at most 65 535 bytes; null, the default, for none
   * @param qos 0 by default
   * @param retain false by default
   * @param properties MQTT 5 properties of the will; null by default
   * @returns MOSQ_ERR_INVAL, MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_MALFORMED_UTF8 for an invalid value;
   *   MOSQ_ERR_NOT_SUPPORTED for properties below MQTT 5
   */
  will_set(
    topic: string,
    payload: Payload = null,
    qos: QoS = 0,
    retain = false,
    properties: Properties | null = null,
  ): number {
    return live(this, 'will_set').will_set(topic, payload, qos, retain, properties);
  }

  /** Removes the will. mosquitto_will_clear(). */
  will_clear(): number {
    return live(this, 'will_clear').will_clear();
  }

  /**
   * Uses TLS with certificates. mosquitto_tls_set().
   *
   * @param cafile the CA certificates that the broker is verified with; null by default
   * @param capath a folder of CA certificates with hashed names, or several folders with ':' between them (';' on Windows);
   *   null by default
   * @param certfile this client's certificate; null by default
   * @param keyfile the key of `certfile`; null by default. Set both or neither
   * @param passphrase of an encrypted key; a function is called once, inside this call; null by default
   * @returns MOSQ_ERR_INVAL for neither `cafile` nor `capath`, for a file or a folder that cannot be read, and for a
   *   certificate without its key. `last_error` names the fault, and the client keeps the settings of an earlier call then.
   *   connect() reports faults in the contents of a file.
   */
  tls_set(
    cafile: Pem | null = null,
    capath: string | null = null,
    certfile: Pem | null = null,
    keyfile: Pem | null = null,
    passphrase: string | (() => string) | null = null,
  ): number {
    const native = live(this, 'tls_set');
    const secret = typeof passphrase === 'function' ? passphrase() : passphrase;
    return native.tls_set(cafile, capath, certfile, keyfile, secret);
  }

  /**
   * Sets whether the client accepts a certificate of another host. Never use it in production, except for a broker at a unix
   * socket, which has no host name to verify. mosquitto_tls_insecure_set().
   *
   * @param value true accepts such a certificate; false by default, and connect() to a unix socket returns MOSQ_ERR_TLS then
   */
  tls_insecure_set(value: boolean): number {
    return live(this, 'tls_insecure_set').tls_insecure_set(value);
  }

  /**
   * Sets verification, version and ciphers of TLS. mosquitto_tls_opts_set().
   *
   * @param cert_reqs 1, the default, verifies the broker's certificate; 0 does not
   * @param tls_version the lowest TLS version, 'tlsv1.2' or 'tlsv1.3'; null for the library's default
   * @param ciphers a cipher list of OpenSSL; null for OpenSSL's default. With a list that allows suites without
   *   authentication or without encryption, connect() returns MOSQ_ERR_TLS unless `cert_reqs` is 0
   * @returns MOSQ_ERR_INVAL for another version; nothing has changed then
   */
  tls_opts_set(cert_reqs: 0 | 1, tls_version: string | null = null, ciphers: string | null = null): number {
    return live(this, 'tls_opts_set').tls_opts_set(cert_reqs, tls_version, ciphers);
  }

  /**
   * Uses TLS with a pre-shared key instead of certificates. mosquitto_tls_psk_set().
   *
   * @param psk the key in hexadecimal, without 0x: 1 to 512 bytes (256 with an OpenSSL before 3), two digits each
   * @param identity this client's name: at most 255 bytes (127 with an OpenSSL before 3)
   * @param ciphers a cipher list of OpenSSL; null, the default, for all ciphers with a pre-shared key. With a list that
   *   allows suites without authentication or without encryption, connect() returns MOSQ_ERR_TLS
   * @returns MOSQ_ERR_INVAL for another key or identity. `last_error` has the reason, and the client keeps the key of an
   *   earlier call then
   */
  tls_psk_set(psk: string, identity: string, ciphers: string | null = null): number {
    return live(this, 'tls_psk_set').tls_psk_set(psk, identity, ciphers);
  }

  /**
   * Sets certificate revocation lists, against which the client checks the broker's certificate and each CA of its chain.
   * Each of these certificates needs a list of its issuer that is valid now. Without this call, which is the default, the
   * client checks lists in the CA file, in the CA folder, or among the system's certificates, and a CA may lack a list.
   * tls_opts_set(0) disables all lists. C has no such function.
   *
   * @param crlfile one or more lists: PEM text, or the path of a file, which is read again for each connection; null removes
   *   the lists
   * @returns MOSQ_ERR_INVAL for a file that cannot be read, that has no list, or whose list is damaged; the client keeps the
   *   earlier lists then
   */
  tls_crl_set(crlfile: Pem | null): number {
    return live(this, 'tls_crl_set').tls_crl_set(crlfile);
  }

  /**
   * Sets a SOCKS5 proxy to connect through; there is none by default. mosquitto_socks5_set().
   *
   * @param host name or IP address of the proxy
   * @param port 1 to 65535; 1080 by default
   * @param username null, the default, for a proxy that requires none
   * @param password null by default
   */
  socks5_set(host: string, port = 1080, username: string | null = null, password: string | null = null): number {
    check_hostname('host', host);
    return live(this, 'socks5_set').socks5_set(host, port, username, password);
  }

  /**
   * Sets an option that is a number. mosquitto_int_option().
   *
   * @param option one of MOSQ_OPT_*, such as MOSQ_OPT_PROTOCOL_VERSION with MQTT_PROTOCOL_V5
   * @param value the value of the option. By default it is MQTT_PROTOCOL_V311 for MOSQ_OPT_PROTOCOL_VERSION, MOSQ_T_TCP for
   *   MOSQ_OPT_TRANSPORT, 20 for MOSQ_OPT_RECEIVE_MAXIMUM and MOSQ_OPT_SEND_MAXIMUM, 1 for MOSQ_OPT_TCP_NODELAY, 4096 for
   *   MOSQ_OPT_HTTP_HEADER_SIZE, and 0 for all others
   * @returns MOSQ_ERR_INVAL for an unknown option; MOSQ_ERR_NOT_SUPPORTED when the library was built without it
   */
  int_option(option: number, value: number): number {
    return live(this, 'int_option').int_option(option, value);
  }

  /**
   * Sets an option that is a string. mosquitto_string_option().
   *
   * @param option one of MOSQ_OPT_*, such as MOSQ_OPT_BIND_ADDRESS
   * @param value null, the default of each option, removes it
   * @returns as int_option(). MOSQ_ERR_INVAL for a MOSQ_OPT_HTTP_PATH that has more than 512 bytes, a space or a line break,
   *   and for a MOSQ_OPT_TLS_ALPN that is empty or has more than 255 bytes
   */
  string_option(option: number, value: string | null): number {
    return live(this, 'string_option').string_option(option, value);
  }

  /**
   * Sets the largest packet to accept from the broker, without its fixed header. The connection ends with
   * MOSQ_ERR_OVERSIZE_PACKET before a larger packet is read into memory. The same size also limits the memory for received
   * messages of QoS 2 without PUBREL: to 20 times it (or the receive maximum times it, if that is more), and to 512 MiB at
   * most. More ends the connection with MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED. C has no such function.
   *
   * @param bytes 134 217 728 (128 MiB) by default; 0 for no limit except MQTT's 268 435 455
   * @returns MOSQ_ERR_NOT_SUPPORTED with the system's libmosquitto, which has no limit
   */
  max_packet_size_set(bytes: number): number {
    return live(this, 'max_packet_size_set').max_packet_size_set(bytes);
  }

  /**
   * Sets the time limit of one attempt to connect, from the TCP connect to an address of the host until CONNACK. It includes
   * the SOCKS, TLS and WebSocket handshakes, but not the name look-up. When an address does not accept in time, the client
   * tries the next one. A connection without CONNACK is closed: on_disconnect gets MOSQ_ERR_TIMEOUT, loop() returns it, and a
   * loop in the background tries again after the delay of reconnect_delay_set(). A loop in the background checks the limit
   * once a second, loop() in each call. A new value applies from the next attempt on. C has no such function: there the limit
   * is the keepalive.
   *
   * @param seconds at least 1; 30 by default, whatever the keepalive
   * @returns MOSQ_ERR_INVAL for less than 1
   */
  connect_timeout_set(seconds: number): number {
    return live(this, 'connect_timeout_set').connect_timeout_set(seconds);
  }

  /**
   * Sets the delay of loop_start() and loop_forever() before each attempt to reconnect: 1 second by default. After each
   * accepted connection the delay is `delay` again. mosquitto_reconnect_delay_set().
   *
   * @param delay seconds before the first attempt; 0 means 1
   * @param delay_max the longest delay in seconds; by default it equals `delay`, and the delay stays the same
   * @param exponential_backoff true doubles the delay each time; false, the default, adds `delay` each time
   */
  reconnect_delay_set(delay: number, delay_max = delay, exponential_backoff = false): number {
    return live(this, 'reconnect_delay_set').reconnect_delay_set(delay, delay_max, exponential_backoff);
  }

  /**
   * Sets the largest number of messages of QoS 1 and 2 in flight; further messages stay queued. It applies to the current
   * connection too. The receive maximum in the broker's CONNACK applies instead if it is smaller. On the system's
   * libmosquitto 2.0 a new maximum applies from the next connection on, and any receive maximum replaces it.
   * mosquitto_max_inflight_messages_set().
   *
   * @param max at most 65535; 20 by default; 0 for no limit
   * @returns MOSQ_ERR_INVAL for another number
   */
  max_inflight_messages_set(max: number): number {
    return live(this, 'max_inflight_messages_set').max_inflight_messages_set(max);
  }

  /**
   * Limits the outgoing messages: those that publish() has taken and on_publish has not confirmed, of every QoS. publish() of
   * one more takes nothing and returns MOSQ_ERR_NOMEM, and last_error then says that the queue is full. There is room again
   * after the next on_publish, or after on_dropped. A new limit applies at once, and drops no message. C has no such function,
   * and no limit.
   *
   * @param messages 0, the default: no limit
   * @param bytes of the payloads together; 0, the default: no limit. A larger message is never taken
   * @returns MOSQ_ERR_INVAL for a negative number
   */
  max_queued_messages_set(messages: number, bytes = 0): number {
    return live(this, 'max_queued_messages_set').max_queued_messages_set(messages, bytes);
  }

  /**
   * Does nothing: libmosquitto has not sent messages again within a connection since 1.4. mosquitto_message_retry_set().
   *
   * @param seconds an integer, without effect; it has no default
   */
  message_retry_set(seconds: number): void {
    live(this, 'message_retry_set');
    check_integer(1, 'seconds', seconds);
  }
}
