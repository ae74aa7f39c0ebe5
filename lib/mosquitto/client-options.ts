import { check_hostname, check_integer } from '../native/arguments';
import type { Payload, QoS } from '../native/message';
import { live } from '../native/native-handle';
import type { Properties } from '../native/properties';
import { ClientCallbacks } from './callbacks';

/** A file's path, or PEM text itself: a string with '-----BEGIN', or bytes. PEM text is never in a file that has a name. */
export type Pem = string | Uint8Array;

/**
 * Options that are set before connect(). Every method that returns a number returns a MOSQ_ERR_* code; a value that
 * libmosquitto does not take is MOSQ_ERR_INVAL.
 */
export abstract class ClientOptions<T> extends ClientCallbacks<T> {
  /**
   * User name and password for the broker. mosquitto_username_pw_set().
   *
   * @param username null for neither, which holds by default
   * @param password text, or bytes without a zero byte: C would cut the password there; null, the default, for none
   * @returns MOSQ_ERR_INVAL for one longer than 65 535 bytes, MOSQ_ERR_MALFORMED_UTF8 for a user name with a control
   *   character or a noncharacter of Unicode. The earlier ones stay then.
   */
  username_pw_set(username: string | null, password: string | Uint8Array | null = null): number {
    return live(this, 'username_pw_set').username_pw_set(username, password);
  }

  /**
   * The message that the broker publishes for this client when its connection breaks without a disconnect(): none by
   * default. mosquitto_will_set_v5().
   *
   * @param topic as in publish(), and so are the others
   * @param payload at most 65 535 bytes; null, the default, for none
   * @param qos 0 by default
   * @param retain false by default
   * @param properties MQTT 5's, of a will; null by default
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

  /** Takes the will off. mosquitto_will_clear(). */
  will_clear(): number {
    return live(this, 'will_clear').will_clear();
  }

  /**
   * TLS, with certificates. mosquitto_tls_set().
   *
   * @param cafile the certificates to verify the broker by; null by default
   * @param capath a folder of such certificates, under their hashed names, or several with ':' between them (';' on
   *   Windows); null by default
   * @param certfile this client's certificate; null by default
   * @param keyfile its key; null by default. Both or neither
   * @param passphrase of an encrypted key; a function is called once, now; null by default
   * @returns MOSQ_ERR_INVAL for neither `cafile` nor `capath`, for a file or a folder that cannot be read, and for a
   *   certificate without its key; `last_error` tells which, and the settings of an earlier call stay then. connect() tells
   *   what is wrong inside a file.
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
   * Whether to take a certificate of another host: never in production, unless the broker is at a unix socket, which has no
   * host name to verify. mosquitto_tls_insecure_set().
   *
   * @param value false by default; connect() to a unix socket returns MOSQ_ERR_TLS then
   */
  tls_insecure_set(value: boolean): number {
    return live(this, 'tls_insecure_set').tls_insecure_set(value);
  }

  /**
   * More of TLS. mosquitto_tls_opts_set().
   *
   * @param cert_reqs 1, the default: the broker's certificate is verified; 0: it is not
   * @param tls_version the lowest version to speak, 'tlsv1.2' or 'tlsv1.3'; null for the library's default
   * @param ciphers OpenSSL's list of ciphers; null for its default. With a list that allows suites without authentication or
   *   without encryption, connect() returns MOSQ_ERR_TLS unless `cert_reqs` is 0
   * @returns MOSQ_ERR_INVAL for another version; nothing has changed then
   */
  tls_opts_set(cert_reqs: 0 | 1, tls_version: string | null = null, ciphers: string | null = null): number {
    return live(this, 'tls_opts_set').tls_opts_set(cert_reqs, tls_version, ciphers);
  }

  /**
   * TLS with a key that both sides know, instead of certificates. mosquitto_tls_psk_set().
   *
   * @param psk the key in hexadecimal, without 0x: 1 to 512 bytes (256 with an OpenSSL before 3), two digits each
   * @param identity this client's name: at most 255 bytes (127 with an OpenSSL before 3)
   * @param ciphers OpenSSL's list of ciphers; null, the default, for all with a pre-shared key. With a list that allows
   *   suites without authentication or without encryption, connect() returns MOSQ_ERR_TLS
   * @returns MOSQ_ERR_INVAL for another key or identity; `last_error` tells why, and the key of an earlier call stays then
   */
  tls_psk_set(psk: string, identity: string, ciphers: string | null = null): number {
    return live(this, 'tls_psk_set').tls_psk_set(psk, identity, ciphers);
  }

  /**
   * Certificate revocation lists to check the broker's certificate by, and each CA of its chain: each of them needs a list
   * of its issuer that is valid now. By default, without this call, lists in the CA file, in the CA folder, or among the system's
   * certificates are checked, and a CA may lack one. Not checked after tls_opts_set(0). Ours, not C's.
   *
   * @param crlfile one or more lists: PEM text, or the path of a file, which is read again for each connection; null takes
   *   the lists back
   * @returns MOSQ_ERR_INVAL for a file that cannot be read, and for one without a list or with a damaged one
   */
  tls_crl_set(crlfile: Pem | null): number {
    return live(this, 'tls_crl_set').tls_crl_set(crlfile);
  }

