// Tests disconnect() while a broker of TLS 1.3 has sent one half of a handshake message. OpenSSL writes nothing before
// it has the other half. A broker that never sends it must not keep the client for ever, and a broker that sends it
// must get DISCONNECT.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { DISCONNECT, PUBLISH, publish } from '../support/packets';
import { clientFor, driveFor } from '../support/scope';
import { collect, connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { bytesUnderWay, bytesUnderWayTo } from './proc';
import { type RecordBroker, recordBrokerFor } from './record-broker';
import { APPLICATION_DATA, HANDSHAKE } from './server-records';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const MiB = 1024 * 1024;
const FEW_SECONDS = 8000;
/**
 * Sizes in MiB. With libmosquitto 2.0 OpenSSL fails with "bad write retry": it has to read before it can write the rest
 * of a packet that is longer than a record.
 */
const BACKLOGS = build_info().linkage === 'static' ? [0, 30] : [0];
/** A NewSessionTicket message, and the offset at which it is cut. */
const TICKET = newSessionTicket();
const HALF = 8;

function newSessionTicket(): Buffer {
  const lifetimeAndAge = Buffer.alloc(8, 1);
  const nonce = Buffer.from([1, 0]);
  const ticket = Buffer.concat([Buffer.from([0, 186]), Buffer.alloc(186, 1)]);
  const noExtensions = Buffer.alloc(2);
  const body = Buffer.concat([lifetimeAndAge, nonce, ticket, noExtensions]);
  return Buffer.concat([Buffer.from([4, 0, 0, body.length]), body]);
}

interface Halfway {
  readonly client: Mosquitto;
  readonly broker: RecordBroker;
  readonly peer: Peer;
  readonly ends: number[];
}

/**
 * Creates a client with `count` queued messages of 1 MiB that the broker does not read yet, and whose OpenSSL has read
 * the first half.
 */
async function halfwayFor(t: TestContext, mode: Mode, count: number): Promise<Halfway> {
  const { ca, server } = certificates();
  const broker = await recordBrokerFor(t, server);
  const client = clientFor(t);
  assert.equal(client.tls_set(ca.cert), 0);
  driveFor(t, client, mode);
  const accepted = broker.peer().then(async (peer) => {
    await peer.accept();
    peer.pause();
    return peer;
  });
  await connectTo(client, { host: 'localhost', port: broker.port });
  for (let number = 0; number < count; number++) assert.equal(client.publish('t', Buffer.alloc(MiB)), 0);
  if (count > 0) await standstill(broker.port);
  const messages = collect(client);
  broker.send([APPLICATION_DATA, publish('t', 'in front')], [HANDSHAKE, TICKET.subarray(0, HALF)]);
  await until(() => messages.length === 1, 'the message in front of the half');
  await until(() => bytesUnderWay(broker.port) === 0, 'the client to read the half');
  return { client, broker, peer: await accepted, ends: disconnections(client) };
}

/** Waits until the buffers of a broker that does not read are full. */
async function standstill(port: number): Promise<void> {
  const QUIET_MS = 200;
  let bytes = 0;
  let since = performance.now();
  const stands = (): boolean => {
    const now = bytesUnderWayTo(port);
    if (now !== bytes) since = performance.now();
    bytes = now;
    return bytes > 0 && performance.now() - since > QUIET_MS;
  };
  await until(stands, 'full buffers');
}

function typesOf({ received }: Peer): number[] {
  return received.slice(1).map(({ type }) => type);
}

for (const mode of MODES) {
  describe(`disconnect() within a handshake message of TLS 1.3 (${mode})`, { concurrency: true }, () => {
    test('a broker that never sends the rest is disconnected', limit, async (t) => {
      const { client, peer, ends } = await halfwayFor(t, mode, 0);
      peer.resume();
      assert.equal(client.publish('t', 'behind'), 0);
      assert.equal(client.disconnect(), 0);
      await until(() => ends.length > 0, 'on_disconnect', FEW_SECONDS);
      assert.deepEqual(ends, [0]);
      assert.equal(client.socket(), -1);
      assert.deepEqual(typesOf(peer), []);
    });

    test('a broker that sends the rest byte by byte, for seconds, is disconnected', limit, async (t) => {
      const { client, broker, ends } = await halfwayFor(t, mode, 0);
      assert.equal(client.disconnect(), 0);
      let sent = HALF;
      const timer = setInterval(() => {
        broker.send([HANDSHAKE, TICKET.subarray(sent, sent + 1)]);
        sent += 1;
      }, 100);
      t.after(() => {
        clearInterval(timer);
      });
      await until(() => ends.length > 0, 'on_disconnect', FEW_SECONDS);
      assert.ok(sent < TICKET.length, `${sent} bytes`);
      assert.deepEqual(ends, [0]);
    });

    for (const count of BACKLOGS) {
      test(`${count} MiB and DISCONNECT leave when the rest has come, in two parts`, limit, async (t) => {
        const { client, broker, peer, ends } = await halfwayFor(t, mode, count);
        assert.equal(client.disconnect(), 0);
        broker.send([HANDSHAKE, TICKET.subarray(HALF, 100)]);
        await until(() => bytesUnderWay(broker.port) === 0, 'the client to read the second part');
        broker.send([HANDSHAKE, TICKET.subarray(100)]);
        await until(() => bytesUnderWay(broker.port) === 0, 'the client to read the last part');
        peer.resume();
        await until(() => ends.length > 0, 'on_disconnect');
        assert.deepEqual(ends, [0]);
        await until(() => typesOf(peer).includes(DISCONNECT), 'DISCONNECT');
        assert.deepEqual(typesOf(peer), [...Array<number>(count).fill(PUBLISH), DISCONNECT]);
      });
    }
  });
}
