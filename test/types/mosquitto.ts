// Checked by tsc, never run: what the public types accept, give, and refuse.

import type {
  BuildInfo,
  HelperOptions,
  LibVersion,
  MosquittoMade,
  MosquittoMessage,
  Payload,
  Properties,
  QoS,
} from 'libmosquitto';
import {
  build_info,
  connack_string,
  lib_version,
  MOSQ_ERR_CONN_LOST,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_SUCCESS,
  MOSQ_LOG_ALL,
  MOSQ_LOG_DEBUG,
  Mosquitto,
  MosquittoError,
  strerror,
  subscribe_callback,
  subscribe_simple,
  topic_matches_sub,
} from 'libmosquitto';
import { exactly, used } from './exactly';

interface State {
  count: number;
}

class Recorder extends Mosquitto<State> {
  readonly seen: string[] = [];

  constructor() {
    super('recorder', true, { count: 0 });
    this.on_message = this.record;
    this.on_connect = this.record.bind(this, this, { count: 1 });
  }

  record(_mosq: Mosquitto<State>, obj: State, msg?: unknown): void {
    obj.count += 1;
    this.seen.push(String(msg));
  }
}

// ---------------------------------------------------------------- construction

export const plain = new Mosquitto();
exactly<Mosquitto<unknown>>()(plain, true);
export const with_id: Mosquitto[] = [new Mosquitto('id'), new Mosquitto(null), new Mosquitto(undefined, true)];
export const with_state = new Mosquitto('id', false, { count: 0 });
exactly<Mosquitto<{ count: number }>>()(with_state, true);
exactly<{ count: number }>()(with_state.userdata(), true);

// @ts-expect-error: a client id is a string
new Mosquitto(5);
// @ts-expect-error: clean_session is a boolean
new Mosquitto('id', 1);
// @ts-expect-error: the obj is of the type that was asked for
new Mosquitto<State>('id', true, { count: 'one' });
export const later: Mosquitto<State | undefined> = new Mosquitto<State | undefined>('id');
export const explicit: Mosquitto<State> = new Mosquitto<State>('id', true, { count: 0 });
export const without_obj: Mosquitto<State> = new Mosquitto<State>('id');

export function explicit_type(): void {
  const client = new Mosquitto<State>('id', true, { count: 0 });
  // Exported, so that a declaration file can name it.
  exactly<MosquittoMade<State, State>>()(client, true);
  exactly<State>()(client.userdata(), true);
  client.on_connect = (mosq, obj) => {
    exactly<State>()(obj, true);
    mosq.on_connect = null;
  };
  client.on_message = null;
  // @ts-expect-error: null takes a callback off
  client.on_log = undefined;
  client.message_callback_add('a/+', (mosq) => mosq.message_callback_remove('a/+'));
  used.push(client.on_message?.(client, { count: 1 }, {} as MosquittoMessage));
}

// A type parameter without an object: callbacks get undefined until an object is set.
export function explicit_type_without_obj(): void {
  const client = new Mosquitto<State>('id');
  client.on_message = (mosq, obj, msg) => {
    exactly<State | undefined>()(obj, true);
    if (obj === undefined) mosq.user_data_set({ count: 0 });
    else obj.count += msg.payloadlen;
  };
  client.on_message = null;
  // @ts-expect-error: the obj may be missing
  client.on_connect = (_mosq: Mosquitto<State>, _obj: State) => undefined;
  // @ts-expect-error: the obj will be a State
  client.user_data_set('other');
}

// A function with a parameter of type client accepts any client, a subclass too.
export const any_client: Mosquitto[] = [with_state, new Recorder()];
export const same_state: Mosquitto<State> = new Recorder();
// @ts-expect-error: not the other way round
export const narrowed: Mosquitto<State> = plain;

// ---------------------------------------------------------------- callbacks

function declared(...details: unknown[]): void {
  used.push(details);
}

