// Tests the arguments and the order of callbacks, and their assignment at any time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mosquitto, type MosquittoMessage } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();
const NAMES = [
  'on_connect',
  'on_disconnect',
  'on_publish',
  'on_message',
  'on_subscribe',
  'on_unsubscribe',
  'on_log',
] as const;

for (const mode of MODES) {
  test(`each of the seven callbacks with every argument, in the order of the events (${mode})`, limit, async (t) => {
    const obj = { some: 'state' };
    const client = clientFor(t, `seven-${mode.replace(' ', '-')}`, true, obj);
    const calls: Array<[name: string, ...args: unknown[]]> = [];
    for (const name of NAMES) {
      Reflect.set(client, name, (...args: unknown[]) => {
        if (name !== 'on_log') calls.push([name, ...args]);
        else if (!calls.some(([known]) => known === name)) calls.unshift([name, ...args]);
      });
    }
    const come = (name: string, count = 1): Promise<void> =>
      until(() => calls.filter(([known]) => known === name).length === count, name);
    const topic = `callbacks/${mode}`;
    driveFor(t, client, mode);
    assert.equal(client.connect(broker().host, broker().port), 0);
    await come('on_connect');
    client.subscribe(topic, 1);
    const subscribed = client.last_mid;
    await come('on_subscribe');
    client.publish(topic, Buffer.from([1, 2, 255]), 1);
    const published = client.last_mid;
    await come('on_publish');
    await come('on_message');
    client.unsubscribe(topic);
    const unsubscribed = client.last_mid;
    await come('on_unsubscribe');
    assert.equal(client.disconnect(), 0);
    await come('on_disconnect');

    for (const [name, mosq, given] of calls) {
      assert.equal(mosq, client, `${name}: mosq`);
      assert.equal(given, obj, `${name}: obj`);
    }
    const rest = (name: string): unknown[] => calls.find(([known]) => known === name)?.slice(3) ?? [];
    assert.deepEqual(rest('on_connect'), [0, 0, null]);
    assert.deepEqual(rest('on_subscribe'), [subscribed, [1], null]);
    assert.deepEqual(rest('on_publish'), [published, 0, null]);
    assert.deepEqual(rest('on_unsubscribe'), [unsubscribed, [], null]);
    assert.deepEqual(rest('on_disconnect'), [0, null]);
    const [level, text] = rest('on_log');
    assert.equal(typeof level, 'number');
    assert.ok(typeof text === 'string' && text.length > 0);
    const [message] = rest('on_message') as [MosquittoMessage];
    assert.ok(message.mid > 0 && message.mid <= 65535);
    assert.equal(message.topic, topic);
    assert.ok(Buffer.isBuffer(message.payload));
    assert.deepEqual(message.payload, Buffer.from([1, 2, 255]));
    assert.equal(message.payloadlen, 3);
    assert.equal(message.qos, 1);
    assert.equal(message.retain, false);
    assert.equal(message.properties, null);

    const order = calls.map(([name]) => name).filter((name) => name !== 'on_log' && name !== 'on_publish');
    assert.deepEqual(order, ['on_connect', 'on_subscribe', 'on_message', 'on_unsubscribe', 'on_disconnect']);
  });

  test(`on_message replaced from inside itself: the next message goes to the new one (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    await subscribeTo(client, 'callbacks/replaced');
    const seen: string[] = [];
    client.on_message = (mosq, _obj, { payload }) => {
      seen.push(`first ${String(payload)}`);
      mosq.on_message = (_mosq, _obj2, { payload: later }) => {
        seen.push(`second ${String(later)}`);
      };
    };
    for (let index = 0; index < 5; index++) client.publish('callbacks/replaced', String(index));
    await until(() => seen.length === 5, 'five messages');
    assert.deepEqual(seen, ['first 0', 'second 1', 'second 2', 'second 3', 'second 4']);
  });

  test(
    `on_message taken off from inside itself: the messages after it are nobody's, until it is put back (${mode})`,
    limit,
    async (t) => {
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      await subscribeTo(client, 'callbacks/off');
      const seen: string[] = [];
      client.on_message = (mosq, _obj, { payload }) => {
        seen.push(String(payload));
        mosq.on_message = null;
      };
      for (let index = 0; index < 5; index++) client.publish('callbacks/off', String(index));
      // The answer comes after the five messages.
      await subscribeTo(client, 'callbacks/other');
      assert.deepEqual(seen, ['0']);
      const messages = collect(client);
      client.publish('callbacks/off', 'again');
      await until(() => messages.length === 1, 'the message');
      assert.equal(String(messages[0]?.payload), 'again');
    },
  );

  test(
    `publish(), subscribe(), unsubscribe() and disconnect() work from inside callbacks (${mode})`,
    limit,
    async (t) => {
      const client = clientFor(t);
      const seen: string[] = [];
      const topic = `callbacks/inside/${mode}`;
      client.on_connect = (mosq) => {
        seen.push('connect');
        assert.equal(mosq.subscribe(topic, 2), 0);
      };
      client.on_subscribe = (mosq) => {
        seen.push('subscribe');
        assert.equal(mosq.publish(topic, 'question', 2), 0);
      };
      client.on_message = (mosq, _obj, { payload }) => {
        seen.push(String(payload));
        if (String(payload) === 'question') assert.equal(mosq.publish(topic, 'answer', 0), 0);
        else assert.equal(mosq.unsubscribe(topic), 0);
      };
      client.on_unsubscribe = (mosq) => {
        seen.push('unsubscribe');
        assert.equal(mosq.disconnect(), 0);
      };
      client.on_disconnect = (_mosq, _obj, rc) => {
        seen.push(`disconnect ${rc}`);
      };
      driveFor(t, client, mode);
      assert.equal(client.connect(broker().host, broker().port), 0);
      await until(() => seen.includes('disconnect 0'), 'on_disconnect');
      assert.deepEqual(seen, ['connect', 'subscribe', 'question', 'answer', 'unsubscribe', 'disconnect 0']);
    },
  );

  test(`disconnect() inside on_connect ends in on_disconnect(0) (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    const codes: number[] = [];
    client.on_connect = (mosq) => {
      assert.equal(mosq.disconnect(), 0);
    };
    client.on_disconnect = (_mosq, _obj, rc) => {
      codes.push(rc);
    };
    driveFor(t, client, mode);
    assert.equal(client.connect(broker().host, broker().port), 0);
    await until(() => codes.length > 0, 'on_disconnect');
    assert.deepEqual(codes, [0]);
  });

  test(`a callback assigned during a connection is called from then on (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    let logged = 0;
    client.on_log = () => {
      logged += 1;
    };
    client.publish('callbacks/late', 'x', 1);
    await until(() => logged > 0, 'on_log');
    client.on_log = null;
    const before = logged;
    await subscribeTo(client, 'callbacks/late');
    assert.equal(logged, before);
  });
}

