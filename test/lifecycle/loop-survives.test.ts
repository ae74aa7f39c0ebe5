import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8, MOSQ_ERR_SUCCESS } from 'libmosquitto';
import { spawnChild } from '../support/child';
import { MODES } from '../support/drive';
import { clientFor, defer, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { collect, connectTo, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests that a call that fails, by a code or by an exception, does not change a running loop: it continues and
// connects.

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();

/** Sets the largest number of descriptors of the process from now on. */
function allow(pid: number, descriptors: number): void {
  const { status, stderr } = spawnSync('prlimit', ['--pid', String(pid), `--nofile=${descriptors}:`]);
  assert.equal(status, 0, String(stderr));
}

test('reconnect() that throws for want of descriptors leaves the loop running', limit, async (t) => {
  const fake = await fakeBrokerFor(t, async (peer) => void (await peer.accept()));
  const child = spawnChild('lifecycle-no-descriptors', { args: [String(fake.port)] });
  defer(t, () => {
    child.kill('SIGKILL');
  });
  await child.line(/^connection 1$/);
  allow(child.pid, 3);
  child.write('\n');
  assert.match(await child.line(/^(threw|returned)/), /^threw/);
  allow(child.pid, readdirSync(`/proc/${child.pid}/fd`).length + 100);
  await child.line(/^connection 2$/);
});

for (const mode of MODES.filter((name) => name !== 'loop')) {
  test(`a refused reinitialise() has not stopped the loop (${mode})`, limit, async (t) => {
    const client = clientFor(t, `kept-${mode.replace(' ', '-')}`);
    const messages = collect(client);
    const codes = disconnections(client);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    await subscribeTo(client, 'kept');
    assert.equal(client.reinitialise('x'.repeat(65536)), MOSQ_ERR_MALFORMED_UTF8);
    assert.equal(client.reinitialise('control\u0001character'), MOSQ_ERR_MALFORMED_UTF8);
    assert.equal(client.reinitialise(null, false), MOSQ_ERR_INVAL);
    assert.equal(client.loop_start(), MOSQ_ERR_INVAL, 'it runs');
    assert.equal(client.publish('kept', 'all'), MOSQ_ERR_SUCCESS);
    await until(() => messages.length === 1, 'the message');
    assert.deepEqual(codes, []);
  });

  test(`an on_pre_connect that throws within reconnect() leaves the loop running (${mode})`, limit, async (t) => {
    const client = clientFor(t);
    driveFor(t, client, mode);
    await connectTo(client, broker());
    let connections = 0;
    client.on_connect = () => {
      connections += 1;
    };
    client.on_pre_connect = () => {
      client.on_pre_connect = null;
      throw new Error('before the connection');
    };
    assert.throws(() => client.reconnect(), /before the connection/);
    await until(() => connections > 0, 'the next connection');
  });
}

// An attempt that only the caller's own loop drives continues too.
test(
  'a refused disconnect() and a refused reinitialise() keep the attempt that connect_async() began',
  limit,
  async (t) => {
    const client = clientFor(t);
    let accepted = false;
    client.on_connect = () => {
      accepted = true;
    };
    assert.equal(client.connect_async(broker().host, broker().port), MOSQ_ERR_SUCCESS);
    assert.equal(client.disconnect(256), MOSQ_ERR_INVAL);
    assert.equal(client.reinitialise('control\u0001character'), MOSQ_ERR_MALFORMED_UTF8);
    driveFor(t, client, 'loop');
    await until(() => accepted, 'on_connect');
  },
);

test('a refused connect() does not close the existing connection', limit, async (t) => {
  for (const mode of MODES) {
    const client = clientFor(t);
    const codes = disconnections(client);
    const driven = driveFor(t, client, mode);
    await connectTo(client, broker());
    assert.equal(client.connect(broker().host, broker().port, 3), MOSQ_ERR_INVAL);
    assert.equal(client.connect_async('', 70000), MOSQ_ERR_INVAL);
    await subscribeTo(client, 'still');
    assert.deepEqual(codes, []);
    await driven.stop();
  }
});
