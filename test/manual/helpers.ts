// Uses the functions of libmosquitto_helpers.h, and those of libcommon_*.h about strings and topics.
import assert from 'node:assert/strict';
import {
  CMD_CONNECT,
  CMD_PUBLISH,
  connack_string,
  MOSQ_ERR_CONN_REFUSED,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_MALFORMED_UTF8,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_ERR_PROTOCOL,
  MosquittoError,
  MQTT_PROP_CONTENT_TYPE,
  MQTT_PROP_RECEIVE_MAXIMUM,
  MQTT_PROP_TYPE_STRING,
  MQTT_RC_BANNED,
  property_check_all,
  property_check_command,
  property_get_length_all,
  property_get_remaining_length,
  property_identifier_to_string,
  pub_topic_check,
  reason_string,
  strerror,
  string_to_command,
  string_to_property_info,
  sub_matches_acl,
  sub_matches_acl_with_pattern,
  sub_topic_check,
  sub_topic_tokenise,
  subscribe_callback,
  subscribe_simple,
  topic_matches_sub,
  topic_matches_sub_with_pattern,
  validate_utf8,
  varint_bytes,
} from 'libmosquitto';
import { HAS_2_1 } from '../support/client5';
import { collect, subscribeTo } from '../support/traffic';
import { until } from '../support/wait';
import { type Chapter, connectedFor } from './chapter';

/** A function that 2.1 has added throws on 2.0, with an error that names the reason. */
function since2_1<T>(call: () => T, expected: T): void {
  if (HAS_2_1) {
    assert.deepEqual(call(), expected);
    return;
  }
  assert.throws(call, (error) => error instanceof MosquittoError && error.rc === MOSQ_ERR_NOT_SUPPORTED);
}

/** Publishes a retained message, and resolves when the broker has it. */
async function store(t: Parameters<typeof connectedFor>[0], broker: Parameters<typeof connectedFor>[1], topic: string) {
  const client = await connectedFor(t, broker);
  const messages = collect(client);
  await subscribeTo(client, topic);
  assert.equal(client.publish(topic, 'stored', 1, true), 0);
  await until(() => messages.length === 1, 'the message');
}

