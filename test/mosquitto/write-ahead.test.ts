import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { hasEngine } from '../native/addon';
import { MODES, type Mode } from '../support/drive';
import type { Noted } from '../support/noting';
import { type NotingBroker, notingBrokerFor } from '../support/noting-broker';
import { DISCONNECT, PUBACK, PUBLISH, publish, readMid, readPublish } from '../support/packets';
import { clientFor, driveFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests a handler that publishes many messages: the first ones leave while the handler still runs, but no
// acknowledgement does.

const limit = { timeout: scaled(60000) };
const TOGETHER = 32;
const COUNT = 64;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

interface Stage {
  readonly client: Mosquitto;
  readonly broker: NotingBroker;
}

async function stage(t: TestContext, mode: Mode): Promise<Stage> {
  const broker = await notingBrokerFor(t);
  const client = clientFor(t);
  assert.equal(client.max_inflight_messages_set(1000), 0);
  driveFor(t, client, mode);
  await connectTo(client, broker);
  return { client, broker };
}

function payloads(noted: readonly Noted[]): number[] {
  return noted
    .filter(({ type }) => type === PUBLISH)
    .map(({ type, flags, body }) => readPublish({ type, flags, body: Buffer.from(body) }))
    .filter(({ topic }) => topic === 'ahead')
    .map(({ payload }) => Number(payload));
}

function publishAll(client: Mosquitto, from: number, to: number): void {
  for (let index = from; index < to; index++) assert.equal(client.publish('ahead', String(index), 1), 0);
}

/** Runs `act` once, inside a handler. */
type Within = (stage: Stage, act: () => void) => void;

const inMessage: Within = ({ client, broker }, act) => {
  client.on_message = act;
  broker.send(publish('go', 'x'));
};

const inPublish: Within = ({ client }, act) => {
  client.on_publish = () => {
    client.on_publish = null;
    act();
  };
  assert.equal(client.publish('go', 'x'), 0);
};

// The number of messages that the client itself sends before.
const HANDLERS = [
  { name: 'on_message of QoS 0', within: inMessage, before: 0 },
  { name: 'on_publish', within: inPublish, before: 1 },
];

// In the other modes queued packets leave once the handlers have returned.
const leavesAhead = (mode: Mode): boolean => mode === 'thread' || hasEngine();

for (const mode of MODES) {
  const ahead = leavesAhead(mode);
  describe(`a handler that publishes ${COUNT} messages of QoS 1 (${mode})`, () => {
    for (const { name, within, before } of HANDLERS) {
      const when = ahead ? 'leave while it still runs, the others after it' : 'leave after it, with the others';
      test(`${name}: the first ${TOGETHER} ${when}, in order`, limit, async (t) => {
        const scene = await stage(t, mode);
        let left: boolean | null = null;
        within(scene, () => {
          publishAll(scene.client, 0, COUNT);
          if (!ahead) scene.broker.blockUntilTaken();
          left = ahead ? scene.broker.blockUntil(PUBLISH, before + TOGETHER) : scene.broker.count(PUBLISH) === before;
        });
        await until(() => left !== null, name);
        assert.equal(left, true);
        await scene.broker.until(PUBLISH, before + COUNT);
        scene.broker.blockUntilTaken();
        assert.deepEqual(payloads(await scene.broker.noted()), numbers(COUNT));
      });
    }

    test(
      'and calls disconnect() among them: those before it arrive, then DISCONNECT, and nothing else',
      limit,
      async (t) => {
        const scene = await stage(t, mode);
        const { client, broker } = scene;
        const ends: number[] = [];
        client.on_disconnect = (_mosq, _obj, rc) => {
          ends.push(rc);
        };
        inMessage(scene, () => {
          publishAll(client, 0, 40);
          assert.equal(client.disconnect(), 0);
          for (let index = 40; index < COUNT; index++) client.publish('ahead', String(index), 1);
        });
        await until(() => ends.length > 0, 'on_disconnect');
        assert.deepEqual(ends, [0]);
        await broker.until(DISCONNECT, 1);
        broker.blockUntilTaken();
        const noted = await broker.noted();
        assert.deepEqual(payloads(noted), numbers(40));
        assert.deepEqual(
          noted.map(({ type }) => type),
          [...Array<number>(40).fill(PUBLISH), DISCONNECT],
        );
      },
    );

    test('and destroys the client: what has left is whole and in order', limit, async (t) => {
      const scene = await stage(t, mode);
      const { client, broker } = scene;
      let destroyed = false;
      inMessage(scene, () => {
        publishAll(client, 0, 40);
        client.destroy();
        destroyed = true;
      });
      await until(() => destroyed, 'on_message');
      broker.blockUntilTaken();
      const noted = await broker.noted();
      const arrived = payloads(noted);
      assert.deepEqual(arrived, numbers(arrived.length));
      assert.equal(noted.length, arrived.length);
      if (hasEngine()) assert.ok(arrived.length >= TOGETHER, `${arrived.length} arrived`);
    });
  });
}

// With a network thread, acknowledgements leave before the handlers have returned.
for (const mode of ['loop', 'event loop'] as const) {
  for (const size of [10, 1000]) {
    test(
      `no acknowledgement leaves before its handler has returned, whatever the handlers publish: ${size} bytes (${mode})`,
      limit,
      async (t) => {
        const { client, broker } = await stage(t, mode);
        const MESSAGES = 50;
        let handled = 0;
        client.on_message = () => {
          // The last one too, because its acknowledgement is the only one that is due then.
          if (handled % 7 === 0) publishAll(client, (handled / 7) * COUNT, (handled / 7 + 1) * COUNT);
          broker.blockUntilTaken();
          handled += 1;
          broker.handled();
        };
        broker.send(...numbers(MESSAGES).map((index) => publish('in', Buffer.alloc(size), { qos: 1, mid: index + 1 })));
        await broker.until(PUBACK, MESSAGES);
        await broker.until(PUBLISH, 8 * COUNT);
        const noted = await broker.noted();
        const acknowledgements = noted.filter(({ type }) => type === PUBACK);
        assert.deepEqual(
          acknowledgements.map(({ type, flags, body }) => readMid({ type, flags, body: Buffer.from(body) })),
          numbers(MESSAGES).map((index) => index + 1),
        );
        for (const [index, { handled: before }] of acknowledgements.entries()) {
          assert.ok(before > index, `PUBACK ${index + 1} came when ${before} handlers had returned`);
        }
        assert.deepEqual(payloads(noted), numbers(8 * COUNT));
      },
    );
  }
}

for (const mode of ['loop', 'event loop'] as const) {
  test(`a handler that publishes and destroys the client acknowledges nothing (${mode})`, limit, async (t) => {
    const { client, broker } = await stage(t, mode);
    let handled = 0;
    client.on_message = () => {
      handled += 1;
      publishAll(client, 0, 1);
      client.destroy();
    };
    broker.send(...numbers(2).map((index) => publish('in', 'x', { qos: 1, mid: index + 1 })));
    await until(() => handled > 0, 'on_message');
    broker.blockUntilTaken();
    assert.equal(broker.count(PUBACK), 0);
    assert.equal(handled, 1);
  });
}

for (const [name, end] of [
  ['destroy()', (client: Mosquitto) => client.destroy()],
  ['loop_stop(true)', (client: Mosquitto) => client.loop_stop(true)],
] as const) {
  test(`${name} runs no handler, whatever was published before it (event loop)`, limit, async (t) => {
    const { client } = await stage(t, 'event loop');
    let ending = false;
    let inside = 0;
    client.on_publish = client.on_disconnect = () => {
      if (ending) inside += 1;
    };
    publishAll(client, 0, 1);
    assert.equal(client.publish('plain', 'x'), 0);
    ending = true;
    end(client);
    ending = false;
    assert.equal(inside, 0);
  });
}