export function callbacks(client: Mosquitto<State>): void {
  client.on_connect = (mosq, obj, rc, flags) => {
    exactly<Mosquitto<State>>()(mosq, true);
    exactly<State>()(obj, true);
    exactly<number>()(rc, true);
    exactly<number>()(flags, true);
  };
  client.on_disconnect = (_mosq, _obj, rc) => exactly<number>()(rc, true);
  client.on_publish = (_mosq, _obj, mid, reason_code) => {
    exactly<number>()(mid, true);
    exactly<number>()(reason_code, true);
  };
  client.on_message = (mosq, obj, msg) => {
    obj.count += msg.payloadlen;
    exactly<MosquittoMessage>()(msg, true);
    exactly<number>()(mosq.publish('echo', msg.payload, msg.qos, msg.retain), true);
  };
  client.on_subscribe = (_mosq, _obj, mid, qos_list) => {
    exactly<number>()(mid, true);
    exactly<number[]>()(qos_list, true);
  };
  client.on_unsubscribe = (_mosq, _obj, mid, reason_codes) => {
    exactly<number>()(mid, true);
    exactly<number[]>()(reason_codes, true);
  };
  client.on_log = (_mosq, _obj, level, text) => {
    exactly<number>()(level, true);
    exactly<string>()(text, true);
  };

  // Fewer parameters, none at all, a function declared elsewhere, an asynchronous one, another client's.
  client.on_message = () => undefined;
  client.on_log = declared;
  client.on_connect = async (mosq) => {
    await Promise.resolve();
    mosq.subscribe('#');
  };
  client.on_disconnect = with_state.on_disconnect;
  client.on_message = null;

  // @ts-expect-error: a callback is a function
  client.on_message = 'on_message';
  // @ts-expect-error: null takes a callback off
  client.on_message = undefined;
  // @ts-expect-error: rc is a number
  client.on_connect = (_mosq: Mosquitto<State>, _obj: State, _rc: string) => undefined;
  // @ts-expect-error: the obj is a State
  client.on_log = (_mosq: Mosquitto<State>, _obj: State & { more: boolean }) => undefined;
  // @ts-expect-error: nothing is passed after the flags
  client.on_connect = (_mosq, _obj, _rc, _flags, _more: number) => undefined;
}

new Recorder().on_message = (mosq) => {
  exactly<Recorder>()(mosq, true);
};

// ---------------------------------------------------------------- messages

export function message(msg: MosquittoMessage): void {
  exactly<QoS>()(msg.qos, true);
  exactly<boolean>()(msg.retain, true);
  exactly<Buffer>()(msg.payload, true);
  exactly<string>()(msg.topic, true);
  // @ts-expect-error: what was received is read-only
  msg.topic = 'other';
}

export const payloads: Payload[] = [
  null,
  undefined,
  'text',
  Buffer.from('bytes'),
  new Uint8Array(1),
  new Float64Array(1),
  new DataView(new ArrayBuffer(1)),
  new ArrayBuffer(1),
];
// @ts-expect-error: a number is not a payload
export const no_payload: Payload = 5;
// @ts-expect-error: nor is an object
export const no_payload_either: Payload = { value: 5 };

// ---------------------------------------------------------------- values that a program has

exactly<0 | 1 | 2>()(0 as QoS, true);

export function forwarded(client: Mosquitto, topics: readonly string[], qos: QoS): void {
  used.push(client.subscribe(topics, qos), client.unsubscribe(topics), client.subscribe(['a', 'b'] as const));
  used.push(
    subscribe_simple(topics, { qos }),
    subscribe_callback(() => true, topics),
  );
}

// Under exactOptionalPropertyTypes: an optional value may be passed on as undefined.
export function perhaps(
  client: Mosquitto,
  text: string | undefined,
  qos: QoS | undefined,
  on: boolean | undefined,
): void {
  const properties: Properties = { 'content-type': text, 'user-property': undefined };
  const options: HelperOptions = {
    ...{ qos, username: text, clean_session: on },
    will: { topic: 'topic', payload: text, qos, retain: on },
    tls: { cafile: text, passphrase: text, insecure: on },
  };
  const none: HelperOptions = { will: undefined, tls: undefined };
  used.push(client.publish('topic', text, qos, on, properties), client.loop_start({ thread: on }), none);
  used.push(subscribe_simple('topic', { ...options, msg_count: undefined, want_retained: on }));
}

