// Tests the number of messages of QoS 1 and 2 in flight. The program's maximum must apply to the current connection,
// and neither it nor the broker's receive maximum may override a smaller one. An acknowledgement of an unsent message
// must not let another message leave, or confirm a message that has not left.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, MOSQ_OPT_SEND_MAXIMUM, type Mosquitto } from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { ack, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, readMid } from '../support/packets';
import { ack5, readPublish5 } from '../support/packets5';
import { driveFor } from '../support/scope';
import { accepted, inWords, scriptedFor, VERSIONS, type Version } from '../support/sent';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };

interface Stage {
  readonly client: Mosquitto;
  readonly peer: Peer;
  /** The ids of those messages that are confirmed. */
  confirmed(): number[];
  /** Publishes messages '0', '1', ... of this QoS; returns their ids. */
  publish(count: number, qos: 1 | 2): number[];
  /** The payloads that have arrived since the last call, up to a marker that is published now. */
  arrived(): Promise<string[]>;
}

/** `receiveMaximum`: the broker's; 0 for none. */
async function stageFor(t: TestContext, mode: Mode, version: Version, receiveMaximum = 0): Promise<Stage> {
  const { client, confirmed, connect, ...scripted } = await scriptedFor(t, version);
  driveFor(t, client, mode);
  connect();
  const peer = await scripted.peer();
  peer.send(accepted(version, false, receiveMaximum));
  await until(() => client.connected, 'CONNACK');
  let markers = 0;
  const mids: number[] = [];
  return {
    client,
    peer,
    confirmed: () => confirmed.filter((mid) => mids.includes(mid)),
    publish: (count, qos) => {
      for (let number = 0; number < count; number++) {
        assert.equal(client.publish('t', `${number}`, qos), 0);
        mids.push(client.last_mid);
      }
      return mids;
    },
    arrived: async () => {
      markers += 1;
      const marker = `PUBLISH marker ${markers} 0`;
      assert.equal(client.publish('t', `marker ${markers}`, 0), 0);
      const words: string[] = [];
      for (;;) {
        const packet = await peer.nextOf(PUBLISH);
        const text = inWords(packet, version);
        if (text === marker) return words.map((word) => word.split(' ')[1] ?? '');
        words.push(text);
      }
    },
  };
}

function maximumTests(mode: Mode, version: Version): void {
  test('a higher maximum: queued messages leave at once', limit, async (t) => {
    const { client, publish, arrived } = await stageFor(t, mode, version);
    assert.equal(client.max_inflight_messages_set(2), 0);
    publish(9, 1);
    assert.deepEqual(await arrived(), ['0', '1']);
    assert.equal(client.max_inflight_messages_set(5), 0);
    assert.deepEqual(await arrived(), ['2', '3', '4']);
    assert.equal(client.int_option(MOSQ_OPT_SEND_MAXIMUM, 6), 0);
    assert.deepEqual(await arrived(), ['5']);
    assert.equal(client.max_inflight_messages_set(0), 0);
    assert.deepEqual(await arrived(), ['6', '7', '8']);
  });

  test('a lower maximum: none leaves until fewer are in flight', limit, async (t) => {
    const { client, peer, publish, arrived, confirmed } = await stageFor(t, mode, version);
    const mids = publish(30, 1);
    assert.equal((await arrived()).length, 20);
    assert.equal(client.max_inflight_messages_set(2), 0);
    peer.send(...mids.slice(0, 18).map((mid) => ack(PUBACK, mid)));
    await until(() => confirmed().length === 18, 'on_publish');
    assert.deepEqual(await arrived(), []);
    peer.send(ack(PUBACK, mids[18] ?? 0));
    await until(() => confirmed().length === 19, 'on_publish');
    assert.deepEqual(await arrived(), ['20']);
  });

  test('a message of QoS 2 counts until its PUBCOMP, and once', limit, async (t) => {
    const { client, peer, publish, arrived, confirmed } = await stageFor(t, mode, version);
    assert.equal(client.max_inflight_messages_set(1), 0);
    const mids = publish(4, 2);
    assert.deepEqual(await arrived(), ['0']);
    peer.send(ack(PUBREC, mids[0] ?? 0));
    assert.equal(readMid(await peer.nextOf(PUBREL)), mids[0]);
    assert.deepEqual(await arrived(), []);
    assert.equal(client.max_inflight_messages_set(2), 0);
    assert.deepEqual(await arrived(), ['1']);
    peer.send(ack(PUBCOMP, mids[0] ?? 0), ack(PUBCOMP, mids[0] ?? 0));
    await until(() => confirmed().length === 1, 'on_publish');
    assert.deepEqual(await arrived(), ['2']);
  });

  test('acknowledgements of what was not sent let no message leave, and confirm none', limit, async (t) => {
    const { client, peer, publish, arrived, confirmed } = await stageFor(t, mode, version);
    assert.equal(client.max_inflight_messages_set(2), 0);
    const mids = publish(5, 1);
    assert.deepEqual(await arrived(), ['0', '1']);
    peer.send(ack(PUBACK, mids[0] ?? 0));
    await until(() => confirmed().length === 1, 'on_publish');
    assert.deepEqual(await arrived(), ['2']);
    // The ids belong to a confirmed message, to a queued one, and to no message.
    const unknown = (mids[4] ?? 0) === 65535 ? 1 : (mids[4] ?? 0) + 1;
    for (const mid of [mids[0] ?? 0, mids[4] ?? 0, unknown]) {
      peer.send(ack(PUBACK, mid), ack(PUBACK, mid));
      if (mid === unknown) peer.send(ack(PUBCOMP, mid));
      if (mid === unknown && version === 5) peer.send(ack5(PUBREC, mid, 0x97));
    }
    peer.send(ack(PUBACK, mids[1] ?? 0));
    await until(() => confirmed().length === 2, 'on_publish');
    assert.deepEqual(await arrived(), ['3']);
    peer.send(ack(PUBACK, mids[2] ?? 0), ack(PUBACK, mids[3] ?? 0));
    await until(() => confirmed().length === 4, 'on_publish');
    assert.deepEqual(await arrived(), ['4']);
    peer.send(ack(PUBACK, mids[4] ?? 0));
    await until(() => confirmed().length === 5, 'on_publish');
    assert.deepEqual(confirmed(), mids);
  });
}

