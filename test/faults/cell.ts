import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { MOSQ_ERR_NO_CONN, MOSQ_OPT_PROTOCOL_VERSION, type Mosquitto, type Properties } from 'libmosquitto';
import type { Mode } from '../support/drive';
import { type Direction, type FaultProxy, faultProxyFor } from '../support/fault-proxy';
import { clientFor, defer, driveFor } from '../support/scope';
import type { Address } from '../support/traffic';
import { until } from '../support/wait';
import type { Preparation } from '../support/ways';
import { type QoS, Sequence } from './sequence';

/** One cell of the matrix: a client behind the proxy exchanges messages with a client that has a direct connection. */
export interface Cell {
  readonly mode: Mode;
  readonly version: 4 | 5;
  readonly qos: QoS;
  readonly role: 'sends' | 'receives';
  /**
   * The directions in which a connection goes dead, one time each. The client detects a dead connection after two
   * keepalives.
   */
  readonly holes: readonly Direction[][];
}

// The numbers of unconfirmed messages at the end of a connection, alternately. The first exceeds IN_FLIGHT, so that
// some messages are queued. The second is smaller, so that a message that is published before CONNACK could overtake.
const WINDOWS = [40, 8] as const;
// More than the 20 of a new connection, and the number that the broker of matrix.ts allows.
export const IN_FLIGHT = 30;
const BEFORE_CONNACK = 5;
const BETWEEN_FAULTS = 40;
const KEEPALIVE = 5;
const SESSION: Properties = { 'session-expiry-interval': 3600 };
let cells = 0;

type Step = (proxy: FaultProxy, lost: () => Promise<void>, traffic: () => Promise<void>) => Promise<void>;

/** A fault that ends the connection. The client reconnects before the step is over. */
function losing(fault: (proxy: FaultProxy) => void): Step {
  return async (proxy, lost) => {
    const next = lost();
    fault(proxy);
    await next;
  };
}

/** A fault that slows the connection down while messages arrive. */
function slowing(shape: Parameters<FaultProxy['shape']>[0]): Step {
  return async (proxy, _lost, traffic) => {
    proxy.shape(shape);
    await traffic();
    proxy.shape({});
  };
}

function steps(cell: Cell): Step[] {
  const data = cell.role === 'sends' ? 'up' : 'down';
  // With QoS 0 only a PINGRESP answers.
  const answers = cell.qos === 0 ? data : cell.role === 'sends' ? 'down' : 'up';
  return [
    losing((proxy) => {
      proxy.end('reset');
    }),
    slowing({ delayMs: 20 }),
    losing((proxy) => {
      proxy.end('fin');
    }),
    slowing({ pieceBytes: 1 }),
    // Cuts somewhere in a packet, and before the bytes that were sent have arrived.
    losing((proxy) => {
      proxy.cut(data, 17, 'reset');
    }),
    slowing({ bytesPerSecond: 20_000 }),
    losing((proxy) => {
      proxy.cut(answers, 19, 'fin');
    }),
    ...cell.holes.map((directions) =>
      losing((proxy) => {
        proxy.hole(...directions);
      }),
    ),
  ];
}

function clientOf(t: TestContext, id: string, version: 4 | 5): Mosquitto {
  const client = clientFor(t, id, false);
  assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, version), 0);
  assert.equal(client.max_inflight_messages_set(IN_FLIGHT), 0);
  client.reconnect_delay_set(1);
  return client;
}

/** Calls connect(), and connects again after each loss: by the driver, or by the loop that calls loop(). */
function keepConnected(t: TestContext, client: Mosquitto, mode: Mode, { host, port }: Address, version: 4 | 5): void {
  assert.equal(client.connect(host, port, KEEPALIVE, null, version === 5 ? SESSION : null), 0);
  if (mode !== 'loop') {
    driveFor(t, client, mode);
    return;
  }
  let going = true;
  const finished = (async () => {
    while (going) {
      // No blocking in poll(), because the proxy and all the other cells run on this event loop.
      if (client.loop(0, 100) === 0) {
        await (client.want_write() ? turn() : sleep(1));
      } else {
        await sleep(20);
        if (going) client.reconnect();
      }
    }
  })();
  finished.catch(() => undefined);
  defer(t, () => {
    going = false;
    return finished;
  });
}

