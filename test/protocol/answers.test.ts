// Tests packets that a broker should not send: each has one expected result, and none may crash the client or leave
// state behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { MODES } from '../support/drive';
import { DISCONNECT, PUBACK } from '../support/packets';
import { scaled } from '../support/wait';
import { answersOf } from './answers';
import { Trials } from './trials';

const limit = { timeout: scaled(30000) };
const { linkage } = build_info();

/** Version 2.0 ends a connection in the same cases, with another code in many of them. */
function comparable(events: readonly string[]): string[] {
  return linkage === 'static' ? [...events] : events.map((event) => event.replace(/^(disconnect) .*/, '$1'));
}

for (const version of [4, 5] as const) {
  for (const mode of MODES) {
    describe(`packets that a broker of MQTT ${version === 5 ? '5' : '3.1.1'} should not send (${mode})`, () => {
      for (const { name, phase, bytes, told, replies, static_only } of answersOf(version)) {
        if (static_only && linkage === 'system') continue;
        test(name, limit, async () => {
          const trials = await Trials.start(mode, version);
          try {
            // The stream does not end, so these bytes alone cause the result.
            const outcome = await trials.run({ name, phase, bytes, followed: true }, { ends: false });
            const events = [...outcome.events];
            const goes_on = events.includes('sentinel');
            // The end of the trial itself.
            if (goes_on) assert.match(events.pop() ?? '', /^disconnect (7|14)$/);
            // The client may send DISCONNECT with a reason.
            const replied = outcome.replies.filter(({ type }) => type !== DISCONNECT);
            const sent = replied.map(({ type, body }) => `${type} ${body.toString('hex')}`);
            assert.deepEqual(
              { events: comparable(events), sent },
              { events: comparable(told), sent: goes_on ? [...replies, `${PUBACK} ffff`] : replies },
            );
          } finally {
            await trials.close();
          }
        });
      }
    });
  }
}
