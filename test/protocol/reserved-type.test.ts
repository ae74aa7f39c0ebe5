// Tests packets of type 0. They made packet__read() loop for ever, while it had locked the client. In loop() and on the
// event loop the whole process hung. The client is in a process of its own, so a hang is a failed test.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { build_info, MOSQ_ERR_MALFORMED_PACKET } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { runChild } from '../support/child';
import type { Version } from '../support/corpus';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { CONNECT, connack, DISCONNECT, pingresp, publish } from '../support/packets';
import { connack5, publish5 } from '../support/packets5';
import { fakeBrokerFor } from '../support/scope';
import { scaled, until, within } from '../support/wait';
import { gatewayFor } from '../support/websocket-gateway';

const limit = { timeout: scaled(90000) };
const certificates = sharedCertificates();

const WAYS = ['tcp', 'tls', 'ws', 'wss'] as const;
type Way = (typeof WAYS)[number];

interface Sample {
  readonly name: string;
  /** The parts are sent one after the other, each in a segment of its own if the network allows it. */
  readonly segments: readonly Buffer[];
  readonly accepted: boolean;
}

function samplesOf(version: Version): Sample[] {
  const acceptance = version === 5 ? connack5() : connack(0);
  const message = version === 5 ? publish5('t', 'x') : publish('t', 'x');
  const confirmed = version === 5 ? publish5('t', 'x', { qos: 1, mid: 1 }) : publish('t', 'x', { qos: 1, mid: 1 });
  const large = version === 5 ? publish5('t', 'x'.repeat(40000)) : publish('t', 'x'.repeat(40000));
  const samples: Sample[] = [];
  for (const first of [0x00, 0x01, 0x0f]) {
    const hex = first.toString(16).padStart(2, '0');
    const bytes = (...rest: number[]): Buffer => Buffer.from([first, ...rest]);
    const endings = new Map<string, Buffer[]>([
      [`${hex} alone`, [bytes()]],
      [`${hex} 80 01, and d0 00 behind it`, [bytes(0x80, 0x01), Buffer.from([0xd0, 0x00])]],
      [`${hex} 00`, [bytes(0x00)]],
      [`${hex} 05 and a body`, [bytes(5, 1, 2, 3, 4, 5)]],
    ]);
    for (const [name, segments] of endings) {
      const [head = Buffer.alloc(0), ...rest] = segments;
      samples.push(
        { name: `${name}, before CONNACK`, segments, accepted: false },
        {
          name: `${name}, in one piece with CONNACK`,
          segments: [Buffer.concat([acceptance, head]), ...rest],
          accepted: true,
        },
        { name: `${name}, after CONNACK`, segments: [acceptance, ...segments], accepted: true },
      );
      for (const [what, packet] of [
        ['PINGRESP', pingresp()],
        ['a message', message],
        ['a message of QoS 1', confirmed],
        ['a large message', large],
      ] as const) {
        const joined = [acceptance, Buffer.concat([packet, head]), ...rest];
        samples.push({ name: `${name}, behind ${what}`, segments: joined, accepted: true });
      }
    }
  }
  return samples;
}

/** Whether DISCONNECT of MQTT 5 said that the packet was malformed. */
function saysMalformed({ received }: Peer): boolean {
  return received.some(({ type, body }) => type === DISCONNECT && body[0] === 0x81);
}

async function tryAll(t: TestContext, mode: Mode, way: Way, version: Version): Promise<void> {
  const samples = samplesOf(version);
  const { ca, server } = certificates();
  let next = 0;
  const broker = await fakeBrokerFor(
    t,
    async (peer) => {
      const sample = samples[next];
      next += 1;
      await peer.nextOf(CONNECT);
      for (const segment of sample?.segments ?? []) {
        peer.send(segment);
        await sleep(2);
      }
      // The client ends the connection: the peer keeps it open, and is silent.
      await within(peer.closed, `the end of the connection: ${sample?.name}`);
    },
    way === 'tls' ? { tls: server } : {},
  );
  const gateway = way === 'ws' ? await gatewayFor(t, broker) : null;
  const secure = way === 'wss' ? await gatewayFor(t, broker, { tls: server }) : null;
  const { port } = secure ?? gateway ?? broker;
  const args = [mode, way, String(version), String(port), ca.cert, String(samples.length)];
  const { stdout, stderr, code } = await runChild('protocol-connections', { args, timeoutMs: 40000 });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
  const expected = samples.flatMap(({ accepted, name }) => [
    ...(accepted ? [`accepted (${name})`] : []),
    `${MOSQ_ERR_MALFORMED_PACKET} (${name})`,
  ]);
  const names = samples.flatMap(({ accepted, name }) => (accepted ? [name, name] : [name]));
  const lines = stdout.trimEnd().split('\n');
  assert.deepEqual(
    lines.map((line, i) => `${line} (${names[i]})`),
    expected,
  );
  if (version !== 5) return;
  const says = (i: number): boolean => broker.peers.slice(i, i + 1).some(saysMalformed);
  // The child process may end before its last DISCONNECT has come through a gateway.
  await until(
    () => samples.every(({ accepted }, i) => !accepted || says(i)),
    () => `DISCONNECT after ${samples.find(({ accepted }, i) => accepted && !says(i))?.name}`,
  );
  samples.forEach(({ accepted, name }, i) => {
    assert.equal(says(i), accepted, name);
  });
}

function staticTests(): void {
  for (const mode of MODES) {
    for (const way of WAYS) {
      for (const version of way === 'tcp' ? ([4, 5] as const) : ([5] as const)) {
        test(`ends the connection, ${way}, MQTT ${version} (${mode})`, limit, (t) => tryAll(t, mode, way, version));
      }
    }
  }
}

/** The system's library expects the rest of such a packet; it must not hang. */
function systemTests(): void {
  for (const mode of MODES) {
    test(`80 01 behind it does not hang the process (${mode})`, limit, async (t) => {
      const broker = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
        peer.send(Buffer.from([0x00, 0x80, 0x01]));
        await sleep(20);
        peer.send(Buffer.from([0xd0, 0x00]));
        await sleep(20);
        peer.end();
      });
      const args = [mode, 'tcp', '4', String(broker.port), '', '2'];
      const { stdout, code } = await runChild('protocol-connections', { args });
      assert.equal(code, 0);
      assert.match(stdout, /^(accepted\n\d+\n){2}$/);
    });
  }
}

describe(
  'a packet of the reserved type 0',
  { concurrency: 2 },
  build_info().linkage === 'static' ? staticTests : systemTests,
);
