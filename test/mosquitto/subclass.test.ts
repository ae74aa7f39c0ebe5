// Tests callbacks that a subclass defines as methods. A fault would never call them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Mosquitto } from 'libmosquitto';
import { sharedBroker } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(20000) };
const broker = sharedBroker();

type Callback = (this: unknown, ...args: unknown[]) => void;

/** Makes the class that `class extends Mosquitto { on_connect(...) {...} }` makes, for any value and any name. */
function with_methods(
  methods: Record<string, Callback>,
): new (
  client_id: string,
  clean?: boolean,
  obj?: unknown,
) => Mosquitto {
  class Subclass extends Mosquitto {}
  for (const [name, value] of Object.entries(methods)) {
    Object.defineProperty(Subclass.prototype, name, { value, writable: true, configurable: true });
  }
  return Subclass;
}

test('methods of a subclass named like callbacks are its callbacks', limit, async () => {
  const calls: unknown[] = [];
  const Subclass = with_methods({
    on_connect(mosq, obj, rc) {
      calls.push(['connect', this === mosq, obj, rc]);
      (mosq as Mosquitto).disconnect();
    },
    on_disconnect(mosq, _obj, rc) {
      calls.push(['disconnect', this === mosq, rc]);
    },
  });
  using client = new Subclass('subclass', true, 'obj');
  assert.equal(client.connect(broker().host, broker().port), 0);
  assert.equal(await client.loop_forever(), 0);
  assert.deepEqual(calls, [
    ['connect', true, 'obj', 0],
    ['disconnect', true, 0],
  ]);
});

test('so are those of a subclass in TypeScript, and of a subclass of it', limit, async () => {
  class First extends Mosquitto<string[]> {
    override on_connect(mosq: this, calls: string[], rc: number): void {
      calls.push(`first ${rc} ${this === mosq}`);
      mosq.disconnect();
    }
    override on_disconnect(_mosq: this, calls: string[]): void {
      calls.push('first disconnected');
    }
  }
  class Second extends First {
    override on_disconnect(mosq: this, calls: string[]): void {
      super.on_disconnect(mosq, calls);
      calls.push('second disconnected');
    }
  }
  const calls: string[] = [];
  using client = new Second('second', true, calls);
  assert.equal(client.connect(broker().host, broker().port), 0);
  assert.equal(await client.loop_forever(), 0);
  assert.deepEqual(calls, ['first 0 true', 'first disconnected', 'second disconnected']);
});

test('a callback of a subclass can be replaced and removed', limit, async () => {
  const calls: string[] = [];
  const Subclass = with_methods({
    on_connect: () => calls.push('method'),
    on_disconnect: () => calls.push('method'),
  });
  using client = new Subclass('subclass');
  client.on_connect = (mosq) => {
    calls.push('assigned');
    mosq.disconnect();
  };
  client.on_disconnect = null;
  assert.equal(client.on_disconnect, null);
  assert.equal(client.connect(broker().host, broker().port), 0);
  assert.equal(await client.loop_forever(), 0);
  assert.deepEqual(calls, ['assigned']);
});

test('accessors of a subclass are left alone: it may wrap what is assigned', limit, async () => {
  let wrapped = 0;
  class Wrapping extends Mosquitto {
    override get on_connect() {
      return super.on_connect;
    }
    override set on_connect(callback) {
      super.on_connect = (mosq, obj, rc, flags, properties) => {
        wrapped += 1;
        callback?.(mosq, obj, rc, flags, properties);
      };
    }
  }
  using client = new Wrapping('wrapping');
  let connected = false;
  client.on_connect = () => {
    connected = true;
  };
  assert.equal(client.connect(broker().host, broker().port), 0);
  client.loop_start();
  await until(() => connected, 'on_connect');
  assert.equal(wrapped, 1);
});

test('a class field that would hide a callback fails at once', limit, () => {
  class Subclass extends Mosquitto {
    constructor() {
      super('field');
      // A class field `on_message = ...` does the same: JavaScript defines it, and does not assign it.
      Object.defineProperty(this, 'on_message', { value: () => undefined });
    }
  }
  assert.throws(() => new Subclass(), /^TypeError: .*on_message/);
});

test('a method named like a callback that is not a function fails at once', limit, () => {
  class Subclass extends Mosquitto {}
  Object.defineProperty(Subclass.prototype, 'on_log', { value: 5 });
  assert.throws(() => new Subclass(), /^TypeError: on_log must be a function or null/);
});
