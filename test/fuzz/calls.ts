import {
  MOSQ_OPT_PROTOCOL_VERSION,
  MOSQ_OPT_RECEIVE_MAXIMUM,
  MOSQ_OPT_SEND_MAXIMUM,
  MOSQ_OPT_TCP_NODELAY,
  MOSQ_OPT_TRANSPORT,
  MOSQ_T_TCP,
  MOSQ_T_WEBSOCKETS,
  type Mosquitto,
  type Properties,
} from 'libmosquitto';
import type { Transport } from './broker';
import type { Random } from './random';

/** A handler throws this on purpose. */
export class Thrown extends Error {}

export interface Target {
  readonly port: number;
  readonly version: 3 | 4 | 5;
  readonly transport: Transport;
  /** How the client is driven by random calls: 'hand' leaves it to session.ts alone. */
  readonly mode: 'loop' | 'event loop' | 'thread' | 'hand';
}

const TOPICS = ['fuzz/a', 'fuzz/a/b', 'fuzz/ä', 'x', `long/${'y'.repeat(300)}`] as const;
const FILTERS = ['fuzz/#', '#', '+/a', 'fuzz/a', '$share/group/fuzz/#'] as const;
const SIZES = [0, 1, 10, 100, 5000, 9000, 70_000, 400_000] as const;
const PROPERTIES: readonly [Properties | null, ...Array<Properties | null>] = [
  null,
  null,
  { 'user-property': [['name', 'value']] },
  { 'topic-alias': 1 },
  { 'message-expiry-interval': 5, 'content-type': 'text/plain', 'correlation-data': Buffer.from('data') },
  { 'session-expiry-interval': 60 },
  { 'reason-string': 'reason' },
];

export function prepare(client: Mosquitto, { version, transport, port }: Target): void {
  client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version);
  client.int_option(MOSQ_OPT_TRANSPORT, transport === 'websocket' ? MOSQ_T_WEBSOCKETS : MOSQ_T_TCP);
  if (transport === 'socks') client.socks5_set('127.0.0.1', port, 'user', 'password');
}

export function start(client: Mosquitto, { mode }: Target): void {
  if (mode === 'thread') client.loop_start();
  if (mode === 'event loop') client.loop_start({ thread: false });
}

/** Any call of the API, with arguments that are mostly good. It may throw: see isExpected(). */
function call(client: Mosquitto, target: Target, random: Random): void {
  const properties = target.version === 5 || random.once(20) ? random.of(PROPERTIES) : null;
  const qos = random.of([0, 1, 2] as const);
  const { port } = target;
  switch (random.below(40)) {
    case 0:
      client.connect('127.0.0.1', port, random.of([5, 60, 0]), null, null);
      break;
    case 1:
      client.connect_async('127.0.0.1', port);
      break;
    case 2:
      client.reconnect_async();
      break;
    case 3:
      if (random.once(3)) client.disconnect(target.version === 5 ? 4 : 0, random.once(3) ? properties : null);
      break;
    case 4:
      if (random.once(6)) client.destroy();
      break;
    case 5:
      if (!random.once(6)) break;
      client.reinitialise(random.of(['fuzz', null, 'other']), random.once(2));
      prepare(client, target);
      break;
    case 6:
      client.loop_stop(random.once(2));
      break;
    case 7:
      start(client, target);
      break;
    case 8:
      client.will_set('will', 'gone', qos, random.once(2), null);
      break;
    case 9:
      client.will_clear();
      break;
    case 10:
      client.username_pw_set(random.of(['user', null]), random.of(['password', null]));
      break;
    case 11:
      client.subscribe(random.of([...FILTERS]), qos, 0, random.once(3) ? properties : null);
      break;
    case 12:
      client.subscribe([...FILTERS], qos);
      break;
    case 13:
      client.unsubscribe(random.of([...FILTERS]));
      break;
    case 14:
      setCallbacks(client, target, random);
      break;
    case 15:
      client.max_inflight_messages_set(random.of([0, 1, 20, 100]));
      client.max_queued_messages_set(random.of([0, 0, 1, 100]), random.of([0, 1000]));
      break;
    case 16:
      client.int_option(random.of([MOSQ_OPT_SEND_MAXIMUM, MOSQ_OPT_RECEIVE_MAXIMUM]), random.of([1, 20, 65535]));
      break;
    case 17:
      client.max_packet_size_set(random.of([20, 1000, 1_000_000]));
      break;
    case 18:
      client.loop_misc();
      break;
    case 19:
      client.loop_read(random.below(5));
      break;
    case 20:
      client.loop_write(random.below(5));
      break;
    case 21:
      if (target.version === 5) client.ext_auth_continue('fuzz', random.bytes(random.below(20)));
      break;
    case 22:
      client.message_callback_add(random.of([...FILTERS]), () => {
        misbehave(client, target, random);
      });
      break;
    case 23:
      client.message_callback_remove(random.of([...FILTERS]));
      break;
    case 24:
      client.int_option(MOSQ_OPT_TCP_NODELAY, random.below(2));
      break;
    case 25:
      client.reconnect_delay_set(1);
      client.threaded_set(random.once(2));
      break;
    default:
      client.publish(
        random.of([...TOPICS]),
        Buffer.alloc(random.of([...SIZES]), random.below(256)),
        qos,
        random.once(4),
        properties,
      );
  }
}

/** Acts as a handler does: makes a call, throws, or does nothing. */
function misbehave(client: Mosquitto, target: Target, random: Random): void {
  if (random.once(40)) throw new Thrown('thrown on purpose');
  if (random.once(5)) attempt(client, target, random);
}

export function attempt(client: Mosquitto, target: Target, random: Random): void {
  expecting(() => {
    call(client, target, random);
  });
}

/** Calls whose failures are of the kinds that are documented. */
export function expecting(calls: () => void): void {
  try {
    calls();
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

/** True for an error that the API may throw: for arguments, for a destroyed client, or because a handler threw. */
export function isExpected(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.every(isExpected);
  if (error instanceof Thrown || error instanceof TypeError || error instanceof RangeError) return true;
  return error instanceof Error && (error.name === 'MosquittoError' || /destroyed/.test(error.message));
}

export function setCallbacks(client: Mosquitto, target: Target, random: Random): void {
  const handler = random.once(8)
    ? null
    : (): void => {
        misbehave(client, target, random);
      };
  client.on_connect = handler;
  client.on_disconnect = handler;
  client.on_publish = handler;
  client.on_subscribe = handler;
  client.on_unsubscribe = handler;
  client.on_message = handler;
  client.on_pre_connect = random.once(3) ? handler : null;
  client.on_log = random.once(4) ? handler : null;
  client.on_ext_auth = random.once(4)
    ? null
    : () => {
        misbehave(client, target, random);
        if (random.once(4)) return 1;
        client.ext_auth_continue('fuzz', random.bytes(random.below(20)));
        return 0;
      };
}
