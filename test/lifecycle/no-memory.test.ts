// Tests a process without memory for the event of a message, or for the packet of a message to send. A message of QoS 1
// or 2 must not be acknowledged and lost, a queued message must not stay queued for ever, and no exception may end the
// process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { build_info, MOSQ_ERR_NOMEM, type Properties } from 'libmosquitto';
import { addonFile, dynamicSymbols, isSanitized } from '../native/addon';
import { spawnChild } from '../support/child';
import { MODES } from '../support/drive';
import { ack, CONNECT, connack, PUBACK, PUBCOMP, PUBLISH, PUBREC, PUBREL, readPublish } from '../support/packets';
import { connack5, publish5 } from '../support/packets5';
import { defer, fakeBrokerFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { memory } from './proc';

const limit = { timeout: scaled(90000) };
const MiB = 1024 * 1024;

/** Sets the soft limit: the process may allocate `more` bytes, or with null any amount. */
function limitMemory(pid: number, more: number | null): void {
  const most = more === null ? 'unlimited' : String(memory('VmSize', pid) * 1024 + more);
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--as=${most}:`], { encoding: 'utf8' });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
}

/** Returns properties that take `bytes` in all, 60,000 each. */
function properties(bytes: number): Properties {
  const value = 'v'.repeat(60_000);
  return { 'user-property': Array.from({ length: Math.floor(bytes / 60_000) }, (): [string, string] => ['n', value]) };
}

const CASES = [
  { what: 'a payload', packet: { payload: Buffer.alloc(96 * MiB, 'p'), properties: {} }, more: 144 * MiB },
  // Memory for the packet, for each property, and for all of them in a row in a string that grows.
  { what: 'properties', packet: { payload: Buffer.from('x'), properties: properties(40 * MiB) }, more: 112 * MiB },
];

function tests(): void {
  for (const mode of MODES) {
    for (const { what, packet, more } of CASES) {
      for (const qos of [1, 2] as const) {
        if (qos === 2 && build_info().linkage === 'system') continue; // docs/threads-and-delivery.md describes this loss
        test(
          `${what}, QoS ${qos}: not acknowledged, and delivered in the next connection (${mode})`,
          limit,
          async (t) => {
            const message = publish5('t', packet.payload, { qos, mid: 7, properties: packet.properties });
            const fake = await fakeBrokerFor(t, async (peer) => {
              await peer.nextOf(CONNECT);
              peer.send(connack5(0, {}, fake.peers.length > 1));
            });
            const child = spawnChild('lifecycle-no-memory', {
              args: [String(fake.port), mode],
              timeoutMs: scaled(80000),
            });
            defer(t, () => child.kill('SIGKILL'));
            await child.line(/^connected 1$/);
            const [peer] = fake.peers;
            assert.ok(peer);
            if (qos === 1) {
              limitMemory(child.pid, more);
              peer.send(message);
            } else {
              peer.send(message);
              await peer.nextOf(PUBREC);
              limitMemory(child.pid, MiB * 40);
              peer.send(ack(PUBREL, 7));
            }
            await child.line(new RegExp(`^disconnected ${MOSQ_ERR_NOMEM}$`));
            await peer.closed;
            const answered = peer.received.filter(({ type }) => type === PUBACK || type === PUBCOMP);
            assert.deepEqual(answered, []);

            limitMemory(child.pid, null);
            await child.line(/^connected 2$/);
            const again = fake.peers.at(-1);
            assert.ok(again);
            again.send(qos === 1 ? message : ack(PUBREL, 7));
            const keys = Object.keys(packet.properties).length;
            await child.line(new RegExp(`^message ${packet.payload.length} ${keys}$`));
            await again.nextOf(qos === 1 ? PUBACK : PUBCOMP);
          },
        );
      }
    }
  }
}

/** More than malloc() has reserved for any thread. */
const LARGE = 66 * MiB;

/** In libmosquitto 2.0 nothing would end the connection. */
function sendTests(): void {
  for (const mode of MODES) {
    for (const [what, place] of [
      ['when CONNACK has come', 0],
      ['when a PUBACK has made room', 1],
    ] as const) {
      test(`the connection ends, and the next sends all in order: ${what} (${mode})`, limit, async (t) => {
        const fake = await fakeBrokerFor(t, () => undefined);
        const child = spawnChild('lifecycle-no-memory-sends', {
          args: [String(fake.port), mode, String(LARGE), String(place)],
          timeoutMs: scaled(80000),
        });
        defer(t, () => child.kill('SIGKILL'));
        await child.line(/^ready$/);
        await until(() => fake.peers[0]?.received.length === 1, 'CONNECT');
        const [peer] = fake.peers;
        assert.ok(peer);
        limitMemory(child.pid, LARGE / 2);
        peer.send(connack(0, true));
        if (place === 1) peer.send(ack(PUBACK, readPublish(await peer.nextOf(PUBLISH)).mid));
        await child.line(new RegExp(`^disconnected ${MOSQ_ERR_NOMEM}$`));
        await peer.closed;

        limitMemory(child.pid, null);
        await until(() => fake.peers.at(-1) !== peer, 'the next connection');
        const again = fake.peers.at(-1);
        assert.ok(again);
        await again.nextOf(CONNECT);
        again.send(connack(0, true));
        for (let number = place; number < 3; number++) {
          const { topic, mid } = readPublish(await again.nextOf(PUBLISH));
          assert.equal(topic, `${number}`);
          again.send(ack(PUBACK, mid));
        }
      });
    }
  }
}

describe('no memory for a packet', () => {
  if (build_info().linkage === 'static' && process.platform === 'linux' && !isSanitized(dynamicSymbols(addonFile()))) {
    sendTests();
  }
});

describe('no memory for an event', () => {
  // A sanitizer reserves more address space than any limit allows.
  if (process.platform === 'linux' && !isSanitized(dynamicSymbols(addonFile()))) tests();
});
