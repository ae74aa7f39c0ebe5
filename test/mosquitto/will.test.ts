// Tests the will in the CONNECT packet.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Mosquitto } from 'libmosquitto';
import { wills } from '../end-to-end/will';
import { readConnect } from '../support/packets';
import { clientFor, driveFor, fakeBrokerFor, sharedBroker } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(30000) };

/** Returns the will in the CONNECT packet of a client with this will. */
async function announced(t: test.TestContext, client: Mosquitto): Promise<ReturnType<typeof readConnect>['will']> {
  let will: ReturnType<typeof readConnect>['will'] = null;
  const fake = await fakeBrokerFor(t, async (peer) => {
    will = readConnect(await peer.accept()).will;
  });
  driveFor(t, client, 'event loop');
  await connectTo(client, fake);
  return will;
}

wills(sharedBroker());

test('will_clear() removes the will', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(client.will_set('will/cleared', 'x', 1, true), 0);
  assert.equal(client.will_clear(), 0);
  assert.equal(await announced(t, client), null);
});

test('without will_set() there is no will', limit, async (t) => {
  assert.equal(await announced(t, clientFor(t)), null);
});

test('the newest will_set() counts, with the bytes that its payload had at the call', limit, async (t) => {
  const client = clientFor(t);
  const payload = new Uint16Array([0x0101, 0x0202]);
  assert.equal(client.will_set('will/first', 'first', 1, true), 0);
  assert.equal(client.will_set('will/säcond', payload, 2, false), 0);
  payload.fill(0);
  assert.deepEqual(await announced(t, client), {
    topic: 'will/säcond',
    payload: Buffer.from([1, 1, 2, 2]),
    qos: 2,
    retain: false,
  });
});

test('a will of payload null is a zero-length message', limit, async (t) => {
  const client = clientFor(t);
  assert.equal(client.will_set('will/null'), 0);
  assert.deepEqual(await announced(t, client), { topic: 'will/null', payload: Buffer.alloc(0), qos: 0, retain: false });
});
