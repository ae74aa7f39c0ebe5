// Tests the functions about topics and filters against the rules of MQTT.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import {
  lib_version,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_ERR_SUCCESS,
  MosquittoError,
  pub_topic_check,
  sub_matches_acl,
  sub_matches_acl_with_pattern,
  sub_topic_check,
  sub_topic_tokenise,
  topic_matches_sub,
  topic_matches_sub_with_pattern,
} from 'libmosquitto';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(10000) };
/** libmosquitto 2.1 has functions for access control and a limit of levels. */
const is_2_1 = lib_version().number >= 2001000;

const MATCHES: Array<[sub: string, topic: string, matches: boolean]> = [
  ['a/b', 'a/b', true],
  ['a/b', 'a/c', false],
  ['a/b', 'a/b/c', false],
  ['a', 'a/', false],
  ['+', 'a', true],
  ['+', 'a/b', false],
  ['+/+', '/a', true],
  ['/+', '/a', true],
  ['+', '/a', false],
  ['a/+/c', 'a/b/c', true],
  ['a/+/c', 'a//c', true],
  ['a/+/c', 'a/b/d', false],
  ['#', 'a/b/c', true],
  ['#', '/', true],
  ['a/#', 'a', true],
  ['a/#', 'a/b/c', true],
  ['a/#', 'ab', false],
  ['a/+/#', 'a', false],
  ['a/+/#', 'a/b', true],
  ['#', '$SYS/broker', false],
  ['+/broker', '$SYS/broker', false],
  ['$SYS/#', '$SYS/broker', true],
  ['größe/+', 'größe/🙂', true],
];

test('topic_matches_sub() by the rules of MQTT', limit, () => {
  for (const [sub, topic, matches] of MATCHES) {
    assert.equal(topic_matches_sub(sub, topic), matches, `${sub} and ${topic}`);
  }
});

test('topic_matches_sub() throws a MosquittoError for an invalid filter or topic', limit, () => {
  const invalid: Array<[string, string]> = [
    ['a/#/b', 'a/b'],
    ['a+/b', 'a/b'],
    ['a#', 'a'],
    ['a/+', 'a/+'],
    ['a/#', 'a/#'],
    ['', 'a'],
    ['a', ''],
  ];
  for (const [sub, topic] of invalid) {
    assert.throws(
      () => topic_matches_sub(sub, topic),
      (error) => error instanceof MosquittoError && error.rc === MOSQ_ERR_INVAL && error.code === 'MOSQ_ERR_INVAL',
      `'${sub}' and '${topic}'`,
    );
  }
});

// Filter, topic, client id, user name.
const PATTERNS: Array<[sub: string, topic: string, client_id: string | null, username: string | null, match: boolean]> =
  [
    ['home/%c', 'home/one', 'one', null, true],
    ['home/%c', 'home/two', 'one', null, false],
    ['home/%u/#', 'home/ann/kitchen', null, 'ann', true],
    ['home/%u/#', 'home/bob/kitchen', null, 'ann', false],
    ['%c/%u', 'one/ann', 'one', 'ann', true],
    ['home/%c', 'home/one', null, null, false],
    ['home/%c', 'home/one', '', '', false],
    ['home/%cx', 'home/%cx', 'one', null, true],
    ['home/+', 'home/one', null, null, true],
  ];

const ACLS: Array<[acl: string, sub: string, matches: boolean]> = [
  ['a/b', 'a/b', true],
  ['a/+', 'a/b', true],
  ['a/+', 'a/+', true],
  ['a/+', 'a/#', false],
  ['a/#', 'a/+', true],
  ['a/#', 'a/b/#', true],
  ['a/#', 'b/#', false],
  ['#', 'a/+/b', true],
  ['#', '$SYS/#', false],
];

if (is_2_1) {
  test('topic_matches_sub_with_pattern() replaces %c and %u by client id and user name', limit, () => {
    for (const [sub, topic, client_id, username, expected] of PATTERNS) {
      const found = topic_matches_sub_with_pattern(sub, topic, client_id, username);
      assert.equal(found, expected, `${sub} and ${topic} for ${client_id}, ${username}`);
    }
    assert.equal(topic_matches_sub_with_pattern('home/%c', 'home/one', 'one'), true, 'username is optional');
    assert.equal(topic_matches_sub_with_pattern('home/+', 'home/one'), true, 'client_id too');
  });

  test('sub_matches_acl() returns whether a filter asks for no more than is allowed', limit, () => {
    for (const [acl, sub, expected] of ACLS) assert.equal(sub_matches_acl(acl, sub), expected, `${acl} and ${sub}`);
  });

  test('sub_matches_acl_with_pattern() replaces %c and %u by client id and user name', limit, () => {
    assert.equal(sub_matches_acl_with_pattern('home/%u/#', 'home/ann/+', null, 'ann'), true);
    assert.equal(sub_matches_acl_with_pattern('home/%u/#', 'home/+/+', null, 'ann'), false);
    assert.equal(sub_matches_acl_with_pattern('home/%c/#', 'home/one/#', 'one'), true);
    assert.equal(sub_matches_acl_with_pattern('home/%u/#', 'home/+/#', null, '+'), false, 'no wildcard as a name');
  });

  test('functions that match throw a MosquittoError that shows the call', limit, () => {
    const wrong: Array<() => boolean> = [
      () => topic_matches_sub_with_pattern('a/#/b', 'a/b/c', 'one', null),
      () => sub_matches_acl('a/#/b', 'a/c'),
      () => sub_matches_acl_with_pattern('', 'a', 'one', null),
    ];
    for (const call of wrong) {
      assert.throws(call, (error) => error instanceof MosquittoError && error.rc === MOSQ_ERR_INVAL);
    }
    assert.throws(() => sub_matches_acl_with_pattern('', 'a', 'one', null), {
      message: /^sub_matches_acl_with_pattern\('', 'a', 'one', null\): /,
    });
  });
} else {
  test('functions that 2.1 added throw a MosquittoError', limit, () => {
    const calls: Array<() => boolean> = [
      () => topic_matches_sub_with_pattern('a', 'a'),
      () => sub_matches_acl('a', 'a'),
      () => sub_matches_acl_with_pattern('a', 'a'),
    ];
    for (const call of calls) {
      assert.throws(call, (error) => error instanceof MosquittoError && error.rc === MOSQ_ERR_NOT_SUPPORTED);
    }
  });
}

