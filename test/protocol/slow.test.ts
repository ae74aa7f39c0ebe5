// Tests that packets that arrive byte by byte have the same results as whole packets.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { specimens, type Version } from '../support/corpus';
import { type Damaged, resized } from '../support/corpus-damage';
import { MODES } from '../support/drive';
import { scaled } from '../support/wait';
import { Trials } from './trials';

const limit = { timeout: scaled(60000) };
const { linkage } = build_info();

/** Every kind of packet, complete, and with bodies that its parser does not expect. */
function* packets(version: Version): Generator<Damaged> {
  for (const specimen of specimens(version)) {
    yield { ...specimen, followed: true };
    yield* resized(specimen);
  }
}

// Version 2.0 aborts the process for an unknown property.
const versions: readonly Version[] = linkage === 'static' ? [4, 5] : [4];

describe('a broker that sends one byte at a time', () => {
  for (const version of versions) {
    for (const mode of MODES) {
      test(`the same as in one piece: MQTT ${version === 5 ? '5' : '3.1.1'}, ${mode}`, limit, async () => {
        // Two clients, because some packets leave state behind, such as a QoS 2 message that a later packet delivers.
        const trials = await Trials.start(mode, version);
        const slow_trials = await Trials.start(mode, version);
        try {
          for (const packet of packets(version)) {
            const whole = await trials.run(packet);
            const slow = await slow_trials.run(packet, { slowly: true });
            assert.deepEqual(slow.events, whole.events, `${packet.name}: ${packet.bytes.toString('hex')}`);
          }
        } finally {
          await trials.close();
          await slow_trials.close();
        }
      });
    }
  }
});
