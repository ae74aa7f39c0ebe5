import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, MOSQ_ERR_OVERSIZE_PACKET, MOSQ_ERR_SUCCESS, type Mosquitto, type Properties } from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { DISCONNECT, PUBLISH, SUBSCRIBE, UNSUBSCRIBE } from '../support/packets';
import { AUTH, accept5 } from '../support/packets5';
import { varint } from '../support/properties5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { scaled } from '../support/wait';

// Tests the broker's maximum packet size to the byte: a packet of exactly that size is sent, a packet with one byte
// more is refused. libmosquitto itself errs by up to four bytes, which the static build repairs.

const limit = { timeout: scaled(60000) };

interface Kind {
  readonly type: number;
  /** Sends the packet with `filler` bytes more than its shortest form. */
  send(client: Mosquitto, filler: string, properties: Properties | null): number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'PUBLISH of QoS 0': {
    type: PUBLISH,
    send: (client, filler, properties) => client.publish('größe', filler, 0, false, properties),
  },
  'PUBLISH of QoS 1': {
    type: PUBLISH,
    send: (client, filler, properties) => client.publish('a', filler, 1, false, properties),
  },
  'PUBLISH of QoS 2': {
    type: PUBLISH,
    send: (client, filler, properties) => client.publish('a', filler, 2, true, properties),
  },
  SUBSCRIBE: {
    type: SUBSCRIBE,
    send: (client, filler, properties) => client.subscribe(`a${filler}`, 1, 0, properties),
  },
  'SUBSCRIBE of three': {
    type: SUBSCRIBE,
    send: (client, filler, properties) => client.subscribe(['größe', `b${filler}`, '#'], 2, 0, properties),
  },
  UNSUBSCRIBE: {
    type: UNSUBSCRIBE,
    send: (client, filler, properties) => client.unsubscribe(`a${filler}`, properties),
  },
  'UNSUBSCRIBE of three': {
    type: UNSUBSCRIBE,
    send: (client, filler, properties) => client.unsubscribe(['größe', `b${filler}`, '#'], properties),
  },
  AUTH: {
    type: AUTH,
    send: (client, filler, properties) => client.ext_auth_continue('M', Buffer.from(`d${filler}`), properties),
  },
  // Without properties it is the shortest packet.
  DISCONNECT: {
    type: DISCONNECT,
    send: (client, filler, properties) =>
      client.disconnect(4, { 'user-property': [...(properties?.['user-property'] ?? []), ['filler', filler]] }),
  },
};

/** No property; one; and so many that their own length takes one byte, two, three. */
const PROPERTIES: ReadonlyArray<Properties | null> = [null, ...[0, 122, 123, 16378, 16379].map(userProperty)];

/** Five bytes and the filler. */
function userProperty(length: number): Properties {
  return { 'user-property': [['x'.repeat(length), '']] };
}

const FEW = fillers([0, 1, 300, 16400]);
// Without properties also around the length at which the packet's own length takes a second byte.
const MANY = fillers([0, 1, ...Array.from({ length: 20 }, (_, index) => 104 + index)]);

function fillers(lengths: readonly number[]): string[] {
  return lengths.map((length) => 'x'.repeat(length));
}

if (build_info().linkage === 'static') {
  for (const [name, { type, send }] of Object.entries(KINDS)) {
    test(`${name}: a packet of the maximum size is sent, one byte more is refused`, limit, async (t) => {
      let maximum: number | null = null;
      const fake = await fakeBrokerFor(t, async (peer) => {
        await accept5(peer, maximum === null ? {} : { 'maximum-packet-size': maximum });
      });

      /** The size of the packet that arrives on a new connection; null when the packet is refused. */
      const sizeSent = async (filler: string, properties: Properties | null): Promise<number | null> => {
        // The client is new: another one would send its unacknowledged messages again.
        const client = client5For(t);
        const driven = driveFor(t, client, 'event loop');
        await connect5(client, fake);
        const peer = fake.peers.at(-1);
        assert.ok(peer);
        const rc = send(client, filler, properties);
        const refused = rc === MOSQ_ERR_OVERSIZE_PACKET;
        assert.equal(refused ? client.disconnect() : rc, MOSQ_ERR_SUCCESS);
        const packet = await peer.next();
        assert.equal(packet.type, refused ? DISCONNECT : type, 'the next packet');
        const { length } = packet.body;
        await driven.stop();
        client.destroy();
        return refused ? null : 1 + varint(length).length + length;
      };

      for (const properties of PROPERTIES) {
        for (const filler of properties === null ? MANY : FEW) {
          maximum = null;
          const size = await sizeSent(filler, properties);
          assert.ok(size !== null);
          maximum = size;
          assert.equal(await sizeSent(filler, properties), size);
          maximum = size - 1;
          assert.equal(await sizeSent(filler, properties), null, `${size} bytes, where ${maximum} are the most`);
        }
      }
    });
  }
}
