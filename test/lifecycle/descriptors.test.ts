// Tests file descriptors: high numbers must work, and a child process must not inherit the socket of a client.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { runChild, spawnChild } from '../support/child';
import { MODES } from '../support/drive';
import { clientFor, defer, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { descriptor, descriptors } from './proc';

const limit = { timeout: scaled(30000) };
const broker = sharedBroker();

for (const mode of MODES) {
  // select() supports no descriptor above 1023. Node raises its own limit of open files as far as the system allows.
  test(`2,000 open descriptors do not keep messages from moving (${mode})`, limit, async () => {
    const child = await runChild('lifecycle-descriptors', { args: [String(broker().port), mode] });
    assert.deepEqual({ code: child.code, stderr: child.stderr }, { code: 0, stderr: '' });
    const { socket, complete } = JSON.parse(child.stdout);
    assert.ok(socket > 1024, `descriptor ${socket}`);
    assert.equal(complete, true);
  });
}

/** Runs any other program with the system calls that Node uses to start one. */
function otherProgram(t: TestContext): ChildProcess {
  const child = spawn('sleep', ['60'], { stdio: 'ignore' });
  defer(t, () => child.kill('SIGKILL'));
  return child;
}

for (const mode of MODES) {
  for (const method of ['connect', 'connect_async'] as const) {
    test(`a program started while connected does not get the socket of ${method}() (${mode})`, limit, async (t) => {
      const fake = await fakeBrokerFor(t, async (peer) => {
        await peer.accept();
      });
      const client = clientFor(t);
      let connected = false;
      client.on_connect = () => {
        connected = true;
      };
      driveFor(t, client, mode);
      assert.equal(client[method](fake.host, fake.port), 0);
      await until(() => connected, 'on_connect');
      const socket = descriptor(client.socket());
      const child = otherProgram(t);
      await once(child, 'spawn');
      assert.ok(child.pid);
      assert.ok(descriptors().includes(socket));
      assert.ok(!descriptors(child.pid).includes(socket));
    });
  }
}

test("a child process does not keep its dead parent's connection open", limit, async (t) => {
  const observer = clientFor(t);
  driveFor(t, observer, 'event loop');
  await connectTo(observer, broker());
  await subscribeTo(observer, 'wills/#', 1);
  const wills = collect(observer);
  const child = spawnChild('lifecycle-parent', { args: [String(broker().port)] });
  const sleeper = Number((await child.line(/^sleep \d+$/)).slice(6));
  defer(t, () => process.kill(sleeper, 'SIGKILL'));
  child.kill('SIGKILL');
  await until(
    () => wills.length === 3,
    () => `three wills; ${wills.map((msg) => msg.topic).join(', ')}`,
  );
  process.kill(sleeper, 0);
});
