// Tests message_callback_add(): which messages each handler gets, and the cost of many handlers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_OPT_PROTOCOL_VERSION, MosquittoError, MQTT_PROTOCOL_V5, topic_matches_sub } from 'libmosquitto';
import { acceptedFor } from '../support/accepted';
import { MODES } from '../support/drive';
import { publish } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();

for (const mode of MODES) {
  test(
    `a message goes to all filters that match, in the order of adding, and not to on_message (${mode})`,
    limit,
    async (t) => {
      const client = clientFor(t);
      driveFor(t, client, mode);
      await connectTo(client, broker());
      const root = `filters/${mode}`;
      await subscribeTo(client, `${root}/#`, 1);
      const seen: string[] = [];
      client.on_message = (_mosq, _obj, { topic }) => {
        seen.push(`on_message ${topic.slice(root.length + 1)}`);
      };
      for (const filter of [`${root}/#`, `${root}/a`, `${root}/+`, `${root}/a/#`, `${root}/+/b`]) {
        client.message_callback_add(filter, (mosq, obj, msg) => {
          assert.equal(mosq, client);
          assert.equal(obj, undefined);
          seen.push(`${filter.slice(root.length + 1)} ${msg.topic.slice(root.length + 1)}`);
        });
      }
      client.message_callback_remove(`${root}/#`);
      for (const topic of ['a', 'a/b', 'x/b', 'x/y', 'last/z']) client.publish(`${root}/${topic}`, 'x', 1);
      await until(() => seen.includes('on_message last/z'), 'the last message');
      assert.deepEqual(seen, [
        'a a',
        '+ a',
        'a/# a',
        'a/# a/b',
        '+/b a/b',
        '+/b x/b',
        'on_message x/y',
        'on_message last/z',
      ]);
    },
  );
}

test('which filters match which topics: as topic_matches_sub() has it', limit, async (t) => {
  const { client, peer } = await acceptedFor(t, 'event loop');
  const filters = [
    '#',
    '+',
    '+/+',
    '/',
    '/+',
    '+/',
    'a',
    'a/#',
    'a/+',
    'a/+/c',
    'a/+/#',
    'a//c',
    '+/b/#',
    'größe/+',
    '$SYS/#',
    '$SYS/+/x',
    '$SYS/a/x',
    '+/a/x',
    '$other',
  ];
  const topics = [
    'a',
    'A',
    'b',
    '/',
    '/a',
    'a/',
    'a/b',
    'a/b/c',
    'a//c',
    'a/b/c/d',
    'x/b',
    'größe/🙂',
    '$SYS',
    '$SYS/a',
    '$SYS/a/x',
    '$SYS/b/x',
    '$other',
    '$',
  ];
  const matched = new Map<string, string[]>(topics.map((topic) => [topic, []]));
  let last = false;
  client.on_message = (_mosq, _obj, { topic }) => {
    if (topic === 'no/filter/matches/this') last = true;
  };
  for (const filter of filters.slice(1)) {
    client.message_callback_add(filter, (_mosq, _obj, { topic }) => {
      matched.get(topic)?.push(filter);
    });
  }
  peer.send(...[...topics, 'no/filter/matches/this'].map((topic) => publish(topic, 'x')));
  await until(() => last, 'the last message');
  for (const topic of topics) {
    assert.deepEqual(
      matched.get(topic),
      filters.slice(1).filter((filter) => topic_matches_sub(filter, topic)),
      topic,
    );
  }
});

