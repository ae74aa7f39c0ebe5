// Tests the bound of memory for undelivered messages. Without it a blocked JavaScript thread would fill the memory.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { build_info } from 'libmosquitto';
import { spawnChild } from '../support/child';
import { defer } from '../support/scope';
import { SLOW, scaled } from '../support/wait';
import { Flood } from './flood';
import { bytesUnderWay, memory } from './proc';

const MiB = 1024 * 1024;
const limit = { timeout: scaled(60000) };

// The limit is 64 MiB of undelivered messages. One call of the library may exceed it: by one packet of this test at
// most, and the packet that has arrived in part. The system's socket buffers are not counted. Their size is a setting
// of the system (net.ipv4.tcp_rmem and tcp_wmem), so the test reads and subtracts it.
const LARGEST = 64 * 1024;
const MOST_TAKEN = 64 * MiB + 2 * (LARGEST + 1024);
const LEAST_TAKEN = 32 * MiB;
// A process of Node with the addon has about 60 MiB; a sanitizer's shadow memory is as large again, and more.
const MOST_RESIDENT_KIB = SLOW * (64 + 64 + 80) * 1024;

describe('a subscriber whose JavaScript thread is blocked', { concurrency: true }, () => {
  const { linkage } = build_info();
  const cases: Array<[string, number, number, number]> = [
    ['64 KiB', LARGEST, 512 * MiB, 0],
    ['100 bytes', 100, 160 * MiB, 0],
  ];
  // One call of libmosquitto reads as many packets as messages are queued for sending. With the system's library that
  // call cannot be interrupted.
  if (linkage === 'static') {
    cases.push(
      ['64 KiB, while 20,000 wait to be sent', LARGEST, 512 * MiB, 20_000],
      ['100 bytes, while 20,000 wait to be sent', 100, 160 * MiB, 20_000],
    );
  }
  for (const [name, size, total, queued] of cases) {
    test(`stops reading at the high mark, and all arrives afterwards: messages of ${name}`, limit, async (t) => {
      const flood = await Flood.start(t);
      const child = spawnChild('lifecycle-slow-reader', {
        args: [String(flood.port), '60', String(queued)],
        timeoutMs: 60000,
      });
      defer(t, () => child.kill('SIGKILL'));
      await child.line(/^blocked$/);
      const count = Math.floor(total / size);
      const sending = flood.send(count, size);
      // No event shows that the client has stopped reading: a second without a byte counts as that.
      for (let before = -1; before !== flood.gone; ) {
        before = flood.gone;
        await sleep(scaled(1000));
      }
      const taken = flood.gone - bytesUnderWay(flood.port);
      assert.ok(taken <= MOST_TAKEN, `${taken / MiB} MiB were taken`);
      assert.ok(taken > LEAST_TAKEN, `${taken / MiB} MiB were taken`);
      const resident = memory('VmRSS', child.pid);
      assert.ok(resident < MOST_RESIDENT_KIB, `${resident} KiB are resident`);

      child.write('\n');
      await sending;
      const { code, signal, stdout, stderr } = await child.done;
      assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
      const { received, highestKiB } = JSON.parse(stdout.split('\n')[1] ?? '');
      assert.equal(received, count);
      // The garbage collector frees delivered payloads later. It must not have to free most of them at the end.
      assert.ok(highestKiB < 2 * MOST_RESIDENT_KIB, `${highestKiB} KiB at its highest`);
    });
  }

  // The answers to the client's pings are behind messages that it does not read, so the broker is not dead. The
  // system's library cannot see that its PINGRESP is behind unread packets.
  if (linkage === 'static') {
    test('keeps its connection while it does not read for longer than its keepalive', limit, async (t) => {
      const flood = await Flood.start(t);
      const child = spawnChild('lifecycle-slow-reader', { args: [String(flood.port), '5'], timeoutMs: 60000 });
      defer(t, () => child.kill('SIGKILL'));
      await child.line(/^blocked$/);
      const sending = flood.send(2000, 64 * 1024);
      await sleep(14000);
      child.write('\n');
      await sending;
      const { code, signal, stdout, stderr } = await child.done;
      assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
      assert.equal(JSON.parse(stdout.split('\n')[1] ?? '').received, 2000);
    });
  }
});

// A program in loop() has no turn of the event loop in which memory could be freed.
test('loop() alone keeps no memory of what it has delivered', limit, async (t) => {
  const flood = await Flood.start(t);
  const child = spawnChild('lifecycle-loop-memory', { args: [String(flood.port)], timeoutMs: 60000 });
  defer(t, () => child.kill('SIGKILL'));
  const count = (SLOW * 512 * MiB) / LARGEST;
  await child.line(/^subscribed$/);
  await flood.send(count, LARGEST);
  const { code, signal, stdout, stderr } = await child.done;
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
  const { rc, received, highestKiB } = JSON.parse(stdout.split('\n')[1] ?? '');
  assert.deepEqual({ rc, received }, { rc: 0, received: count });
  assert.ok(highestKiB < 2 * MOST_RESIDENT_KIB, `${highestKiB} KiB at its highest`);
});
