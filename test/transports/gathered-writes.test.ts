// Tests that packets that are queued together leave in one write. The peer must get the same bytes as packet by packet:
// also when the socket accepts a part, when TLS has to write again, and when the connection ends.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MOSQ_ERR_SUCCESS } from 'libmosquitto';
import { type Accepted, acceptedFor } from '../support/accepted';
import { sharedCertificates } from '../support/certificates';
import { MODES, type Mode } from '../support/drive';
import { DISCONNECT, PUBLISH, readPublish } from '../support/packets';
import { scaled, until, within } from '../support/wait';
import { overTls } from '../support/ways';

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();

const KINDS = ['TCP', 'TLS 1.2', 'TLS 1.3'] as const;
type Kind = (typeof KINDS)[number];

/** A connection of that kind. */
function connected(t: TestContext, kind: Kind, mode: Mode): Promise<Accepted> {
  if (kind === 'TCP') return acceptedFor(t, mode);
  const version = kind === 'TLS 1.2' ? 'TLSv1.2' : 'TLSv1.3';
  return acceptedFor(t, mode, {
    tls: { ...certificates().server, minVersion: version, maxVersion: version },
    prepare: overTls(certificates()),
  });
}

/** Sizes around every limit: one byte more or less than a buffer, a record, a large packet. */
function* sizes(): Generator<number> {
  const borders = [0, 1, 127, 128, 1000, 8192, 16383, 16384, 16385, 65535, 65536, 200_000];
  for (let i = 0; i < 1500; i++) {
    yield i % 100 === 99 ? (borders[((i / 100) % borders.length) | 0] ?? 0) : i % 120;
  }
}

/** The payload's number, then bytes that depend on it. */
function payloadOf(number: number, size: number): Buffer {
  const payload = Buffer.alloc(size + 4, number & 255);
  payload.writeUInt32BE(number);
  return payload;
}

for (const kind of KINDS) {
  for (const mode of MODES) {
    test(
      `all arrives whole and in order through a peer that stops reading, DISCONNECT last (${kind}, ${mode})`,
      limit,
      async (t) => {
        const { client, peer } = await connected(t, kind, mode);
        const ended = new Promise<number>((resolve) => {
          client.on_disconnect = (_mosq, _obj, rc) => resolve(rc);
        });
        let published = 0;
        client.on_publish = () => {
          published++;
        };
        const sent: Buffer[] = [];
        for (const size of sizes()) {
          // Sometimes the peer reads nothing, so that the socket is full in the middle of a packet.
          if (sent.length % 500 === 100) peer.pause();
          if (sent.length % 500 === 400) {
            // Time for the client to fill the socket; the result is the same if it does not.
            await new Promise((resolve) => setTimeout(resolve, 5));
            peer.resume();
          }
          const payload = payloadOf(sent.length, size);
          assert.equal(client.publish(`t/${sent.length % 7}`, payload), MOSQ_ERR_SUCCESS);
          sent.push(payload);
        }
        peer.resume();
        await until(
          () => published === sent.length,
          () => `on_publish: ${published} of ${sent.length}`,
        );
        assert.equal(client.disconnect(), MOSQ_ERR_SUCCESS);
        await within(peer.closed, 'the end of the connection');
        assert.equal(await within(ended, 'on_disconnect'), 0);

        const packets = peer.received.filter(({ type }) => type === PUBLISH || type === DISCONNECT);
        assert.equal(packets.length, sent.length + 1);
        assert.equal(packets.pop()?.type, DISCONNECT);
        packets.forEach((packet, i) => {
          const { topic, payload } = readPublish(packet);
          assert.equal(topic, `t/${i % 7}`);
          assert.ok(sent[i]?.equals(payload), `message ${i}`);
        });
      },
    );

    test(`a reset in the middle of a write is reported once (${kind}, ${mode})`, limit, async (t) => {
      const { client, peer } = await connected(t, kind, mode);
      const ends: number[] = [];
      client.on_disconnect = (_mosq, _obj, rc) => {
        ends.push(rc);
        client.disconnect();
      };
      peer.pause();
      const payload = Buffer.alloc(1000);
      for (let i = 0; i < 20_000; i++) client.publish('t', payload);
      peer.destroy();
      await until(() => ends.length > 0, 'on_disconnect');
      assert.equal(ends.length, 1);
      assert.notEqual(ends[0], 0);
    });
  }
}
