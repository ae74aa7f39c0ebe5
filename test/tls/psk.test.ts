// Tests TLS with a pre-shared key: the right one, wrong ones, and ciphers.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, MOSQ_ERR_INVAL, MOSQ_ERR_TLS, type Mosquitto } from 'libmosquitto';
import { MODES } from '../support/drive';
import { clientFor } from '../support/scope';
import { ACCEPTED, assertRefused, attempt } from '../support/tls-attempt';
import { sharedPskBroker } from '../support/tls-broker';
import { scaled } from '../support/wait';

const limit = { timeout: scaled(60000) };
const IDENTITY = 'sensor';
const PSK = '0123456789ABCDEFabcdef';
const broker = sharedPskBroker({ identity: IDENTITY, psk: PSK });

function keyed(psk: string, identity: string, ciphers?: string | null) {
  return (client: Mosquitto): void => {
    assert.equal(client.tls_psk_set(psk, identity, ciphers), 0);
  };
}

test('the right key lets the client in', limit, async (t) => {
  for (const host of ['localhost', '127.0.0.1']) {
    for (const mode of MODES) {
      assert.deepEqual(await attempt(t, { host, port: broker().port, mode }, keyed(PSK, IDENTITY)), ACCEPTED);
    }
  }
});

test('a wrong key and an unknown identity: MOSQ_ERR_TLS, and the log names the alert', limit, async (t) => {
  const wrong: Array<[psk: string, identity: string]> = [
    ['00ff', IDENTITY],
    [PSK, 'stranger'],
  ];
  for (const [psk, identity] of wrong) {
    for (const mode of MODES) {
      const outcome = await attempt(t, { port: broker().port, mode }, keyed(psk, identity));
      assertRefused(outcome, /alert/);
    }
  }
});

test('a key set again replaces the one before', limit, async (t) => {
  const outcome = await attempt(t, { port: broker().port }, (client) => {
    keyed('00', 'nobody')(client);
    keyed(PSK, IDENTITY)(client);
  });
  assert.deepEqual(outcome, ACCEPTED);
});

test('a cipher for pre-shared keys works, one for certificates does not', limit, async (t) => {
  const { port } = broker();
  assert.deepEqual(await attempt(t, { port }, keyed(PSK, IDENTITY, 'PSK-AES256-GCM-SHA384')), ACCEPTED);
  const outcome = await attempt(t, { port }, keyed(PSK, IDENTITY, 'ECDHE-ECDSA-AES128-GCM-SHA256'));
  if (build_info().linkage === 'system') {
    // Version 2.0 offers its keys nevertheless.
    assert.deepEqual(outcome, ACCEPTED);
    return;
  }
  assert.equal(outcome.connack, null);
  assert.ok(outcome.rc === MOSQ_ERR_TLS || outcome.disconnected === MOSQ_ERR_TLS);
});

test('a cipher that does not exist: connect() returns MOSQ_ERR_TLS', limit, async (t) => {
  const outcome = await attempt(t, { port: broker().port }, keyed(PSK, IDENTITY, 'NO-SUCH-CIPHER'));
  assert.equal(outcome.rc, MOSQ_ERR_TLS);
  assert.match(outcome.errors.join('\n'), /NO-SUCH-CIPHER/);
});

test('a key that is not hexadecimal: MOSQ_ERR_INVAL', limit, (t) => {
  const client = clientFor(t);
  assert.equal(client.tls_psk_set('xyz', IDENTITY), MOSQ_ERR_INVAL);
  assert.equal(client.tls_psk_set('01 02', IDENTITY), MOSQ_ERR_INVAL);
});

test('arguments of a wrong type are a TypeError that names them', limit, (t) => {
  const client = clientFor(t);
  const set = client.tls_psk_set.bind(client) as (...args: unknown[]) => number;
  assert.throws(() => set(null, IDENTITY), { name: 'TypeError', message: /argument 1 \(psk\)/ });
  assert.throws(() => set(PSK, undefined), { name: 'TypeError', message: /argument 2 \(identity\)/ });
  assert.throws(() => set(PSK, 'a\0b'), { name: 'TypeError', message: /argument 2 \(identity\)/ });
  assert.throws(() => set(PSK, IDENTITY, 5), { name: 'TypeError', message: /argument 3 \(ciphers\)/ });
});
