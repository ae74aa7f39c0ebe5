// Tests the read buffer, whose size follows the traffic of a connection. The received messages must not depend on it:
// neither on the cuts between the bytes, nor on the sequence of sizes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { acceptedFor } from '../support/accepted';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { publish } from '../support/packets';
import { scaled, until } from '../support/wait';
import { overTls } from '../support/ways';

const limit = { timeout: scaled(120000) };
const certificates = sharedCertificates();

/** Phases of sizes: many small ones, only large ones, a mixture, and sizes around every size of the buffer. */
function* sizes(): Generator<number> {
  for (let i = 0; i < 3000; i++) yield i % 150;
  for (const large of [65_536, 65_536, 200_000, 8192, 1_000_000]) yield large;
  for (let i = 0; i < 200; i++) yield i % 2 === 0 ? 20_000 + i : i;
  for (const border of [512, 4096, 8192, 32_768]) for (let i = -40; i <= 4; i++) yield border + i;
  for (let i = 0; i < 100; i++) yield 5;
}

/** Topics whose lengths put a payload at every distance from a limit; some come once, some repeatedly. */
function topicOf(i: number): string {
  return i % 5 === 0 ? `once/${i}` : 't'.repeat(1 + ((i * 7) % 60));
}

/** The same cuts in every run. */
function* cuts(total: number): Generator<number> {
  const steps = [1, 511, 512, 513, 3, 4096, 100_000, 32_768, 7, 64_000, 250_000];
  for (let at = 0, i = 0; at < total; i++) {
    at += steps[i % steps.length] ?? 1;
    yield Math.min(at, total);
  }
}

for (const tls of [false, true]) {
  for (const mode of MODES) {
    test(`messages of all sizes arrive however they are cut (${tls ? 'TLS' : 'TCP'}, ${mode})`, limit, async (t) => {
      const secured = tls ? { tls: certificates().server, prepare: overTls(certificates()) } : {};
      const { client, peer } = await acceptedFor(t, mode, secured);
      const sent = [...sizes()].map((size, i) => ({ topic: topicOf(i), payload: Buffer.alloc(size, i & 255) }));
      let right = 0;
      const wrong: string[] = [];
      client.on_message = (_mosq, _obj, { topic, payload }) => {
        const expected = sent[right + wrong.length];
        if (expected?.topic === topic && expected.payload.equals(payload)) right++;
        else wrong.push(`${topic}, ${payload.length} bytes`);
      };
      const bytes = Buffer.concat(sent.map(({ topic, payload }) => publish(topic, payload)));
      let from = 0;
      for (const to of cuts(bytes.length)) {
        peer.send(bytes.subarray(from, to));
        from = to;
        await turn();
      }
      await until(
        () => right + wrong.length >= sent.length,
        () => `${right + wrong.length} of ${sent.length} messages`,
      );
      assert.deepEqual(wrong, []);
      assert.equal(right, sent.length);
    });
  }
}