export const helpers: Chapter = {
  'libmosquitto_helpers.h': {
    mosquitto_subscribe_simple: async (t, broker) => {
      await store(t, broker, 'subscribe_simple');
      const messages = await subscribe_simple('subscribe_simple', { hostname: broker.host, port: broker.port });
      assert.deepEqual(
        messages.map(({ payload, retain }) => [String(payload), retain]),
        [['stored', true]],
      );
    },
    mosquitto_subscribe_callback: async (t, broker) => {
      await store(t, broker, 'subscribe_callback');
      const seen: unknown[] = [];
      const rc = await subscribe_callback(
        (_mosq, userdata, { topic }) => {
          seen.push(userdata, topic);
          return true;
        },
        'subscribe_callback',
        { hostname: broker.host, port: broker.port, userdata: 'object' },
      );
      assert.deepEqual([rc, seen], [0, ['object', 'subscribe_callback']]);
    },
  },
  'libcommon_string.h': {
    mosquitto_strerror: () => {
      assert.match(strerror(MOSQ_ERR_CONN_REFUSED), /refused/i);
    },
    mosquitto_connack_string: () => {
      assert.match(connack_string(5), /not authorised/i);
    },
    mosquitto_reason_string: () => {
      assert.match(reason_string(MQTT_RC_BANNED), /banned/i);
    },
    mosquitto_string_to_command: () => {
      assert.deepEqual([string_to_command('PUBLISH'), string_to_command('nothing')], [CMD_PUBLISH, -1]);
    },
  },
  'libcommon_topic.h': {
    mosquitto_sub_topic_tokenise: () => {
      assert.deepEqual(sub_topic_tokenise('a//+/#'), ['a', null, '+', '#']);
    },
    mosquitto_topic_matches_sub: () => {
      assert.deepEqual([topic_matches_sub('a/+/c', 'a/b/c'), topic_matches_sub('a/+', 'a/b/c')], [true, false]);
    },
    mosquitto_topic_matches_sub2: () => {
      assert.deepEqual([topic_matches_sub('ä/#', 'ä/ö'), topic_matches_sub('ä/#', 'ö/ä')], [true, false]);
    },
    mosquitto_topic_matches_sub_with_pattern: () => {
      since2_1(() => topic_matches_sub_with_pattern('%c/%u', 'id/user', 'id', 'user'), true);
      since2_1(() => topic_matches_sub_with_pattern('%c/%u', 'id/another', 'id', 'user'), false);
    },
    mosquitto_sub_matches_acl: () => {
      since2_1(() => sub_matches_acl('a/#', 'a/+/c'), true);
      since2_1(() => sub_matches_acl('a/+', 'a/#'), false);
    },
    mosquitto_sub_matches_acl_with_pattern: () => {
      since2_1(() => sub_matches_acl_with_pattern('%u/#', 'user/+', null, 'user'), true);
      since2_1(() => sub_matches_acl_with_pattern('%u/#', 'another/+', null, 'user'), false);
    },
    mosquitto_pub_topic_check: () => {
      assert.deepEqual([pub_topic_check('a/b'), pub_topic_check('a/+')], [0, MOSQ_ERR_INVAL]);
    },
    mosquitto_pub_topic_check2: () => {
      assert.deepEqual([pub_topic_check('a'.repeat(65535)), pub_topic_check('a'.repeat(65536))], [0, MOSQ_ERR_INVAL]);
    },
    mosquitto_sub_topic_check: () => {
      assert.deepEqual([sub_topic_check('a/+/#'), sub_topic_check('a/b+')], [0, MOSQ_ERR_INVAL]);
    },
    mosquitto_sub_topic_check2: () => {
      assert.deepEqual([sub_topic_check('+'), sub_topic_check('')], [0, MOSQ_ERR_INVAL]);
    },
  },
  'libcommon_utf8.h': {
    mosquitto_validate_utf8: () => {
      assert.deepEqual([validate_utf8('grün'), validate_utf8(Uint8Array.of(0xc3, 0x28))], [0, MOSQ_ERR_MALFORMED_UTF8]);
    },
  },
  'libcommon_properties.h': {
    mosquitto_property_check_command: () => {
      assert.equal(property_check_command(CMD_CONNECT, MQTT_PROP_RECEIVE_MAXIMUM), 0);
      assert.equal(property_check_command(CMD_PUBLISH, MQTT_PROP_RECEIVE_MAXIMUM), MOSQ_ERR_PROTOCOL);
    },
    mosquitto_property_check_all: () => {
      assert.equal(property_check_all(CMD_PUBLISH, { 'content-type': 'a', 'topic-alias': 1 }), 0);
      assert.equal(property_check_all(CMD_PUBLISH, { 'receive-maximum': 1 }), MOSQ_ERR_PROTOCOL);
    },
    mosquitto_property_identifier_to_string: () => {
      assert.equal(property_identifier_to_string(MQTT_PROP_CONTENT_TYPE), 'content-type');
    },
    mosquitto_string_to_property_info: () => {
      const info = { identifier: MQTT_PROP_CONTENT_TYPE, type: MQTT_PROP_TYPE_STRING };
      assert.deepEqual({ ...string_to_property_info('content-type') }, info);
    },
    mosquitto_property_get_length: () => {
      since2_1(() => property_get_length_all({ 'content-type': 'text' }), 1 + 2 + 4);
    },
    mosquitto_property_get_length_all: () => {
      since2_1(() => property_get_length_all({ 'content-type': 'text', 'topic-alias': 1 }), 7 + 3);
    },
    mosquitto_property_get_remaining_length: () => {
      since2_1(() => property_get_remaining_length({ 'content-type': 'x'.repeat(125) }), 2 + 128);
    },
    mosquitto_varint_bytes: () => {
      assert.deepEqual([127, 128, 16384, 268435455].map(varint_bytes), [1, 2, 3, 4]);
    },
  },
};
