import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, MOSQ_ERR_NO_CONN, MQTT_RC_PACKET_TOO_LARGE } from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES } from '../support/drive';
import { PUBACK, PUBLISH, PUBREC } from '../support/packets';
import { accept5, ack5, disconnect5, readPublish5 } from '../support/packets5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';

// The properties of a PUBREC belong to the callback of its message alone. Would catch that another callback gets them:
// of a message that is discarded while the PUBREC is handled, or of the next packet.

const limit = { timeout: scaled(30000) };
const REFUSED = 0x97;

// The system's library frees the properties of a PUBREC unread.
if (build_info().linkage === 'static') {
  for (const mode of MODES) {
    test(`no callback of something else gets the properties of a refusing PUBREC (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await accept5(peer, { 'maximum-packet-size': 100 });
      });
      const client = client5For(t);
      const seen: unknown[] = [];
      client.on_publish = (_mosq, _obj, mid, reason_code, properties) => {
        seen.push([mid, reason_code, properties]);
      };
      client.on_disconnect = (_mosq, _obj, rc, properties) => {
        seen.push([rc, properties]);
      };
      assert.equal(client.max_inflight_messages_set(1), 0);
      const publish = (payload: string, qos: 1 | 2): number => {
        assert.equal(client.publish('a', payload, qos), MOSQ_ERR_NO_CONN);
        return client.last_mid;
      };
      const refused = publish('x', 2);
      // The broker takes no packet of this size, which is known when CONNACK has come. The message is discarded when the
      // first one has made room for it.
      const discarded = publish('x'.repeat(200), 1);
      const taken = publish('x', 1);
      driveFor(t, client, mode);
      await connect5(client, fake);
      const peer = fake.peers[0];
      assert.ok(peer);
      assert.equal(readPublish5(await peer.nextOf(PUBLISH)).mid, refused);
      peer.send(ack5(PUBREC, refused, REFUSED, { 'reason-string': 'refused' }));
      assert.equal(readPublish5(await peer.nextOf(PUBLISH)).mid, taken);
      await until(() => seen.length === 2, 'on_publish of the first two');
      assert.deepEqual(seen.splice(0), [
        [refused, REFUSED, { 'reason-string': 'refused' }],
        [discarded, MQTT_RC_PACKET_TOO_LARGE, null],
      ]);

      // No message has the id of these PUBRECs.
      const unknown = ack5(PUBREC, refused, REFUSED, { 'reason-string': 'unknown' });
      peer.send(unknown, ack5(PUBACK, taken), unknown, disconnect5(0x9c));
      await until(() => seen.length === 2, 'on_disconnect');
      assert.deepEqual(seen, [
        [taken, 0, null],
        [0x9c, null],
      ]);
    });
  }
}
