import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build_info, MOSQ_ERR_NOT_SUPPORTED, MOSQ_ERR_PROTOCOL } from 'libmosquitto';
import { HAS_2_1 } from '../support/client5';
import { clientFor, driveFor, fakeBrokerFor } from '../support/scope';
import { connectTo } from '../support/traffic';
import { scaled } from '../support/wait';

// Tests calls whose arguments libmosquitto does not free by itself. Each call would leak 60,000 bytes.

const limit = { timeout: scaled(60000) };
const CALLS = 2000;
const SIZE = 60000;
const BOUND = 40 * 1024 * 1024; // a leak takes 120 MB

/** The growth of the process's memory by the calls. */
function growth(call: () => void): number {
  // AddressSanitizer keeps 256 MiB of freed memory. Less growth than that would prove nothing.
  for (let i = 0; i < CALLS * 3; i++) call();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < CALLS; i++) call();
  return process.memoryUsage.rss() - before;
}

function staticTests(): void {
  test('ext_auth_continue() below MQTT 5 keeps no copy of its properties', limit, async (t) => {
    const broker = await fakeBrokerFor(t, async (peer) => {
      await peer.accept();
    });
    const client = clientFor(t);
    driveFor(t, client, 'thread');
    await connectTo(client, broker);
    const value = 'x'.repeat(SIZE);
    const properties = { 'user-property': [['name', value]] as Array<[string, string]> };
    const grown = growth(() => {
      assert.equal(client.ext_auth_continue('method', null, properties), MOSQ_ERR_PROTOCOL);
    });
    assert.ok(grown < BOUND, `${grown} bytes more`);
  });

  test('tls_psk_set() again frees the ciphers of the call before', limit, (t) => {
    const client = clientFor(t);
    // OpenSSL skips an unknown name. One long name takes it less time than many short ones.
    const ciphers = `PSK:${'x'.repeat(SIZE)}`;
    const grown = growth(() => {
      assert.equal(client.tls_psk_set('00ff', 'me', ciphers), 0);
      assert.equal(client.tls_psk_set('00ff', 'me'), 0);
    });
    assert.ok(grown < BOUND, `${grown} bytes more`);
  });
}

if (build_info().linkage === 'static') staticTests();

test('ext_auth_continue() below MQTT 5 is MOSQ_ERR_PROTOCOL', limit, async (t) => {
  const broker = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
  });
  const client = clientFor(t);
  driveFor(t, client, 'event loop');
  await connectTo(client, broker);
  assert.equal(client.ext_auth_continue('method'), HAS_2_1 ? MOSQ_ERR_PROTOCOL : MOSQ_ERR_NOT_SUPPORTED);
});