// ---------------------------------------------------------------- methods

export async function methods(client: Mosquitto<State>): Promise<void> {
  const codes: number[] = [
    client.reinitialise(),
    client.reinitialise('id', true, { count: 1 }),
    client.connect('localhost'),
    client.connect('localhost', 1883, 60, '127.0.0.1'),
    client.connect_async('localhost', 1883, 60, null),
    client.reconnect(),
    client.reconnect_async(),
    client.disconnect(),
    client.publish('topic'),
    client.publish('topic', 'payload', 2, true),
    client.subscribe('topic'),
    client.subscribe('topic', 1),
    client.unsubscribe('topic'),
    client.last_mid,
    client.last_errno,
    client.loop(),
    client.loop(100, 1),
    client.loop_start(),
    client.loop_start({}),
    client.loop_start({ thread: false }),
    client.loop_stop(),
    client.loop_stop(true),
    await client.loop_forever(),
    await client.loop_forever(-1, 1),
    client.loop_read(),
    client.loop_write(1),
    client.loop_misc(),
    client.socket(),
    client.threaded_set(true),
    client.username_pw_set('name'),
    client.username_pw_set(null, null),
    client.username_pw_set('name', Buffer.from('secret')),
    client.will_set('topic', 'payload', 1, false),
    client.will_clear(),
    client.connect_timeout_set(30),
    client.reconnect_delay_set(1),
    client.reconnect_delay_set(1, 30, true),
    client.max_inflight_messages_set(20),
    client.max_queued_messages_set(1000),
    client.max_queued_messages_set(0, 1_000_000),
    client.stats().outgoing_bytes,
  ];
  used.push(codes);
  exactly<boolean>()(client.want_write(), true);
  exactly<void>()(client.message_retry_set(20), true);
  exactly<void>()(client.user_data_set({ count: 2 }), true);
  exactly<State>()(client.userdata(), true);
  exactly<Mosquitto<State>>()(client.unref().ref(), true);
  exactly<Recorder>()(new Recorder().unref(), true);
  exactly<void>()(client.destroy(), true);
  {
    using scoped = new Mosquitto('scoped');
    scoped.loop(0);
  }

  // @ts-expect-error: a host name is needed
  client.connect();
  // @ts-expect-error: a port is a number
  client.connect('localhost', '1883');
  // @ts-expect-error: a topic is needed
  client.publish();
  // @ts-expect-error: there is no QoS 3
  client.publish('topic', null, 3);
  // @ts-expect-error: retain is a boolean
  client.publish('topic', null, 0, 1);
  // @ts-expect-error: loop_start() takes options
  client.loop_start(true);
  // @ts-expect-error: the obj is a State
  client.user_data_set('other');
  // @ts-expect-error: the id is given by the library
  client.last_mid = 5;
}

// ---------------------------------------------------------------- functions, constants, errors

exactly<string>()(strerror(MOSQ_ERR_CONN_LOST), true);
exactly<string>()(connack_string(5), true);
exactly<boolean>()(topic_matches_sub('a/+', 'a/b'), true);
exactly<LibVersion>()(lib_version(), true);
exactly<number>()(lib_version().major, true);
exactly<BuildInfo>()(build_info(), true);
exactly<boolean>()(build_info().reviewed, true);
exactly<'static' | 'system'>()(build_info().linkage, true);
exactly<boolean>()(build_info().features.tls_psk, true);

// Literal types: a switch over codes is checked.
exactly<0>()(MOSQ_ERR_SUCCESS, true);
exactly<3>()(MOSQ_ERR_INVAL, true);
exactly<16>()(MOSQ_LOG_DEBUG, true);
exactly<4294967295>()(MOSQ_LOG_ALL, true);

export function caught(error: unknown): void {
  if (!(error instanceof MosquittoError)) return;
  exactly<number>()(error.rc, true);
  exactly<string>()(error.code, true);
  exactly<number | undefined>()(error.errno, true);
  used.push(error.message, error.stack);
}