test('sub_topic_check() allows filters and refuses what is none', limit, () => {
  const allowed = ['a', '/', '//', '#', '+', '+/+', 'a/#', 'a/+/b', '/+', '$share/group/a/#', 'größe/🙂', 'a b'];
  for (const sub of allowed) assert.equal(sub_topic_check(sub), MOSQ_ERR_SUCCESS, sub);
  const refused = ['', 'a#', '#a', '#/a', 'a/#/b', 'a+', '+a', 'a/+b', 'a/b+/c', '##', '++'];
  for (const sub of refused) assert.equal(sub_topic_check(sub), MOSQ_ERR_INVAL, sub);
});

test('pub_topic_check() allows topics and refuses wildcards', limit, () => {
  const allowed = ['a', '/', '//', 'a/b', '$SYS/broker', 'größe/🙂', 'a b'];
  for (const topic of allowed) assert.equal(pub_topic_check(topic), MOSQ_ERR_SUCCESS, topic);
  for (const topic of ['', '#', '+', 'a/#', 'a/+', 'a+b', 'a#b']) {
    assert.equal(pub_topic_check(topic), MOSQ_ERR_INVAL, topic);
  }
});

test('topic checks count bytes and, from 2.1 on, levels', limit, () => {
  for (const check of [sub_topic_check, pub_topic_check]) {
    assert.equal(check('a'.repeat(65535)), MOSQ_ERR_SUCCESS);
    assert.equal(check('a'.repeat(65536)), MOSQ_ERR_INVAL);
    assert.equal(check('ß'.repeat(32768)), MOSQ_ERR_INVAL);
    assert.equal(check('/'.repeat(200)), MOSQ_ERR_SUCCESS);
    assert.equal(check('/'.repeat(201)), is_2_1 ? MOSQ_ERR_INVAL : MOSQ_ERR_SUCCESS);
  }
});

const LEVELS: Array<[sub: string, levels: Array<string | null>]> = [
  ['a', ['a']],
  ['a/b/c', ['a', 'b', 'c']],
  ['/a', [null, 'a']],
  ['a/', ['a', null]],
  ['a//b', ['a', null, 'b']],
  ['/', [null, null]],
  ['', [null]],
  ['+/#', ['+', '#']],
  ['$SYS/broker', ['$SYS', 'broker']],
  ['größe/🙂', ['größe', '🙂']],
];

test('sub_topic_tokenise() gives the levels, null for an empty one', limit, () => {
  for (const [sub, levels] of LEVELS) assert.deepEqual(sub_topic_tokenise(sub), levels, sub);
  assert.deepEqual(sub_topic_tokenise('x/'.repeat(5000)), [...Array(5000).fill('x'), null]);
});

test('topic functions throw a TypeError that names the argument', limit, () => {
  const loose = libmosquitto as unknown as Record<string, (...args: unknown[]) => unknown>;
  const wrong: Array<[name: string, args: unknown[], argument: string]> = [
    ['topic_matches_sub', [5, 'a'], '1 (sub)'],
    ['topic_matches_sub', ['a'], '2 (topic)'],
    ['topic_matches_sub', ['a', 'a\0'], '2 (topic)'],
    ['topic_matches_sub', ['\ud83d', 'a'], '1 (sub)'],
    ['topic_matches_sub_with_pattern', ['a', 'a', 5], '3 (client_id)'],
    ['topic_matches_sub_with_pattern', ['a', 'a', null, 5], '4 (username)'],
    ['sub_matches_acl', [null, 'a'], '1 (acl)'],
    ['sub_matches_acl_with_pattern', ['a', {}], '2 (sub)'],
    ['sub_topic_check', [], '1 (sub)'],
    ['sub_topic_check', ['a\0'], '1 (sub)'],
    ['pub_topic_check', [Buffer.from('a')], '1 (topic)'],
    ['sub_topic_tokenise', [null], '1 (sub)'],
    ['sub_topic_tokenise', ['a\0/b'], '1 (sub)'],
  ];
  for (const [name, args, argument] of wrong) {
    assert.throws(
      () => loose[name]?.(...args),
      (error) => error instanceof TypeError && error.message.startsWith(`argument ${argument}`),
      `${name}(${args.join(', ')})`,
    );
  }
});
