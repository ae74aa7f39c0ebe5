// Tests large payloads during extended authentication. A large payload does not go through libmosquitto's queue and
// buffers: publish() itself writes it, and it is read into memory of its own. It must not overtake a pending
// on_ext_auth.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MOSQ_ERR_AUTH, MOSQ_ERR_SUCCESS, type Mosquitto } from 'libmosquitto';
import { bytesUnderWay } from '../lifecycle/proc';
import { type Pair, sharedCertificates } from '../support/certificates';
import { client5For, connect5, HAS_2_1 } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { CONNECT, PUBLISH } from '../support/packets';
import { AUTH, auth5, connack5, publish5, readPublish5 } from '../support/packets5';
import { driveFor, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();
const METHOD = 'any';
const CHALLENGE = auth5(0x18, { 'authentication-method': METHOD, 'authentication-data': Buffer.from('challenge') });
// Sizes around the limit of a large payload, of one read, and of the socket's buffer, with small ones in between.
const SIZES = [8193, 8192, 100_000, 10, 40_000, 1_000_000, 0, 20_000];

/** The time of the broker's AUTH: before it accepts the connection, or later, as it may at any time. */
const MOMENTS = ['before CONNACK', 'later'] as const;
type Moment = (typeof MOMENTS)[number];

interface Message {
  readonly topic: string;
  readonly payload: Buffer;
}

const messagesFrom = (first: number): Message[] =>
  SIZES.map((size, i) => ({ topic: `t/${first + i}`, payload: Buffer.alloc(size, first + i) }));

const qosOf = (index: number): 0 | 1 => (index % 2 === 0 ? 0 : 1);

/** Connects to a broker that sends AUTH at that time: `ask` sends CHALLENGE. */
async function examined(
  t: TestContext,
  mode: Mode,
  client: Mosquitto,
  moment: Moment,
  ask: (peer: Peer, port: number) => void,
  tls?: Pair,
): Promise<Peer> {
  const script = async (peer: Peer): Promise<void> => {
    await peer.nextOf(CONNECT);
    if (moment === 'before CONNACK') {
      ask(peer, fake.port);
      await peer.nextOf(AUTH);
    }
    peer.send(connack5());
  };
  const fake = await fakeBrokerFor(t, script, { host: '127.0.0.1', ...(tls && { tls }) });
  driveFor(t, client, mode);
  assert.equal((await connect5(client, fake, { 'authentication-method': METHOD })).rc, MOSQ_ERR_SUCCESS);
  const [peer] = fake.peers;
  assert.ok(peer);
  if (moment === 'later') ask(peer, fake.port);
  return peer;
}

/** Publishes all payloads from one buffer, which is overwritten afterwards. */
function publishAll(client: Mosquitto, messages: readonly Message[]): void {
  const buffer = Buffer.alloc(Math.max(...SIZES));
  for (const [i, { topic, payload }] of messages.entries()) {
    payload.copy(buffer);
    assert.equal(client.publish(topic, buffer.subarray(0, payload.length), qosOf(i)), MOSQ_ERR_SUCCESS);
    buffer.fill(255);
  }
}

/**
 * Blocks until the client has read the bytes, without a turn of the event loop: its thread handles an AUTH then, and
 * the handler needs this thread. The check runs twice, because a byte may move from one socket to the other while the
 * system lists them.
 */
function blockUntilRead(port: number): void {
  const deadline = Date.now() + scaled(20000);
  for (let times = 0; times < 2; times = bytesUnderWay(port) === 0 ? times + 1 : 0) {
    assert.ok(Date.now() < deadline, `${bytesUnderWay(port)} bytes are not read`);
  }
}

function assertSame(got: readonly Message[], expected: readonly Message[]): void {
  assert.deepEqual(
    got.map(({ topic }) => topic),
    expected.map(({ topic }) => topic),
  );
  for (const [i, { topic, payload }] of got.entries()) assert.ok(expected[i]?.payload.equals(payload), topic);
}

const published = (peer: Peer): Message[] => peer.received.filter(({ type }) => type === PUBLISH).map(readPublish5);

function tests(mode: Mode): void {
  // Publishes while on_ext_auth is queued for the JavaScript thread. If that thread drives the client, the handler runs
  // at once.
  const unheard = mode === 'thread' ? messagesFrom(100) : [];
  const askAndPublish =
    (client: Mosquitto) =>
    (peer: Peer, port: number): void => {
      peer.send(CHALLENGE);
      if (unheard.length === 0) return;
      blockUntilRead(port);
      publishAll(client, unheard);
    };

  for (const moment of MOMENTS) {
    test(`large payloads published while on_ext_auth is due (${moment}, ${mode})`, limit, async (t) => {
      const client = client5For(t);
      const [before, after] = [messagesFrom(0), messagesFrom(50)];
      client.on_ext_auth = (_mosq, _obj, method) => {
        publishAll(client, before);
        const rc = client.ext_auth_continue(method ?? '', Buffer.from('answer'));
        publishAll(client, after);
        return rc;
      };
      const peer = await examined(t, mode, client, moment, askAndPublish(client));
      const expected = [...unheard, ...before, ...after];
      await until(
        () => published(peer).length === expected.length,
        () => `${published(peer).length} messages`,
      );
      assertSame(published(peer), expected);
    });
  }

  for (const tls of [false, true]) {
    test(`large payloads that arrive while on_ext_auth is due (${tls ? 'TLS' : 'TCP'}, ${mode})`, limit, async (t) => {
      const { ca, server } = certificates();
      const client = client5For(t);
      if (tls) assert.equal(client.tls_set(ca.cert), MOSQ_ERR_SUCCESS);
      const [behind, meanwhile] = [messagesFrom(0), messagesFrom(50)];
      const bytesOf = (messages: Message[]): Buffer =>
        Buffer.concat(messages.map(({ topic, payload }, i) => publish5(topic, payload, { qos: qosOf(i), mid: i + 1 })));
      const got: Message[] = [];
      let answered = false;
      client.on_message = (_mosq, _obj, message) => {
        assert.ok(answered, 'a message came before the answer');
        got.push(message);
      };
      let asking: Peer | null = null;
      client.on_ext_auth = (_mosq, _obj, method) => {
        asking?.send(bytesOf(meanwhile));
        answered = true;
        return client.ext_auth_continue(method ?? '', Buffer.from('answer'));
      };
      const ask = (peer: Peer): void => {
        asking = peer;
        peer.send(CHALLENGE, bytesOf(behind));
      };
      await examined(t, mode, client, 'later', ask, tls ? server : undefined);
      const expected = [...behind, ...meanwhile];
      await until(
        () => got.length === expected.length,
        () => `${got.length} messages`,
      );
      assertSame(got, expected);
    });
  }

  test(
    `of large payloads published while on_ext_auth is due nothing is sent when it refuses (${mode})`,
    limit,
    async (t) => {
      const client = client5For(t);
      const ends: number[] = [];
      client.on_disconnect = (_mosq, _obj, rc) => {
        ends.push(rc);
        client.disconnect(); // no further attempt
      };
      client.on_ext_auth = () => {
        publishAll(client, messagesFrom(0));
        return MOSQ_ERR_AUTH;
      };
      const peer = await examined(t, mode, client, 'later', askAndPublish(client));
      await until(() => ends.length > 0, 'on_disconnect');
      await peer.closed;
      assert.deepEqual(ends, [MOSQ_ERR_AUTH]);
      assert.deepEqual(published(peer), []);
    },
  );
}

if (HAS_2_1) for (const mode of MODES) tests(mode);
