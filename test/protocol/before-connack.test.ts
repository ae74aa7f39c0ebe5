// Tests that no packet leaves before the broker has answered CONNECT. Calls before that must not be lost, must keep
// their order, and must keep to the limits in CONNACK.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  build_info,
  MOSQ_ERR_NO_CONN,
  MOSQ_ERR_OVERSIZE_PACKET,
  MOSQ_ERR_SUCCESS,
  type Mosquitto,
  MQTT_RC_PACKET_TOO_LARGE,
  MQTT_RC_QOS_NOT_SUPPORTED,
  type Properties,
} from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { connack, PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import { AUTH, auth5, connack5 } from '../support/packets5';
import { driveFor } from '../support/scope';
import {
  accepted,
  answer,
  arrived,
  inWords,
  midOf,
  scriptedFor,
  VERSIONS,
  type Version,
  wordsOf,
} from '../support/sent';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

/** All calls that a client may make, in an order in which no two neighbours are of one kind, and the packet of each. */
const LARGE = Buffer.alloc(100_000, 'x');
const CALLS: ReadonlyArray<readonly [words: string, call: (client: Mosquitto) => number]> = [
  ['PUBLISH a 0', (client) => client.publish('t', 'a', 0)],
  ['SUBSCRIBE s', (client) => client.subscribe('s')],
  ['PUBLISH b 1', (client) => client.publish('t', 'b', 1)],
  ['PUBLISH c 2', (client) => client.publish('t', 'c', 2)],
  ['UNSUBSCRIBE u', (client) => client.unsubscribe('u')],
  ['PUBLISH 100000 bytes 1', (client) => client.publish('t', LARGE, 1)],
  ['PUBLISH 100000 bytes 0', (client) => client.publish('t', LARGE, 0)],
  ['PUBLISH d 1', (client) => client.publish('t', 'd', 1)],
  ['PUBLISH e 0', (client) => client.publish('t', 'e', 0)],
  ['SUBSCRIBE v', (client) => client.subscribe('v')],
];
const ORDER = CALLS.map(([words]) => words);

/** Makes all calls; returns their message ids. */
function callAll(client: Mosquitto): number[] {
  return CALLS.map(([words, call]) => {
    assert.equal(call(client), MOSQ_ERR_SUCCESS, words);
    return client.last_mid;
  });
}

/** Gives a forbidden packet the time to leave. */
async function chance(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await sleep(1);
}

/** The payloads and ids of the packets that left for the calls. */
function assertWhole(peer: Peer, mids: readonly number[]): void {
  for (const [index, packet] of peer.received.slice(1).entries()) {
    const qos = (packet.flags >> 1) & 3;
    const named = packet.type === SUBSCRIBE || packet.type === UNSUBSCRIBE || (packet.type === PUBLISH && qos > 0);
    if (named) assert.equal(midOf(packet), mids[index]);
    if (packet.body.length > LARGE.length) assert.ok(packet.body.subarray(-LARGE.length).equals(LARGE));
  }
}

function callTests(mode: Mode, version: Version): void {
  test('called before the loop runs', limit, async (t) => {
    const { client, confirmed, connect, ...stage } = await scriptedFor(t, version);
    connect();
    const mids = callAll(client);
    driveFor(t, client, mode);
    const peer = await stage.peer();
    await chance();
    assert.deepEqual(wordsOf(peer, version), ['CONNECT']);
    assert.deepEqual(confirmed, []);
    peer.send(accepted(version));
    await arrived(peer, 1 + CALLS.length, version);
    assert.deepEqual(wordsOf(peer, version), ['CONNECT', ...ORDER]);
    assertWhole(peer, mids);
  });

  test('called before CONNACK, and confirmed after it', limit, async (t) => {
    const { client, confirmed, connect, ...stage } = await scriptedFor(t, version);
    driveFor(t, client, mode);
    connect();
    const peer = await stage.peer();
    const mids = callAll(client);
    assert.equal(new Set(mids).size, mids.length);
    await chance();
    assert.deepEqual(wordsOf(peer, version), ['CONNECT']);
    assert.deepEqual(confirmed, []);
    peer.send(accepted(version));
    await arrived(peer, 1 + CALLS.length, version);
    assert.deepEqual(wordsOf(peer, version), ['CONNECT', ...ORDER]);
    assertWhole(peer, mids);
    let seen = 1;
    const published = mids.filter((_mid, index) => ORDER[index]?.startsWith('PUBLISH'));
    await until(() => {
      for (; seen < peer.received.length; seen++) {
        const packet = peer.received[seen];
        const bytes = packet === undefined ? null : answer(packet, version);
        if (bytes !== null) peer.send(bytes);
      }
      return confirmed.length === published.length;
    }, 'all confirmations');
    assert.deepEqual([...confirmed].sort(), [...published].sort());
  });

  test('one at a time in flight: queued messages delay nothing else', limit, async (t) => {
    const { client, connect, ...stage } = await scriptedFor(t, version);
    assert.equal(client.max_inflight_messages_set(1), 0);
    connect();
    callAll(client);
    driveFor(t, client, mode);
    const peer = await stage.peer();
    peer.send(accepted(version));
    const atOnce = ORDER.filter((words) => !/^PUBLISH .* [12]$/.test(words) || words === 'PUBLISH b 1');
    await arrived(peer, 1 + atOnce.length, version);
    await chance();
    assert.deepEqual(wordsOf(peer, version), ['CONNECT', ...atOnce]);
  });

  test(
    'the connection is lost, or refused, before: QoS 1 and 2 leave with the next, the rest is gone',
    limit,
    async (t) => {
      const { client, ended, confirmed, connect, ...stage } = await scriptedFor(t, version);
      const refused = version === 5 ? connack5(0x87) : connack(5);
      driveFor(t, client, mode);
      for (const [round, end] of [(peer: Peer) => peer.destroy(), (peer: Peer) => peer.send(refused)].entries()) {
        connect();
        const peer = await stage.peer();
        callAll(client);
        end(peer);
        await until(() => ended.length === round + 1, 'on_disconnect');
        assert.deepEqual(wordsOf(peer, version), ['CONNECT']);
      }
      const peer = await stage.accept();
      const queued = ORDER.filter((words) => /^PUBLISH .* [12]$/.test(words));
      await arrived(peer, 1 + 2 * queued.length, version);
      assert.equal(client.subscribe('end'), 0);
      await arrived(peer, 2 + 2 * queued.length, version);
      assert.deepEqual(wordsOf(peer, version), ['CONNECT', ...queued, ...queued, 'SUBSCRIBE end']);
      assert.deepEqual(confirmed, []);
    },
  );

  test('without a connection QoS 1 and 2 are queued, the rest is refused', limit, async (t) => {
    const { client, connect, ...stage } = await scriptedFor(t, version);
    const codes = CALLS.map(([, call]) => call(client));
    assert.deepEqual(
      codes,
      CALLS.map(() => MOSQ_ERR_NO_CONN),
    );
    connect();
    assert.equal(client.publish('t', 'later', 0), 0);
    driveFor(t, client, mode);
    const peer = await stage.peer();
    peer.send(accepted(version));
    const queued = ORDER.filter((words) => /^PUBLISH .* [12]$/.test(words));
    await arrived(peer, 2 + queued.length, version);
    assert.deepEqual(wordsOf(peer, version), ['CONNECT', ...queued, 'PUBLISH later 0']);
  });
}

/** MQTT 5: sends CONNACK with these properties after `call`. */
async function limited(
  t: TestContext,
  mode: Mode,
  properties: Properties,
  call: (client: Mosquitto) => void,
): Promise<{ client: Mosquitto; peer: Peer; reasons: Array<[mid: number, reason: number]> }> {
  const { client, connect, ...stage } = await scriptedFor(t, 5);
  const reasons: Array<[number, number]> = [];
  client.on_publish = (_mosq, _obj, mid, reason) => void reasons.push([mid, reason]);
  connect();
  call(client);
  driveFor(t, client, mode);
  const peer = await stage.peer();
  await chance();
  peer.send(connack5(0, properties));
  return { client, peer, reasons };
}

function limitTests(mode: Mode): void {
  test('a receive maximum of 1: one message leaves, and one more for each acknowledgement', limit, async (t) => {
    const { client, peer } = await limited(t, mode, { 'receive-maximum': 1 }, (early) => {
      for (let index = 0; index < 25; index++) assert.equal(early.publish('t', `${index}`, index % 2 === 0 ? 1 : 2), 0);
    });
    for (let index = 0; index < 25; index++) {
      const packet = await peer.nextOf(PUBLISH);
      assert.equal(inWords(packet, 5), `PUBLISH ${index} ${index % 2 === 0 ? 1 : 2}`);
      await sleep(1);
      assert.equal(peer.received.filter(({ type }) => type === PUBLISH).length, index + 1);
      peer.send(answer(packet, 5) ?? Buffer.alloc(0));
      if (index % 2 === 1) peer.send(answer(await peer.next(), 5) ?? Buffer.alloc(0));
    }
    assert.equal(client.publish('t', 'end', 0), 0);
    assert.equal(inWords(await peer.nextOf(PUBLISH), 5), 'PUBLISH end 0');
  });

  test('a maximum packet size: a larger packet is not sent, and its callback gets the reason', limit, async (t) => {
    const large: number[] = [];
    const { peer, reasons } = await limited(t, mode, { 'maximum-packet-size': 1000 }, (early) => {
      for (const qos of [0, 1, 2] as const) {
        assert.equal(early.publish('t', LARGE, qos), 0);
        large.push(early.last_mid);
        assert.equal(early.publish('t', `${qos}`, qos), 0);
      }
      assert.equal(early.subscribe('x'.repeat(2000)), 0);
      assert.equal(early.subscribe('s'), 0);
    });
    await arrived(peer, 5, 5);
    assert.deepEqual(wordsOf(peer, 5), ['CONNECT', 'PUBLISH 0 0', 'PUBLISH 1 1', 'PUBLISH 2 2', 'SUBSCRIBE s']);
    await until(() => reasons.length === 4, 'on_publish of the large ones, and of the one of QoS 0');
    assert.deepEqual(
      reasons.filter(([, reason]) => reason !== 0),
      large.map((mid) => [mid, MQTT_RC_PACKET_TOO_LARGE]),
    );
  });

  test('a maximum packet size: each filter of a larger SUBSCRIBE or UNSUBSCRIBE is refused', limit, async (t) => {
    const long = 'x'.repeat(2000);
    const refused: Array<[mid: number, codes: number[]]> = [];
    const called: number[] = [];
    const { client, peer } = await limited(t, mode, { 'maximum-packet-size': 1000 }, (early) => {
      early.on_subscribe = (_mosq, _obj, mid, codes) => void refused.push([mid, codes]);
      early.on_unsubscribe = (_mosq, _obj, mid, codes) => void refused.push([mid, codes]);
      for (const call of [() => early.subscribe(['a', long]), () => early.unsubscribe(['a', 'b', long])]) {
        assert.equal(call(), 0);
        called.push(early.last_mid);
      }
      assert.equal(early.subscribe('s'), 0);
    });
    await arrived(peer, 2, 5);
    await until(() => refused.length === 2, 'on_subscribe and on_unsubscribe');
    assert.deepEqual(wordsOf(peer, 5), ['CONNECT', 'SUBSCRIBE s']);
    assert.deepEqual(refused, [
      [called[0], [MQTT_RC_PACKET_TOO_LARGE, MQTT_RC_PACKET_TOO_LARGE]],
      [called[1], [MQTT_RC_PACKET_TOO_LARGE, MQTT_RC_PACKET_TOO_LARGE, MQTT_RC_PACKET_TOO_LARGE]],
    ]);
    assert.equal(client.subscribe(long), MOSQ_ERR_OVERSIZE_PACKET);
  });

  test('a maximum QoS of 1: a message of QoS 2 is not sent, and on_publish gets the reason', limit, async (t) => {
    let refused = 0;
    const { peer, reasons } = await limited(t, mode, { 'maximum-qos': 1 }, (early) => {
      assert.equal(early.publish('t', 'two', 2), 0);
      refused = early.last_mid;
      assert.equal(early.publish('t', 'one', 1), 0);
    });
    await arrived(peer, 2, 5);
    assert.deepEqual(wordsOf(peer, 5), ['CONNECT', 'PUBLISH one 1']);
    await until(() => reasons.length === 1, 'on_publish');
    assert.deepEqual(reasons, [[refused, MQTT_RC_QOS_NOT_SUPPORTED]]);
  });

  test('no retained messages: sent as ones that are not retained', limit, async (t) => {
    const { peer } = await limited(t, mode, { 'retain-available': 0 }, (early) => {
      for (const qos of [0, 1, 2] as const) assert.equal(early.publish('t', `${qos}`, qos, true), 0);
    });
    await arrived(peer, 4, 5);
    assert.deepEqual(wordsOf(peer, 5).slice(1), ['PUBLISH 0 0', 'PUBLISH 1 1', 'PUBLISH 2 2']);
    assert.deepEqual(
      peer.received.slice(1).map(({ flags }) => flags & 1),
      [0, 0, 0],
    );
  });

  test('extended authentication: nothing but AUTH leaves before CONNACK', limit, async (t) => {
    const { client, connect, ...stage } = await scriptedFor(t, 5);
    let asked = 0;
    client.on_ext_auth = (mosq, _obj, method, data) => {
      asked += 1;
      assert.ok(method !== null);
      callAll(mosq as Mosquitto);
      return mosq.ext_auth_continue(method, data);
    };
    driveFor(t, client, mode);
    connect();
    callAll(client);
    const peer = await stage.peer();
    for (let round = 1; round <= 2; round++) {
      peer.send(auth5(0x18, { 'authentication-method': 'M', 'authentication-data': Buffer.from([round]) }));
      assert.equal((await peer.nextOf(AUTH)).type, AUTH);
      assert.equal(asked, round);
      callAll(client);
      await chance();
    }
    assert.deepEqual(wordsOf(peer, 5), ['CONNECT', 'AUTH', 'AUTH']);
    peer.send(connack5(0, { 'authentication-method': 'M' }));
    await arrived(peer, 3 + 5 * CALLS.length, 5);
    assert.deepEqual(wordsOf(peer, 5).slice(3), Array.from({ length: 5 }, () => ORDER).flat());
  });
}

// The system's library queues the packet of a call as soon as there is a socket.
if (build_info().linkage === 'static') {
  for (const mode of MODES) {
    for (const version of VERSIONS) {
      describe(`calls before CONNACK leave after it, in their order (MQTT ${version}, ${mode})`, () => {
        callTests(mode, version);
      });
    }
    describe(`the limits in CONNACK apply to calls before it (${mode})`, () => {
      limitTests(mode);
    });
  }
}