test('a callback gets the obj of any kind unchanged', limit, async (t) => {
  for (const obj of [undefined, null, 0, Number.NaN, '', 'text', false, 7n, Symbol('s'), { a: 1 }, [1]]) {
    const client = clientFor<unknown>(t, null, true, obj);
    const seen: unknown[] = [];
    client.on_connect = (_mosq, given) => {
      seen.push(given);
      client.user_data_set('other');
      client.subscribe('callbacks/obj', 0);
    };
    client.on_subscribe = (_mosq, given) => {
      seen.push(given);
    };
    driveFor(t, client, 'event loop');
    assert.equal(client.connect(broker().host, broker().port), 0);
    await until(() => seen.length === 2, 'both callbacks');
    assert.ok(Object.is(seen[0], obj));
    assert.equal(seen[1], 'other', 'user_data_set() from inside a callback counts for the next');
  }
});

test('a callback reads back as it was assigned; null at first and after it is removed', limit, (t) => {
  const client = clientFor(t);
  for (const name of NAMES) {
    assert.equal(client[name], null);
    const callback = (): void => undefined;
    client[name] = callback;
    assert.equal(client[name], callback);
    client[name] = null;
    assert.equal(client[name], null);
  }
});

test('bound methods of any object, and methods of a subclass, are callbacks', limit, async (t) => {
  class Holder {
    readonly topics: string[] = [];
    readonly client: Mosquitto;
    constructor() {
      this.client = clientFor(t);
      this.client.on_connect = this.subscribe.bind(this);
      this.client.on_message = this.take.bind(this);
    }
    subscribe(mosq: Mosquitto): void {
      mosq.subscribe('callbacks/methods', 0);
    }
    take(_mosq: Mosquitto, _obj: unknown, { topic }: MosquittoMessage): void {
      this.topics.push(topic);
    }
  }
  class Child extends Mosquitto<string> {
    readonly topics: string[] = [];
    constructor() {
      super(null, true, 'child');
      this.on_connect = this.begin;
      this.on_message = this.take;
    }
    private begin(): void {
      this.subscribe('callbacks/methods', 0);
    }
    private take(_mosq: Mosquitto<string>, obj: string, { topic }: MosquittoMessage): void {
      this.topics.push(`${obj} ${topic}`);
    }
  }
  const holder = new Holder();
  const child = new Child();
  t.after(() => {
    child.destroy();
  });
  const ready = { count: 0 };
  for (const client of [holder.client, child]) {
    client.on_subscribe = () => {
      ready.count += 1;
    };
    driveFor<never>(t, client as Mosquitto<never>, 'event loop');
    assert.equal(client.connect(broker().host, broker().port), 0);
  }
  await until(() => ready.count === 2, 'both subscriptions');
  child.publish('callbacks/methods', 'x');
  await until(() => holder.topics.length === 1 && child.topics.length === 1, 'the message');
  assert.deepEqual([...holder.topics, ...child.topics], ['callbacks/methods', 'child callbacks/methods']);
});

test("session present is bit 0 of on_connect's flags", limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept(0, true);
  });
  const client = clientFor(t, 'kept', false);
  const seen: number[] = [];
  client.on_connect = (_mosq, _obj, rc, flags) => {
    seen.push(rc, flags);
  };
  driveFor(t, client, 'event loop');
  assert.equal(client.connect(fake.host, fake.port), 0);
  await until(() => seen.length > 0, 'on_connect');
  assert.deepEqual(seen, [0, 1]);
});
