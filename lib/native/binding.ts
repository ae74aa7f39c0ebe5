// Loads the addon and declares its exports. Their names are those of libmosquitto without `mosquitto_`. Users of the package
// cannot reach them: they call the package's classes and functions, which call the addon.

import type { NativeFunctions } from './binding-functions';
import { load_addon } from './load-addon';
import type { Payload } from './message';
import type { Properties } from './properties';

/** The versions and features that the addon was built with. */
export interface BuildInfo {
  /** libmosquitto's exact version, such as '2.1.2'. lib_version() reports 2.1.0 for every 2.1.x. */
  readonly libmosquitto: string;
  /**
   * Whether this package was reviewed with that libmosquitto: with the same version and, in a static build, the same source
   * files. When it is false, parts of libmosquitto that the addon replaces or relies on may differ.
   */
  readonly reviewed: boolean;
  /** 'static': built into the addon; 'system': the libmosquitto that the operating system has. */
  readonly linkage: 'static' | 'system';
  /** OpenSSL's own version text; '' in a build without TLS. */
  readonly openssl: string;
  /** Features that libmosquitto was built with. */
  readonly features: {
    /** tls_set(): TLS with certificates. */
    readonly tls: boolean;
    /** tls_psk_set(): TLS with a pre-shared key. */
    readonly tls_psk: boolean;
    /** socks5_set(). */
    readonly socks: boolean;
    /** MOSQ_OPT_TRANSPORT with MOSQ_T_WEBSOCKETS. */
    readonly websockets: boolean;
    /** A path as host name, with port 0. */
    readonly unix_sockets: boolean;
    /** The C library's own loop in a thread, which this package does not use. */
    readonly threads: boolean;
  };
}

/** The counters and sizes of a client since it was created, or reinitialised. */
export interface MosquittoStats {
  /** Messages that came from the broker, whether or not a callback got them. */
  readonly messages_received: number;
  /** The bytes of their payloads. */
  readonly bytes_received: number;
  /** Messages that on_publish has confirmed: written (QoS 0), or acknowledged by the broker (QoS 1 and 2). */
  readonly messages_sent: number;
  /** The bytes of their payloads. */
  readonly bytes_sent: number;
  /** Messages of QoS 0 that were lost with their connection, as on_dropped reports them. */
  readonly dropped: number;
  /** Connections that the broker has accepted, without the first. */
  readonly reconnects: number;
  /** Messages that publish() has taken and on_publish has not confirmed. max_queued_messages_set() limits these. */
  readonly outgoing_messages: number;
  /** The bytes of their payloads. */
  readonly outgoing_bytes: number;
  /**
   * The outgoing messages of QoS 1 and 2 that were sent on the current connection. The system's libmosquitto does not tell:
   * there it is the number of such messages, 20 at most.
   */
  readonly inflight: number;
  /** The memory that events take which JavaScript has not got yet. */
  readonly undelivered_bytes: number;
}

/** The object that gets the events of a client. The addon calls its methods. */
export interface NativeSink {
  /**
   * Delivers a batch of events. `manual` is true inside loop() and its parts. These calls throw the errors of callbacks.
   */
  dispatch(batch: ArrayBuffer, manual: boolean): void;
  /** Calls on_pre_connect inside a call that connects. */
  pre_connect_now(): void;
  /** Does the same as the look_up event, inside loop() and its parts. */
  look_up(question: number, domain: string): void;
}

/**
 * The addon's part of a client, around one `struct mosquitto`. Each method checks the types of its arguments. A method that
 * returns a number returns a MOSQ_ERR_* code, unless its comment says otherwise.
 */
export interface NativeClient {
  sink: NativeSink;
  /** Begins the attempt to connect. Called after on_pre_connect has returned. */
  pre_connect_done(): void;
  /** Passes the result of on_ext_auth to libmosquitto. The connection then continues. */
  ext_auth_result(rc: number): void;
  /** Sets which kinds of events have a callback: bit `1 << kind` of event-records.ts. */
  listen(mask: number): void;
  reinitialise(client_id: string | null, clean_session: boolean): number;
  destroy(): void;