  /**
   * A SOCKS5 proxy to connect through: none by default. mosquitto_socks5_set().
   *
   * @param host its name or IP address
   * @param port 1 to 65535; 1080 by default
   * @param username null, the default, for a proxy that asks for none
   * @param password null by default
   */
  socks5_set(host: string, port = 1080, username: string | null = null, password: string | null = null): number {
    check_hostname('host', host);
    return live(this, 'socks5_set').socks5_set(host, port, username, password);
  }

  /**
   * An option that is a number. mosquitto_int_option().
   *
   * @param option one of MOSQ_OPT_*, such as MOSQ_OPT_PROTOCOL_VERSION with MQTT_PROTOCOL_V5
   * @param value the option's. By default MOSQ_OPT_PROTOCOL_VERSION is MQTT_PROTOCOL_V311, MOSQ_OPT_TRANSPORT MOSQ_T_TCP,
   *   MOSQ_OPT_RECEIVE_MAXIMUM and MOSQ_OPT_SEND_MAXIMUM 20, MOSQ_OPT_TCP_NODELAY 1, MOSQ_OPT_HTTP_HEADER_SIZE 4096, and
   *   all others 0
   * @returns MOSQ_ERR_INVAL for an unknown option; MOSQ_ERR_NOT_SUPPORTED where the library was built without it
   */
  int_option(option: number, value: number): number {
    return live(this, 'int_option').int_option(option, value);
  }

  /**
   * An option that is a string. mosquitto_string_option().
   *
   * @param option one of MOSQ_OPT_*, such as MOSQ_OPT_BIND_ADDRESS
   * @param value null, which holds by default, takes it off
   * @returns as int_option(); MOSQ_ERR_INVAL for a MOSQ_OPT_HTTP_PATH of more than 512 bytes, with a space or a line
   *   break, and for a MOSQ_OPT_TLS_ALPN that is empty or has more than 255 bytes
   */
  string_option(option: number, value: string | null): number {
    return live(this, 'string_option').string_option(option, value);
  }

  /**
   * The largest packet to take from the broker, without its fixed header: the connection ends with
   * MOSQ_ERR_OVERSIZE_PACKET before a larger one is read into memory. As much as 20 of them (or the receive maximum, if
   * that is more), and 512 MiB at most, is what messages of QoS 2 may take until the broker releases them; more ends the
   * connection with MOSQ_ERR_RECEIVE_MAXIMUM_EXCEEDED. Ours, not C's.
   *
   * @param bytes 134 217 728 (128 MiB) by default; 0 for no limit but MQTT's 268 435 455
   * @returns MOSQ_ERR_NOT_SUPPORTED with a system's libmosquitto, which has no limit
   */
  max_packet_size_set(bytes: number): number {
    return live(this, 'max_packet_size_set').max_packet_size_set(bytes);
  }

  /**
   * Bounds one attempt to connect, from the TCP connect to an address of the host until CONNACK: SOCKS, TLS and WebSocket
   * handshakes are included, the name look-up is not. An address that does not accept in time is given up, and the next
   * one is tried. A connection without CONNACK is closed: on_disconnect gets MOSQ_ERR_TIMEOUT, which loop() returns, and a
   * loop in the background tries again after the delay of reconnect_delay_set(). The clock is looked at once a second,
   * by loop() in each call. The next attempt is the first to which it applies. Ours, not C's, which waits for the keepalive.
   *
   * @param seconds at least 1; 30 by default, whatever the keepalive
   * @returns MOSQ_ERR_INVAL for less than 1
   */
  connect_timeout_set(seconds: number): number {
    return live(this, 'connect_timeout_set').connect_timeout_set(seconds);
  }

  /**
   * How long loop_start() and loop_forever() wait before each attempt to connect again: 1 second by default.
   * Counting starts anew after each accepted connection. mosquitto_reconnect_delay_set().
   *
   * @param delay seconds before the first attempt; 0 is taken for 1
   * @param delay_max the most seconds; equal to `delay`, the default, it stays the same
   * @param exponential_backoff true doubles the delay each time; false, the default, adds `delay` each time
   */
  reconnect_delay_set(delay: number, delay_max = delay, exponential_backoff = false): number {
    return live(this, 'reconnect_delay_set').reconnect_delay_set(delay, delay_max, exponential_backoff);
  }

  /**
   * How many messages of QoS 1 and 2 may be in flight; the others wait. It holds for a connection that stands too. The
   * receive maximum in the broker's CONNACK holds instead where it is smaller. On the system's libmosquitto 2.0 a new
   * maximum holds from the next connection, and any receive maximum replaces it. mosquitto_max_inflight_messages_set().
   *
   * @param max at most 65535; 20 by default; 0 for no limit
   * @returns MOSQ_ERR_INVAL for another number
   */
  max_inflight_messages_set(max: number): number {
    return live(this, 'max_inflight_messages_set').max_inflight_messages_set(max);
  }

  /**
   * Does nothing: libmosquitto has not sent messages again within a connection since 1.4. mosquitto_message_retry_set().
   *
   * @param seconds an integer; no value of it, and no default, has an effect
   */
  message_retry_set(seconds: number): void {
    live(this, 'message_retry_set');
    check_integer(1, 'seconds', seconds);
  }
}
