// Tests a message of QoS 1 or 2 that was published by only its topic alias, and is sent again in a later connection.
// Without its topic a broker would refuse it with 0x94 in every connection.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info, MOSQ_ERR_INVAL, MOSQ_ERR_NO_CONN, type Properties } from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES } from '../support/drive';
import { ack, CONNECT, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, readMid } from '../support/packets';
import { connack5, type Publish5, readPublish5 } from '../support/packets5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(30000) };
const KEPT: Properties = { 'session-expiry-interval': 3600 };
const ALIAS: Properties = { 'topic-alias': 1 };

function tests(): void {
  for (const mode of MODES) {
    for (const qos of [1, 2] as const) {
      test(`it has its topic, and no alias (${mode}, QoS ${qos})`, limit, async (t) => {
        // The second broker accepts no aliases at all.
        const fake = await fakeBrokerFor(t, async (peer) => {
          const first = fake.peers.length === 1;
          await peer.nextOf(CONNECT);
          peer.send(connack5(0, first ? { 'topic-alias-maximum': 5 } : {}, !first));
        });
        const client = client5For(t, 'alias', false);
        driveFor(t, client, mode);
        await connect5(client, fake, KEPT);
        const user: Properties = { 'user-property': [['a', 'b']], ...ALIAS };
        assert.equal(client.publish('the/topic', '1', qos, false, ALIAS), 0);
        assert.equal(client.publish('', '2', qos, false, ALIAS), 0);
        assert.equal(client.publish('', '3', qos, false, user), 0);
        assert.equal(client.publish('other/topic', '4', qos, false, ALIAS), 0);
        assert.equal(client.publish('', '5', qos, false, ALIAS), 0);
        const [peer] = fake.peers;
        assert.ok(peer);
        const told = ({ topic, payload, properties }: Publish5): unknown[] => [topic, `${payload}`, properties];
        const sent: unknown[][] = [];
        while (sent.length < 5) sent.push(told(readPublish5(await peer.nextOf(PUBLISH))));
        assert.deepEqual(sent, [
          ['the/topic', '1', ALIAS],
          ['', '2', ALIAS],
          ['', '3', user],
          ['other/topic', '4', ALIAS],
          ['', '5', ALIAS],
        ]);
        peer.destroy();
        await until(() => client.socket() < 0, 'the end of the connection');
        assert.equal(client.publish('', '6', qos, false, ALIAS), MOSQ_ERR_NO_CONN, 'queued, with the last alias');
        const confirmed: number[] = [];
        client.on_publish = (_mosq, _obj, mid, code) => {
          assert.equal(code, 0);
          confirmed.push(mid);
        };
        let connected = false;
        client.on_connect = () => {
          connected = true;
        };
        if (mode === 'loop') assert.equal(client.reconnect(), 0);
        await until(() => connected, 'the next connection');
        const again = fake.peers[1];
        assert.ok(again);
        const resent: unknown[][] = [];
        for (let done = 0; done < 6; ) {
          const packet = await again.next();
          if (packet.type === PUBREL) again.send(ack(PUBCOMP, readMid(packet)));
          if (packet.type === PUBLISH) {
            const message = readPublish5(packet);
            resent.push(told(message));
            again.send(ack(qos === 1 ? PUBACK : PUBREC, message.mid));
          }
          if (packet.type === (qos === 1 ? PUBLISH : PUBREL)) done += 1;
        }
        assert.deepEqual(resent, [
          ['the/topic', '1', {}],
          ['the/topic', '2', {}],
          ['the/topic', '3', { 'user-property': [['a', 'b']] }],
          ['other/topic', '4', {}],
          ['other/topic', '5', {}],
          ['other/topic', '6', {}],
        ]);
        await until(() => confirmed.length === 6, 'on_publish');
        assert.equal(fake.peers.length, 2);
      });
    }
  }
}

describe('a message that was published by its topic alias', () => {
  if (build_info().linkage === 'static') tests();

  test('with an alias that was given no topic it is refused at QoS 1 and 2', limit, async (t) => {
    const fake = await fakeBrokerFor(t, async (peer) => {
      await peer.nextOf(CONNECT);
      peer.send(connack5(0, { 'topic-alias-maximum': 5 }));
    });
    const client = client5For(t);
    driveFor(t, client, 'thread');
    assert.equal(client.publish('', '', 1, false, ALIAS), MOSQ_ERR_INVAL);
    await connect5(client, fake);
    for (const qos of [1, 2] as const) assert.equal(client.publish('', '', qos, false, ALIAS), MOSQ_ERR_INVAL);
    assert.equal(client.publish('t', '', 0, false, ALIAS), 0);
    assert.equal(client.publish('', '', 1, false, ALIAS), 0);
    assert.equal(client.publish('', '', 1, false, { 'topic-alias': 2 }), MOSQ_ERR_INVAL);
  });
});