  connect(
    hostname: string,
    port: number,
    keepalive: number,
    bind_address: string | null,
    properties: Properties | null,
  ): number;
  connect_async(
    hostname: string,
    port: number,
    keepalive: number,
    bind_address: string | null,
    properties: Properties | null,
  ): number;
  connect_srv(hostname: string, keepalive: number, bind_address: string | null): number;
  /** Returns true while the servers of this look_up event are pending; false once destroyed. */
  look_up_pending(question: number): boolean;
  server_found(question: number, hostname: string, port: number): void;
  /** Ends the answer to a look_up event. `failure` is the reason why no server was found; null when one was found. */
  servers_done(question: number, failure: string | null): void;
  reconnect(): number;
  reconnect_async(): number;
  disconnect(reason_code: number, properties: Properties | null): number;

  publish(topic: string, payload: Payload, qos: number, retain: boolean, properties: Properties | null): number;
  subscribe(topic: string | readonly string[], qos: number, options: number, properties: Properties | null): number;
  unsubscribe(topic: string | readonly string[], properties: Properties | null): number;
  /** Returns the number of the flushed event that will come, 0 if nothing is outstanding, or a negated MOSQ_ERR_* code. */
  flush(): number;
  flush_cancel(question: number): void;
  last_mid(): number;
  last_errno(): number;
  last_error(): string;
  stats(): MosquittoStats;
  /** One of `enum class State` in native/client/client.h. */
  state(): number;

  loop(timeout: number, max_packets: number): number;
  loop_start(thread: boolean): number;
  loop_stop(force: boolean): number;
  /** Returns 0 when the loop runs; a loop_end event reports its end. Otherwise returns the code that ended it at once. */
  loop_forever(): number;
  loop_read(max_packets: number): number;
  loop_write(max_packets: number): number;
  loop_misc(): number;
  want_write(): boolean;
  socket(): number;
  threaded_set(threaded: boolean): number;

  username_pw_set(username: string | null, password: string | Uint8Array | null): number;
  will_set(topic: string, payload: Payload, qos: number, retain: boolean, properties: Properties | null): number;
  will_clear(): number;
  ext_auth_continue(method: string, data: Uint8Array | null, properties: Properties | null): number;
  socks5_set(host: string, port: number, username: string | null, password: string | null): number;
  tls_set(
    cafile: string | Uint8Array | null,
    capath: string | null,
    certfile: string | Uint8Array | null,
    keyfile: string | Uint8Array | null,
    passphrase: string | null,
  ): number;
  tls_insecure_set(value: boolean): number;
  tls_wanted(): boolean;
  tls_opts_set(cert_reqs: number, tls_version: string | null, ciphers: string | null): number;
  tls_psk_set(psk: string, identity: string, ciphers: string | null): number;
  tls_crl_set(crlfile: string | Uint8Array | null): number;
  int_option(option: number, value: number): number;
  string_option(option: number, value: string | null): number;
  max_packet_size_set(bytes: number): number;
  connect_timeout_set(seconds: number): number;
  reconnect_delay_set(delay: number, delay_max: number, exponential_backoff: boolean): number;
  max_inflight_messages_set(max: number): number;
  max_queued_messages_set(messages: number, bytes: number): number;

  ref(): void;
  unref(): void;
}

interface Binding extends NativeFunctions {
  /** Throws an Error with the MOSQ_ERR_* code as `rc` when mosquitto_new() returns NULL. */
  readonly Client: new (
    client_id: string | null,
    clean_session: boolean,
  ) => NativeClient;
  /** Whether native/libmosquitto/engine is linked in: the part that exists only for speed. Tests of that part read this. */
  readonly engine: boolean;
  /** Every property of MQTT 5. */
  readonly properties: ReadonlyArray<{ readonly identifier: number; readonly type: number; readonly name: string }>;
  build_info(): BuildInfo;
  /** Raises 'uncaughtException' now, before it returns. */
  report_exception(error: unknown): void;
  /** Stops the network thread: environment cleanup hooks do not run on process.exit(). */
  shutdown(): void;
}

export const binding = load_addon() as Binding;
process.on('exit', () => binding.shutdown());
