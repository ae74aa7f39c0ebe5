// Tests max_packet_size_set(). Without a limit a broker could make the client allocate 256 MiB with five bytes.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_MALFORMED_PACKET,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_ERR_OVERSIZE_PACKET,
  MOSQ_ERR_SUCCESS,
} from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import { encode, PUBLISH, publish } from '../support/packets';
import { varint } from '../support/properties5';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { collect, disconnections } from '../support/traffic';
import { SLOW, scaled, until, within } from '../support/wait';
import { type Connection, connectionOf } from './connection';

const limit = { timeout: scaled(60000) };
const MiB = 1024 * 1024;

interface Session extends Connection {
  readonly ends: number[];
}

/** A client and a broker that has accepted it. */
async function sessionOf(t: TestContext, mode: Mode, bytes?: number): Promise<Session> {
  const client = clientFor(t);
  if (bytes !== undefined) assert.equal(client.max_packet_size_set(bytes), MOSQ_ERR_SUCCESS);
  const ends = disconnections(client);
  return { ...(await connectionOf(t, mode, client)), ends };
}

/** The fixed header of a PUBLISH that announces `length` bytes. */
function announcement(length: number): Buffer {
  return Buffer.concat([Buffer.from([PUBLISH << 4]), varint(length)]);
}

function residentMiB(): number {
  return process.memoryUsage.rss() / MiB;
}

function limited(): void {
  for (const mode of MODES) {
    test(`200 MB, by default: the connection ends before a byte of it has come (${mode})`, limit, async (t) => {
      const { ends, peer } = await sessionOf(t, mode);
      const before = residentMiB();
      peer().send(announcement(200_000_000), Buffer.from([0, 1]));
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [MOSQ_ERR_OVERSIZE_PACKET]);
      await within(peer().closed, 'the end of the connection');
      assert.ok(residentMiB() - before < 32 * SLOW, `${before} MiB grew to ${residentMiB()}`);
    });

    test(`of every type (${mode})`, limit, async (t) => {
      const { client, ends, peer, broker } = await sessionOf(t, mode);
      const headers = Array.from({ length: 16 }, (_, type) => type << 4);
      for (const header of headers) {
        const connections = broker.peers.length;
        const ended = ends.length;
        peer().send(Buffer.concat([Buffer.from([header]), varint(2 ** 28 - 1)]));
        await until(() => ends.length > ended, 'on_disconnect');
        // A packet of type 0 is malformed before its length counts.
        const expected = header === 0 ? MOSQ_ERR_MALFORMED_PACKET : MOSQ_ERR_OVERSIZE_PACKET;
        assert.equal(ends.at(-1), expected, `type ${header >> 4}`);
        assert.equal(client.reconnect(), 0);
        await until(() => broker.peers.length > connections, 'the next connection');
      }
    });

    test(`the limit is the one that was set: up to it all arrives (${mode})`, limit, async (t) => {
      const { client, ends, peer } = await sessionOf(t, mode, 100_000);
      const messages = collect(client);
      // Two bytes of length and one of topic are the rest.
      peer().send(publish('t', Buffer.alloc(100_000 - 3 - 16)));
      await until(() => messages.length === 1, 'the message');
      assert.equal(messages[0]?.payloadlen, 100_000 - 3 - 16);
      peer().send(publish('t', Buffer.alloc(100_000)));
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [MOSQ_ERR_OVERSIZE_PACKET]);
      assert.equal(messages.length, 1);
    });

    test(`a small limit applies to a packet that comes in one piece with others (${mode})`, limit, async (t) => {
      const { client, ends, peer, broker } = await sessionOf(t, mode, 50);
      const messages = collect(client);
      peer().send(publish('t', 'before'), publish('t', 'x'.repeat(51)), publish('t', 'after'));
      await until(() => ends.length > 0, 'on_disconnect');
      assert.deepEqual(ends, [MOSQ_ERR_OVERSIZE_PACKET]);
      assert.deepEqual(
        messages.map(({ payload }) => payload.toString()),
        ['before'],
      );
      // And nothing of it is left for the next connection.
      assert.equal(client.reconnect(), 0);
      await until(() => broker.peers.length === 2 && peer().received.length > 0, 'CONNECT');
      peer().send(publish('t', 'next'));
      await until(() => messages.length === 2, 'a message of the next connection');
      assert.equal(messages[1]?.payload.toString(), 'next');
    });

    test(
      `0 is no limit: the client waits for all of it, and an empty promise costs nothing (${mode})`,
      limit,
      async (t) => {
        const { client, ends, peer, broker } = await sessionOf(t, mode, 0);
        const before = residentMiB();
        for (let i = 0; i < 20; i++) {
          const connections = broker.peers.length;
          const ended = ends.length;
          peer().send(announcement(200_000_000), Buffer.alloc(10_000));
          peer().end();
          await until(() => ends.length > ended, 'on_disconnect');
          assert.notEqual(ends.at(-1), MOSQ_ERR_OVERSIZE_PACKET);
          assert.equal(client.reconnect(), 0);
          await until(() => broker.peers.length > connections, 'the next connection');
        }
        assert.ok(residentMiB() - before < 32 * SLOW, `${before} MiB grew to ${residentMiB()}`);
      },
    );
  }

  test('a message of 20 MiB is within the default', limit, async (t) => {
    const { client, peer } = await sessionOf(t, 'thread');
    const messages = collect(client);
    peer().send(encode(PUBLISH, 0, Buffer.concat([Buffer.from([0, 1, 116]), Buffer.alloc(20 * MiB, 1)])));
    await until(() => messages.length === 1, 'the message');
    assert.equal(messages[0]?.payloadlen, 20 * MiB);
  });

  test('a negative limit is refused', limit, (t) => {
    assert.equal(clientFor(t).max_packet_size_set(-1), MOSQ_ERR_INVAL);
  });

  test('reinitialise() makes it the default again', limit, async (t) => {
    const broker = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
      peer.send(publish('t', 'x'.repeat(1000)));
    });
    const client = clientFor(t);
    assert.equal(client.max_packet_size_set(50), MOSQ_ERR_SUCCESS);
    assert.equal(client.reinitialise(), 0);
    const messages = collect(client);
    assert.equal(client.connect(broker.host, broker.port), 0);
    driveFor(t, client, 'event loop');
    await until(() => messages.length === 1, 'the message');
  });
}

if (build_info().linkage === 'static') {
  describe('a packet that is announced as too large', limited);
} else {
  test("the system's library takes no limit", limit, (t) => {
    assert.equal(clientFor(t).max_packet_size_set(1000), MOSQ_ERR_NOT_SUPPORTED);
  });
}
