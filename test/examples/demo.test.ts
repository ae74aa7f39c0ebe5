// Tests the demo. It must detect a lost message, and must leave no broker and no file behind.
import { strict as assert } from 'node:assert';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { runChild, spawnChild } from '../support/child';
import { defer } from '../support/scope';
import { scaled } from '../support/wait';
import { assertLines, exampleFixture } from './support';

const execFileAsync = promisify(execFile);
const SCRIPT = '/usr/bin/script'; // gives a program a terminal

/** A folder for the demo's temporary files, to find those that it leaves behind. */
function temporaryFolderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-demo-test-'));
  defer(t, () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

function portOf(output: string): number {
  const found = /^broker: mosquitto \S+ on 127\.0\.0\.1:(\d+)$/m.exec(output);
  assert.ok(found?.[1], `no broker in:\n${output}`);
  return Number(found[1]);
}

async function assertNothingLeft(folder: string, port: number): Promise<void> {
  assert.deepEqual(readdirSync(folder), []);
  const outcome = await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve('a broker is listening');
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code);
    });
  });
  assert.equal(outcome, 'ECONNREFUSED');
}

describe('demo', () => {
  test('shows every callback, loses no message, leaves nothing behind', { timeout: 300_000 }, async (t) => {
    const folder = temporaryFolderFor(t);
    const result = await runChild(exampleFixture('demo'), {
      args: ['5000'],
      env: { TMPDIR: folder },
      timeoutMs: 60_000,
    });
    assert.equal(result.stderr, '');
    assertLines(result.stdout, [
      /^libmosquitto 2\.\d+\.\d+ \((static|system)\)/,
      /^broker: mosquitto /,
      /^ {2}on_connect {5}rc 0 \(.+\), obj {"name":"tour"}$/,
      /^publish demo\/retained, QoS 1, retain: mid \d+$/,
      /^ {2}on_publish {5}mid \d+$/,
      /^ {2}on_subscribe {3}mid \d+, granted QoS 2$/,
      /^ {2}on_message {5}.*demo\/retained, QoS 1, retain true: "kept by the broker"$/,
      /^ {2}on_message {5}mid 0, demo\/text\/0, QoS 0, retain false: "text at QoS 0"$/,
      /^ {2}on_message {5}mid \d+, demo\/text\/1, QoS 1, retain false: "text at QoS 1"$/,
      /^ {2}on_message {5}mid \d+, demo\/text\/2, QoS 2, retain false: "21 °C at QoS 2"$/,
      /^ {2}on_message {5}mid \d+, demo\/binary, QoS 1, retain false: <0001feff>$/,
      /^ {2}on_message {5}mid \d+, demo\/numbers, QoS 2, retain false: <[0-9a-f]{32}>$/,
      /^ {2}on_message {5}mid \d+, demo\/empty, QoS 1, retain false: no bytes$/,
      /^ {2}on_unsubscribe mid \d+$/,
      /^ {2}on_disconnect {2}rc 0$/,
      /^5000 messages of 100 bytes/,
      /^ {2}QoS 0: [\d.]+ s, \d+ messages\/s, none lost$/,
      /^ {2}QoS 1: [\d.]+ s, \d+ messages\/s, none lost$/,
      /^ {2}QoS 2: [\d.]+ s, \d+ messages\/s, none lost$/,
      /^both clients and the broker have stopped$/,
    ]);
    assert.doesNotMatch(result.stdout, /[\r\x1b]/, 'no progress line where there is no terminal');
    assert.deepEqual([result.code, result.signal], [0, null]);
    await assertNothingLeft(folder, portOf(result.stdout));
  });

  test('when interrupted, it ends the broker and removes its files', { timeout: 120_000 }, async (t) => {
    const folder = temporaryFolderFor(t);
    const demo = spawnChild(exampleFixture('demo'), { args: ['100000000'], env: { TMPDIR: folder } });
    await demo.line(/messages of 100 bytes/);
    demo.kill('SIGINT');
    const result = await demo.done;
    assert.equal(result.code, 130);
    await assertNothingLeft(folder, portOf(result.stdout));
  });

  test('fails when messages are lost', { timeout: 300_000 }, async (t) => {
    const folder = temporaryFolderFor(t);
    const tools = temporaryFolderFor(t);
    // A broker that queues five messages for a reader, and drops the others.
    const stingy = join(tools, 'stingy');
    const program = process.env.MOSQUITTO ?? '/usr/sbin/mosquitto';
    const lines = [
      '#!/bin/sh',
      `sed -i 's/^max_queued_messages.*/max_queued_messages 5/' "$2"`,
      'echo max_inflight_messages 1 >> "$2"',
      `exec '${program}' "$@"`,
    ];
    writeFileSync(stingy, `${lines.join('\n')}\n`, { mode: 0o755 });

    const result = await runChild(exampleFixture('demo'), {
      args: ['5000'],
      env: { TMPDIR: folder, MOSQUITTO: stingy },
      timeoutMs: 120_000,
    });
    // If the last message is among the lost ones, it never arrives and the demo must not hang.
    assert.match(`${result.stdout}${result.stderr}`, /QoS 1: .* LOST$|^demo: timed out: message 5000 did not happen$/m);
    assert.equal(result.code, 1);
    await assertNothingLeft(folder, portOf(result.stdout));
  });

  test('fails when the broker dies', { timeout: 120_000 }, async (t) => {
    const folder = temporaryFolderFor(t);
    const demo = spawnChild(exampleFixture('demo'), { args: ['100000000'], env: { TMPDIR: folder } });
    await demo.line(/messages of 100 bytes/);
    const [broker] = readFileSync(`/proc/${demo.pid}/task/${demo.pid}/children`, 'utf8').trim().split(' ');
    process.kill(Number(broker), 'SIGKILL');
    const result = await demo.done;
    assert.match(result.stderr, /^demo: /m);
    assert.equal(result.code, 1);
    await assertNothingLeft(folder, portOf(result.stdout));
  });

  test('without a broker program it says what to do', { timeout: 120_000 }, async (t) => {
    const folder = temporaryFolderFor(t);
    const absent = await runChild(exampleFixture('demo'), {
      env: { TMPDIR: folder, MOSQUITTO: join(folder, 'absent') },
    });
    assert.match(absent.stderr, /^demo: mosquitto did not start: .*ENOENT/m);
    assert.equal(absent.code, 1);

    const broken = await runChild(exampleFixture('demo'), { env: { TMPDIR: folder, MOSQUITTO: '/bin/false' } });
    assert.match(broken.stderr, /^demo: mosquitto did not start: exit code 1$/m);
    assert.equal(broken.code, 1);
    assert.deepEqual(readdirSync(folder), []);
  });

  test('on a terminal it shows progress', { timeout: 300_000 }, async (t) => {
    const folder = temporaryFolderFor(t);
    const demo = join(__dirname, '..', '..', 'examples', 'demo.js');
    // Only the demo runs under a sanitizer, not the program that makes the terminal.
    const { LD_PRELOAD: preload, NODE_TEST_CONTEXT: _, ...env } = process.env;
    const command = `${preload ? `LD_PRELOAD='${preload}' ` : ''}'${process.execPath}' '${demo}' 20000`;
    const { stdout } = await execFileAsync(SCRIPT, ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...env, TMPDIR: folder },
      timeout: scaled(60_000),
    });
    assert.match(stdout, /\r\x1b\[K {2}QoS \d \[[#.]{30}\] \d+\/20000, \d+\/s/);
    assert.match(stdout, /QoS 2: [\d.]+ s, \d+ messages\/s, none lost/);
    await assertNothingLeft(folder, portOf(stdout.replaceAll('\r', '')));
  });
});
