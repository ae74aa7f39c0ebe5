// Sends thousands of damaged packets. None may crash the client, reach a callback in a damaged form, or leave state
// behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_CONN_LOST,
  MOSQ_ERR_CONN_REFUSED,
  MOSQ_ERR_ERRNO,
  MOSQ_ERR_MALFORMED_PACKET,
  MOSQ_ERR_MALFORMED_UTF8,
  MOSQ_ERR_OVERSIZE_PACKET,
  MOSQ_ERR_PROTOCOL,
} from 'libmosquitto';
import { runChild } from '../support/child';
import type { Phase, Version } from '../support/corpus';
import { MODES, type Mode } from '../support/drive';
import { scaled } from '../support/wait';
import { kindsOf } from './kinds';

const limit = { timeout: scaled(120000) };
const { linkage } = build_info();

interface Trial {
  readonly name: string;
  readonly phase: Phase;
  readonly bytes: string;
  readonly refused?: boolean;
  readonly events: string[];
  readonly rc: number;
}

/** Runs all packets of a kind in one process of its own, each on a connection after the one before. */
async function meet(mode: Mode, version: Version, kind: string): Promise<Trial[]> {
  const args = [mode, String(version), kind];
  const { code, signal, stdout, stderr } = await runChild('protocol-trials', { args, timeoutMs: 60000 });
  const lines = stdout.trimEnd().split('\n');
  const last = lines.length % 2 === 1 ? `in the trial ${String(lines.at(-1))}` : 'after the last trial';
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' }, `${mode}, ${last}\n${stderr}`);
  const trials: Trial[] = [];
  for (let i = 0; i < lines.length; i += 2) {
    trials.push({ ...JSON.parse(lines[i] ?? ''), ...JSON.parse(lines[i + 1] ?? '') });
  }
  assert.ok(trials.length > 0);
  return trials;
}

/** The codes for the end of the stream: between two packets, and within one. */
const AT_END = new Set<number>([MOSQ_ERR_CONN_LOST, MOSQ_ERR_ERRNO]);

/** The codes with which a connection of MQTT 3.1.1 may end. In MQTT 5 a broker has further reasons. */
const ENDS = new Set<number>([
  ...AT_END,
  ...[MOSQ_ERR_PROTOCOL, MOSQ_ERR_MALFORMED_PACKET, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_OVERSIZE_PACKET],
  MOSQ_ERR_CONN_REFUSED,
]);

function faultsOf({ phase, refused = false, events, rc }: Trial, version: Version, mode: Mode): string[] {
  const ends = events.filter((event) => event.startsWith('disconnect'));
  const code = Number(ends[0]?.split(' ')[1]);
  const taken = phase === 'handshake' ? 'connect 0' : 'sentinel';
  const told = events.join();
  const faults: ReadonlyArray<readonly [boolean, string]> = [
    [ends.length === 1, 'on_disconnect comes once'],
    [events.at(-1) === ends[0], 'on_disconnect comes last'],
    [version === 5 ? code !== 0 : ENDS.has(code), 'the code says why'],
    [mode !== 'loop' || rc === code, `loop() returns the code, and not ${rc}`],
    [!refused || !(events.includes(taken) || AT_END.has(code)), 'it is refused'],
    // libmosquitto 2.0 checks no topic.
    [linkage === 'system' || !/message "[^"]*[+#]/.test(told), 'no topic has a wildcard'],
    [!told.includes('\\u0000'), 'no topic has a NUL'],
  ];
  return faults.flatMap(([good, demand]) => (good ? [] : [demand]));
}

// Version 2.0 aborts the process for an unknown property, in any packet of MQTT 5.
const versions: readonly Version[] = linkage === 'static' ? [4, 5] : [4];

describe('packets of a broker', () => {
  for (const version of versions) {
    for (const kind of Object.keys(kindsOf(version))) {
      test(`${kind}, MQTT ${version === 5 ? '5' : '3.1.1'}: the same clean end in all drive modes`, limit, async () => {
        const faults: string[] = [];
        const stories = new Map<string, string>();
        for (const mode of MODES) {
          for (const trial of await meet(mode, version, kind)) {
            const { name, bytes, events } = trial;
            const told = `${name} (${bytes}), ${mode}: ${events.join(', ')}`;
            for (const fault of faultsOf(trial, version, mode)) faults.push(`${told}; but ${fault}`);
            // The time of the read may decide whether the end counts as within a packet.
            const story = events.join(', ').replace(/disconnect (7|14)$/, 'the end');
            const other = stories.get(name) ?? story;
            if (story !== other) faults.push(`${told}; but in another mode: ${other}`);
            stories.set(name, other);
          }
        }
        assert.deepEqual(faults.slice(0, 10), [], `${faults.length} faults`);
      });
    }
  }
});