export async function play(
  t: TestContext,
  cell: Cell,
  direct: Address,
  behind: Address,
  prepare: Preparation,
): Promise<void> {
  cells += 1;
  const name = `faults-${process.pid}-${cells}`;
  const proxy = await faultProxyFor(t, behind, () => {
    if (cell.role === 'sends') feed?.publish(BEFORE_CONNACK);
  });
  let feed: Feed | null = null;
  const sequence = new Sequence(cell.qos);
  const receiver = clientOf(t, `${name}-receiver`, cell.version);
  const sender = clientOf(t, `${name}-sender`, cell.version);
  const faulty = cell.role === 'receives' ? receiver : sender;
  prepare(faulty);
  let connects = 0;
  let subscribed = false;
  for (const client of [receiver, sender]) {
    client.on_connect = (mosq, _obj, rc) => {
      if (rc !== 0) return;
      if (client === faulty) connects += 1;
      if (client === receiver && !subscribed) mosq.subscribe(name, cell.qos);
    };
  }
  receiver.on_subscribe = () => {
    subscribed = true;
  };
  receiver.on_message = (_mosq, _obj, msg) => {
    sequence.take(Number.parseInt(msg.payload.toString(), 10));
  };
  for (const client of [receiver, sender]) {
    const [mode, address] = client === faulty ? [cell.mode, proxy] : (['event loop', direct] as const);
    keepConnected(t, client, mode, address, cell.version);
  }
  await until(() => subscribed && connects > 0, 'on_subscribe and on_connect');
  const source = new Feed(sender, name, cell.qos, sequence);
  feed = source;
  defer(t, () => {
    source.stop();
  });
  source.start();

  const state = (): string => `${sequence.count} of ${source.sent} messages have arrived, ${connects} connections`;
  const traffic = async (): Promise<void> => {
    const goal = sequence.count + BETWEEN_FAULTS;
    await until(() => sequence.count >= goal, state, 60000);
  };
  for (const step of steps(cell)) {
    await traffic();
    const known = connects;
    const lost = (): Promise<void> =>
      until(
        () => connects > known,
        () => `another connection: ${state()}`,
        60000,
      );
    await step(proxy, lost, traffic);
    source.window = WINDOWS[connects % 2] ?? 0;
  }
  await traffic();
  const total = source.stop();
  if (cell.qos > 0) await until(() => sequence.count >= total && source.confirmed >= total, state, 60000);
  sequence.check(total, `${name}: ${JSON.stringify(cell)}`);
  assert.deepEqual(source.errors, []);
}

/** Publishes numbers, a fixed count ahead of the numbers that have arrived. */
class Feed {
  sent = 0;
  confirmed = 0;
  window: number = WINDOWS[0];
  readonly errors: string[] = [];
  readonly #sender: Mosquitto;
  readonly #topic: string;
  readonly #qos: QoS;
  readonly #sequence: Sequence;
  readonly #waiting = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(sender: Mosquitto, topic: string, qos: QoS, sequence: Sequence) {
    this.#sender = sender;
    this.#topic = topic;
    this.#qos = qos;
    this.#sequence = sequence;
    sender.on_publish = (_mosq, _obj, mid) => {
      if (qos === 0) return;
      if (!this.#waiting.delete(mid)) this.errors.push(`on_publish for message id ${mid}, which is not on its way`);
      this.confirmed += 1;
    };
  }

  start(): void {
    this.#timer = setInterval(() => {
      const ahead = this.#qos === 0 ? 0 : Math.max(this.sent - this.#sequence.count, this.#waiting.size);
      // Messages of QoS 0 get lost, so only time limits them; the others are limited by the count of missing messages.
      const room = this.#qos === 0 ? 1 : Math.min(10, this.window - ahead);
      this.publish(room);
    }, 10);
  }

  /** The number of messages that have been sent in all. */
  stop(): number {
    clearInterval(this.#timer);
    return this.sent;
  }

  publish(count: number): void {
    for (let i = 0; i < count; i++) this.#publish();
  }

  #publish(): void {
    const number = this.sent;
    const rc = this.#sender.publish(this.#topic, `${number} ${'.'.repeat(number % 50)}`, this.#qos);
    // Without a connection a message of QoS 1 or 2 is queued nevertheless.
    if (rc !== 0 && rc !== MOSQ_ERR_NO_CONN) this.errors.push(`publish() returned ${rc}`);
    this.sent += 1;
    if (this.#qos > 0) this.#waiting.set(this.#sender.last_mid, number);
  }
}
