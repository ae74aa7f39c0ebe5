// Tests the conversion of packet names to packet types.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as libmosquitto from 'libmosquitto';
import { string_to_command } from 'libmosquitto';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(10000) };
const exported = libmosquitto as unknown as Record<string, unknown>;

// The packets that can have properties.
const COMMANDS = [
  'connect',
  'connack',
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'subscribe',
  'suback',
  'unsubscribe',
  'unsuback',
  'disconnect',
  'auth',
  'will',
];

test('string_to_command() knows every packet that can have properties, in upper and lower case', limit, () => {
  for (const name of COMMANDS) {
    const command = exported[`CMD_${name.toUpperCase()}`];
    assert.equal(typeof command, 'number', name);
    for (const form of [name, name.toUpperCase(), name.replace(/^./, (letter) => letter.toUpperCase())]) {
      assert.equal(string_to_command(form), command, form);
    }
  }
});

test('string_to_command() is -1 for an unknown name', limit, () => {
  for (const name of ['', 'pub', 'publishing', ' publish', 'pingreq', 'pingresp', 'CMD_PUBLISH', 'größe']) {
    assert.equal(string_to_command(name), -1, name);
  }
});

test('string_to_command() throws a TypeError for what is no name', limit, () => {
  for (const value of [undefined, null, 5, {}, 'publish\0', '\ud83d']) {
    assert.throws(() => string_to_command(value as string), { name: 'TypeError', message: /argument 1 \(name\)/ });
  }
});