/** MQTT 5. */
function receiveMaximumTests(mode: Mode): void {
  test("the broker's is larger: the program's applies", limit, async (t) => {
    const { publish, arrived } = await stageFor(t, mode, 5, 50);
    publish(30, 1);
    assert.equal((await arrived()).length, 20);
  });

  test("the broker's is smaller: it applies, whatever the program sets", limit, async (t) => {
    const { client, peer, publish, arrived, confirmed } = await stageFor(t, mode, 5, 3);
    const mids = publish(9, 1);
    assert.deepEqual(await arrived(), ['0', '1', '2']);
    for (const maximum of [2, 10, 0]) {
      assert.equal(client.max_inflight_messages_set(maximum), 0);
      assert.deepEqual(await arrived(), []);
    }
    peer.send(...mids.slice(0, 3).map((mid) => ack(PUBACK, mid)));
    await until(() => confirmed().length === 3, 'on_publish');
    assert.deepEqual(await arrived(), ['3', '4', '5']);
  });

  test('a PUBREC that refuses makes room for one message', limit, async (t) => {
    const { peer, publish, arrived, confirmed } = await stageFor(t, mode, 5, 1);
    const mids = publish(3, 2);
    assert.deepEqual(await arrived(), ['0']);
    peer.send(ack5(PUBREC, mids[0] ?? 0, 0x97), ack5(PUBREC, mids[0] ?? 0, 0x97));
    await until(() => confirmed().length === 1, 'on_publish');
    assert.deepEqual(await arrived(), ['1']);
  });

  test('a maximum that is set before CONNACK applies', limit, async (t) => {
    for (const [ofProgram, ofBroker, expected] of [
      [2, 5, 2],
      [7, 5, 5],
      [0, 0, 12],
    ] as const) {
      const { client, connect, ...scripted } = await scriptedFor(t, 5);
      driveFor(t, client, mode);
      connect();
      const peer = await scripted.peer();
      assert.equal(client.max_inflight_messages_set(ofProgram), 0);
      for (let number = 0; number < 12; number++) assert.equal(client.publish('t', `${number}`, 1), 0);
      assert.equal(client.publish('t', 'marker', 0), 0);
      peer.send(accepted(5, false, ofBroker));
      const payloads: string[] = [];
      while (payloads.at(-1) !== 'marker') payloads.push(readPublish5(await peer.nextOf(PUBLISH)).payload.toString());
      assert.equal(payloads.length - 1, expected);
    }
  });
}

// docs/threads-and-delivery.md describes the behaviour of the system's library.
if (build_info().linkage === 'static') {
  for (const mode of MODES) {
    for (const version of VERSIONS) {
      describe(`the most messages in flight (MQTT ${version}, ${mode})`, () => {
        maximumTests(mode, version);
      });
    }
    describe(`the most messages in flight, and the broker's receive maximum (${mode})`, () => {
      receiveMaximumTests(mode);
    });
  }
}
