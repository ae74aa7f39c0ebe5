import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOSQ_ERR_PROTOCOL, MOSQ_ERR_SUCCESS, property_check_command, string_to_command } from 'libmosquitto';
import { PROPERTIES } from '../support/property-table';
import { scaled } from '../support/wait';
import { OUT, SAMPLES } from './samples';

// Tests that the other tests use every property in every packet in which a client may send it: the specification's
// table, without the properties that the text around it reserves for brokers. properties-out.test.ts sends each allowed
// property, properties-invalid.test.ts is refused every other.

const limit = { timeout: scaled(10000) };

/**
 * The properties that the table allows in a packet of clients and brokers, and that the text does not allow to a
 * client.
 */
const OF_BROKERS: Readonly<Record<string, string>> = {
  'subscription-identifier in PUBLISH': '[MQTT-3.3.4-6]',
  'server-reference in DISCONNECT': '3.14.2.2.5',
};

/** ext_auth_continue() has separate arguments for them. */
const ARGUMENTS = ['authentication-method in AUTH', 'authentication-data in AUTH'];

test('each of the 27 is tried in exactly the packets that a client may send it in', limit, () => {
  assert.equal(PROPERTIES.length, Object.keys(SAMPLES).length);
  for (const [name, , , packets] of PROPERTIES) {
    const allowed = packets.split(' ');
    const expected = OUT.filter((packet) => {
      const pair = `${name} in ${packet}`;
      return allowed.includes(packet.toLowerCase()) && !(pair in OF_BROKERS) && !ARGUMENTS.includes(pair);
    });
    assert.deepEqual(
      OUT.filter((packet) => SAMPLES[name].out.includes(packet)),
      expected,
      name,
    );
  }
});

test("the library's own check is the table's but for a will with a reason string", limit, () => {
  const other: string[] = [];
  for (const [name, identifier, , packets] of PROPERTIES) {
    for (const packet of OUT) {
      const rc = property_check_command(string_to_command(packet), identifier);
      assert.ok(rc === MOSQ_ERR_SUCCESS || rc === MOSQ_ERR_PROTOCOL);
      const allowed = packets.split(' ').includes(packet.toLowerCase());
      if ((rc === MOSQ_ERR_SUCCESS) !== allowed) other.push(`${name} in ${packet}`);
    }
  }
  assert.deepEqual(other, ['reason-string in will']);
});