test('filters work without on_message, which gets the rest once it is there', limit, async (t) => {
  const { client, peer } = await acceptedFor(t, 'event loop');
  const seen: string[] = [];
  client.message_callback_add('a/#', (_mosq, _obj, { topic }) => {
    seen.push(topic);
  });
  peer.send(publish('other', 'x'), publish('a/1', 'x'));
  await until(() => seen.length === 1, 'a message');
  client.on_message = (_mosq, _obj, { topic }) => {
    seen.push(`rest ${topic}`);
  };
  peer.send(publish('a/2', 'x'), publish('other', 'x'));
  await until(() => seen.length === 3, 'two more');
  client.message_callback_remove('a/#');
  peer.send(publish('a/3', 'x'));
  await until(() => seen.length === 4, 'the last');
  assert.deepEqual(seen, ['a/1', 'a/2', 'rest other', 'rest a/3']);
});

test('a filter added again has the new callback, and its old place', limit, async (t) => {
  const { client, peer } = await acceptedFor(t, 'event loop');
  const seen: string[] = [];
  const note = (name: string) => (): void => {
    seen.push(name);
  };
  client.message_callback_add('a', note('first'));
  client.message_callback_add('+', note('second'));
  client.message_callback_add('a', note('first anew'));
  peer.send(publish('a', 'x'));
  await until(() => seen.length >= 2, 'both callbacks');
  assert.deepEqual(seen, ['first anew', 'second']);
});

test('adding and removing inside a callback counts from the next message on', limit, async (t) => {
  const { client, peer } = await acceptedFor(t, 'event loop');
  const seen: string[] = [];
  client.on_message = (_mosq, _obj, { payload }) => {
    seen.push(`rest ${payload}`);
  };
  client.message_callback_add('a', (mosq, _obj, { payload }) => {
    seen.push(`once ${payload}`);
    mosq.message_callback_remove('a');
    mosq.message_callback_add('b', (inner, _own, msg) => {
      seen.push(`b ${msg.payload}`);
      inner.message_callback_remove('b');
    });
  });
  // The messages are in one batch: the next one is decoded after the callback of the previous one has changed the
  // state.
  peer.send(...['a', 'a', 'b', 'b'].map((topic, index) => publish(topic, String(index))));
  await until(() => seen.length === 4, 'four messages');
  assert.deepEqual(seen, ['once 0', 'rest 1', 'b 2', 'rest 3']);
});

test('a callback that throws does not keep the message from the others', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    peer.send(publish('a/b', 'x'), publish('a/b', 'y'));
  });
  const client = clientFor(t);
  const seen: string[] = [];
  client.message_callback_add('a/#', () => {
    throw new Error('from the first');
  });
  client.message_callback_add('a/b', (_mosq, _obj, { payload }) => {
    seen.push(String(payload));
  });
  assert.equal(client.connect(fake.host, fake.port), 0);
  const thrown: string[] = [];
  await until(() => {
    try {
      client.loop(1);
    } catch (error) {
      const all = error instanceof AggregateError ? error.errors : [error];
      thrown.push(...all.map(String));
    }
    return thrown.length === 2;
  }, 'both exceptions');
  assert.deepEqual(thrown, ['Error: from the first', 'Error: from the first']);
  assert.deepEqual(seen, ['x', 'y']);
});

test('destroy() inside a callback: no other one is called', limit, async (t) => {
  const { client, peer } = await acceptedFor(t, 'event loop');
  const seen: string[] = [];
  client.message_callback_add('a', (mosq) => {
    seen.push('first');
    mosq.destroy();
  });
  client.message_callback_add('+', () => {
    seen.push('second');
  });
  peer.send(publish('a', 'x'), publish('a', 'x'));
  await peer.closed;
  assert.deepEqual(seen, ['first']);
});

test('reinitialise() removes them', limit, async (t) => {
  const client = clientFor(t);
  client.message_callback_add('#', () => assert.fail('of a former life'));
  assert.equal(client.reinitialise(), 0);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker());
  await subscribeTo(client, 'filters/anew');
  const seen: string[] = [];
  client.on_message = (_mosq, _obj, { topic }) => {
    seen.push(topic);
  };
  assert.equal(client.publish('filters/anew', 'x'), 0);
  await until(() => seen.length === 1, 'the message');
});

