// The part of a random session in which the broker makes no mistakes.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Mosquitto } from 'libmosquitto';
import { until } from '../support/wait';
import type { FuzzBroker } from './broker';
import type { Random } from './random';

const COUNT = 60;

interface Sent {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
}

function messages(random: Random): Sent[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const length = random.of([0, 1, 20, 200, 5000, 9000, 20_000, 100_000]);
    const payload = Buffer.concat([Buffer.from(`${index} `), Buffer.alloc(length, index)]);
    return { topic: `fuzz/${random.below(5)}`, payload, qos: random.of([0, 1, 2] as const) };
  });
}

/** With a broker that makes no mistakes every message arrives once and as it was sent, in both directions. */
export async function exchangeBoth(client: Mosquitto, broker: FuzzBroker, random: Random): Promise<void> {
  const arrived: Sent[] = [];
  const confirmed: number[] = [];
  let connected = false;
  client.on_connect = (mosq, _obj, rc) => {
    assert.equal(rc, 0);
    connected = true;
    mosq.subscribe('fuzz/#', 2);
  };
  client.on_message = (_mosq, _obj, { topic, payload, qos }) => {
    arrived.push({ topic, payload: Buffer.from(payload), qos });
  };
  client.on_publish = (_mosq, _obj, mid) => {
    confirmed.push(mid);
  };
  await until(() => connected && broker.subscribed, 'the SUBSCRIBE of a correct session');
  const up = messages(random);
  const down = messages(random);
  const mids: number[] = [];
  for (let index = 0; index < COUNT; index++) {
    const sent = up[index];
    const other = down[index];
    if (sent === undefined || other === undefined) break;
    assert.equal(client.publish(sent.topic, sent.payload, sent.qos), 0);
    mids.push(client.last_mid);
    broker.publish(other.topic, other.payload, other.qos);
    if (random.once(5)) await turn();
  }
  await until(
    () => arrived.length >= COUNT && confirmed.length >= COUNT && broker.received.length >= COUNT,
    () =>
      `${COUNT} messages: ${arrived.length} came, ${broker.received.length} arrived, ${confirmed.length} are confirmed`,
  );
  // QoS 2 arrives with its PUBREL, after messages of lower QoS that were sent later.
  for (const qos of [0, 1, 2] as const) {
    const of = (list: ReadonlyArray<{ topic: string; payload: Buffer; qos: number }>): string[] =>
      list.filter((message) => message.qos === qos).map((message) => describe(message));
    assert.deepEqual(of(arrived), of(down), `QoS ${qos}, to the client`);
    assert.deepEqual(of(broker.received), of(up), `QoS ${qos}, from the client`);
  }
  assert.deepEqual([...confirmed].sort(), [...mids].sort());
}

function describe({ topic, payload }: { topic: string; payload: Buffer }): string {
  const head = payload.toString('latin1', 0, 8);
  const tail = payload.subarray(8);
  const same = tail.every((byte) => byte === tail[0]);
  return `${topic} ${head} ${payload.length} ${same ? (tail[0] ?? '') : payload.toString('hex')}`;
}
