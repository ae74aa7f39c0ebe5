import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { MOSQ_ERR_NO_CONN } from 'libmosquitto';
import { clientFor, driveFor } from '../support/scope';
import { until } from '../support/wait';

// The number of unacknowledged messages of a well-behaved application.
const WINDOW = 50;

/** Every payload ends in this. */
export const TAIL = 'of the stream';

/**
 * Numbered messages from one client to another. Both keep their sessions. The receiver subscribes in on_connect, as an
 * application does that should survive a restart of its broker.
 */
export class Stream {
  /** The number of arrivals of each message number. */
  readonly seen: number[] = [];
  /** Numbers that the broker has confirmed to the sender. */
  readonly confirmed = new Set<number>();
  /** The number of times that a broker has accepted sender and receiver, and that they have lost it. */
  connects = 0;
  losses = 0;
  arrived = 0;
  subscribed = false;
  readonly topic: string;
  readonly #publish: (text: string) => [rc: number, mid: number];
  readonly #numbers = new Map<number, number>();
  readonly #errors: string[] = [];
  #sent = 0;
  #goal = 0;

  constructor(
    t: TestContext,
    { host, port }: { host: string; port: number },
    mode: 'event loop' | 'thread',
    qos: 1 | 2,
  ) {
    this.topic = `stream/${mode}/${qos}`;

    const receiver = clientFor(t, `${mode}-${qos}-receiver`, false);
    receiver.on_connect = (_mosq, _obj, rc) => {
      if (rc !== 0) return;
      this.connects += 1;
      receiver.subscribe(this.topic, qos);
    };
    receiver.on_subscribe = () => {
      this.subscribed = true;
    };
    receiver.on_message = (_mosq, _obj, msg) => {
      const number = Number.parseInt(msg.payload.toString(), 10);
      const before = this.seen[number] ?? 0;
      this.seen[number] = before + 1;
      if (before === 0) this.arrived += 1;
    };

    const sender = clientFor(t, `${mode}-${qos}-sender`, false);
    sender.on_connect = (_mosq, _obj, rc) => {
      if (rc === 0) this.connects += 1;
    };
    sender.on_publish = (_mosq, _obj, mid) => {
      const number = this.#numbers.get(mid);
      if (number === undefined) this.#errors.push(`on_publish for message id ${mid}, which is not under way`);
      else this.confirmed.add(number);
      this.#numbers.delete(mid);
      this.#feed();
    };
    this.#publish = (text) => [sender.publish(this.topic, text, qos), sender.last_mid];

    for (const client of [receiver, sender]) {
      client.on_disconnect = () => {
        this.losses += 1;
      };
      driveFor(t, client, mode);
      assert.equal(client.connect_async(host, port), 0);
    }
  }

  /** Continues to send until `count` messages in all are sent; returns at once. */
  send(count: number): void {
    this.#goal = count;
    this.#feed();
  }

  #feed(): void {
    while (this.#sent < this.#goal && this.#numbers.size < WINDOW) {
      const number = this.#sent++;
      const [rc, mid] = this.#publish(`${number} ${TAIL}`);
      // Without a connection the message is queued nevertheless.
      if (rc !== 0 && rc !== MOSQ_ERR_NO_CONN) this.#errors.push(`publish() returned ${rc}`);
      this.#numbers.set(mid, number);
    }
  }

  /** Resolves when all messages that were sent are confirmed and have arrived. */
  async complete(): Promise<void> {
    const state = (): string => `${this.confirmed.size} of ${this.#goal} are confirmed, ${this.arrived} have arrived`;
    await until(() => this.confirmed.size === this.#goal && this.arrived >= this.#goal, state, 30000);
    assert.deepEqual(this.#errors, []);
  }

  /** The numbers that did not arrive exactly once, each with the count of its arrivals. */
  irregular(): string[] {
    const found: string[] = [];
    for (let number = 0; number < this.#goal; number++) {
      const times = this.seen[number] ?? 0;
      if (times !== 1) found.push(`${number}: ${times} times`);
    }
    return found;
  }
}