test('a value that is no filter or no callback is refused', limit, (t) => {
  const client = clientFor(t);
  for (const wrong of [
    '',
    'a/#/b',
    'a#',
    '+a',
    'a/b+',
    '$share',
    '$share/group',
    '$share//a',
    '$share/+/a',
    '$share/group/',
  ]) {
    assert.throws(() => client.message_callback_add(wrong, () => undefined), MosquittoError, wrong);
  }
  for (const wrong of [null, undefined, 5, ['a']]) {
    assert.throws(
      () => client.message_callback_add(wrong as unknown as string, () => undefined),
      /^TypeError: argument 1 \(sub\)/,
    );
    assert.throws(() => client.message_callback_remove(wrong as unknown as string), /^TypeError: argument 1 \(sub\)/);
  }
  for (const wrong of [null, undefined, 'a', {}]) {
    assert.throws(
      () => client.message_callback_add('a', wrong as unknown as () => void),
      /^TypeError: argument 2 \(callback\)/,
    );
  }
  client.message_callback_remove('never/added');
  client.destroy();
  assert.throws(
    () => client.message_callback_add('a', () => undefined),
    /message_callback_add: the client was destroyed/,
  );
  assert.throws(() => client.message_callback_remove('a'), /message_callback_remove: the client was destroyed/);
});

for (const mode of MODES) {
  test(`a shared subscription's filter is matched without its group (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), 0);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    const filter = `shared/${mode}/+`;
    await subscribeTo(client, `$share/group/${filter}`, 1);
    const seen: string[] = [];
    const into = (name: string) => (): void => {
      seen.push(name);
    };
    client.on_message = into('on_message');
    client.message_callback_add(`$share/group/${filter}`, into('group'));
    client.message_callback_add(filter, into('plain'));
    client.message_callback_add(`$share/other/${filter}`, into('other'));
    client.message_callback_add(`$share/group/${filter}`, into('replaced'));
    client.publish(`shared/${mode}/a`, 'x', 1);
    await until(() => seen.length >= 3, 'three callbacks');
    assert.deepEqual(seen, ['replaced', 'plain', 'other']);
    client.message_callback_remove(filter);
    client.message_callback_remove('$share/unknown/shared');
    client.message_callback_remove(`$share/other/${filter}`);
    client.publish(`shared/${mode}/a`, 'x', 1);
    await until(() => seen.length >= 4, 'the group alone');
    client.message_callback_remove(`$share/group/${filter}`);
    client.publish(`shared/${mode}/a`, 'x', 1);
    await until(() => seen.length >= 5, 'on_message');
    assert.deepEqual(seen.slice(3), ['replaced', 'on_message']);
  });
}

test('ten thousand filters cost a message little more than one filter', limit, async (t) => {
  const MESSAGES = 20_000;
  const { client, peer } = await acceptedFor(t, 'event loop');
  let seen = 0;
  const count = (): void => {
    seen += 1;
  };
  const bytes = Array.from({ length: MESSAGES }, (_, index) => publish(`many/${index % 10_000}/value`, 'x'));
  // The shortest of several runs: the other work of the machine only makes a run longer.
  const run = async (): Promise<number> => {
    let shortest = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 5; round++) {
      seen = 0;
      const began = process.cpuUsage();
      peer.send(...bytes);
      await until(() => seen === MESSAGES, 'all messages');
      const { user } = process.cpuUsage(began);
      shortest = Math.min(shortest, user);
    }
    return shortest;
  };
  client.message_callback_add('many/+/value', count);
  const one = await run();
  client.message_callback_remove('many/+/value');
  for (let index = 0; index < 10_000; index++) client.message_callback_add(`many/${index}/value`, count);
  const many = await run();
  // A search through all of them would take a thousand times as long.
  assert.ok(many < 10 * one + 100_000, `${one} us with one filter, ${many} us with ten thousand`);
});
