// Runs the examples that need TLS, WebSockets, a proxy or a unix socket. Users copy them, so they have to work
// unchanged.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { build_info, MOSQ_ERR_NOT_SUPPORTED } from 'libmosquitto';
import { PASSPHRASE, sharedCertificates } from '../support/certificates';
import { type ChildResult, runChild } from '../support/child';
import { brokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { socksServerFor } from '../support/socks';
import { sharedPskBroker, tlsBrokerFor } from '../support/tls-broker';
import { gatewayFor } from '../support/websocket-gateway';
import { assertLines, exampleFixture } from './support';
import type { TRANSPORT_EXAMPLES } from './transports';

type Name = (typeof TRANSPORT_EXAMPLES)[number];

const limit = { timeout: 120_000 };
const broker = sharedBroker();
const certificates = sharedCertificates();
const pskBroker = sharedPskBroker({ identity: 'sensor', psk: '00ff00ff' });

function run(name: Name, ...args: Array<string | number>): Promise<ChildResult> {
  return runChild(exampleFixture(name), { args: args.map(String) });
}

function assertSucceeded({ code, signal, stdout, stderr }: ChildResult, lines: RegExp[]): void {
  assert.equal(stderr, '');
  assertLines(stdout, lines);
  assert.deepEqual([code, signal], [0, null], stdout);
}

function assertFailed({ code, stdout }: ChildResult, lines: RegExp[]): void {
  assertLines(stdout, lines);
  assert.equal(code, 1);
}

describe('examples of transports', () => {
  test('tls', limit, async (t) => {
    const { ca, otherCa } = certificates();
    const { port } = await tlsBrokerFor(t, certificates());
    assertSucceeded(await run('tls', 'localhost', port, ca.cert), [/^on_connect: 0, over TLS$/, /^on_disconnect: 0 /]);
    assertFailed(await run('tls', 'localhost', port, otherCa.cert), [/^TLS: .*certificate/, /^on_disconnect: 8 /]);
  });

  test('without a broker the examples say so and fail', limit, async (t) => {
    const port = await refusedPortFor(t);
    const { ca } = certificates();
    const proxy = broker();
    for (const [name, ...args] of [
      ['tls', '127.0.0.1', port, ca.cert],
      ['tls-psk', '127.0.0.1', port],
    ] as const) {
      assertFailed(await run(name, ...args), [
        /^connect: 14, Connecting to 127\.0\.0\.1:\d+ failed: .*\(ECONNREFUSED\)$/,
      ]);
    }
    assertFailed(await run('socks5', proxy.host, proxy.port, '127.0.0.1', port), [/^connect: 14, Connecting to /]);
  });

  test('tls-client-certificate', limit, async (t) => {
    const { ca, client, otherClient, encryptedKey, server } = certificates();
    const { port } = await tlsBrokerFor(t, certificates(), server, { config: ['require_certificate true'] });
    const arrived = [/^on_connect: 0, known by certificate$/, /^on_disconnect: 0 /];
    const args = ['localhost', port, ca.cert] as const;
    assertSucceeded(await run('tls-client-certificate', ...args, client.cert, client.key), arrived);
    assertSucceeded(await run('tls-client-certificate', ...args, client.cert, encryptedKey, PASSPHRASE), arrived);
    const refused = await run('tls-client-certificate', ...args, otherClient.cert, otherClient.key);
    assertFailed(refused, [/^TLS: .*alert/, /^on_disconnect: 8 /]);
  });

  test('tls-psk', limit, async () => {
    const { port } = pskBroker();
    const arrived = await run('tls-psk', 'localhost', port, 'sensor', '00ff00ff');
    assertSucceeded(arrived, [/^on_connect: 0, known by key$/, /^on_disconnect: 0 /]);
    assertFailed(await run('tls-psk', 'localhost', port, 'sensor', 'ff'), [/^TLS: .*alert/, /^on_disconnect: 8 /]);
  });

  test('websockets', limit, async (t) => {
    const { ca, server } = certificates();
    const plain = await gatewayFor(t, broker());
    const secure = await gatewayFor(t, broker(), { tls: server });
    const lines = build_info().features.websockets
      ? [/^on_connect: 0, over WebSockets$/, /^on_message: in a frame$/, /^on_disconnect: 0 /]
      : [new RegExp(`^this libmosquitto has no WebSockets: ${MOSQ_ERR_NOT_SUPPORTED} `)];
    assertSucceeded(await run('websockets', plain.host, plain.port), lines);
    assertSucceeded(await run('websockets', 'localhost', secure.port, '/mqtt', ca.cert), lines);
  });

  test('socks5', limit, async (t) => {
    const { host, port } = broker();
    const user = ['user', 'secret'] as const;
    const proxy = await socksServerFor(t, { username: user[0], password: user[1] });
    const arrived = [/^on_connect: 0, through 127\.0\.0\.1:\d+$/, /^on_disconnect: 0 /];
    assertSucceeded(await run('socks5', host, port, proxy.host, proxy.port, ...user), arrived);
    assertFailed(await run('socks5', host, port, proxy.host, proxy.port, 'user', 'wrong'), [/^on_disconnect: [1-9]/]);
  });

  test('unix-socket', limit, async (t) => {
    const { dir } = await brokerFor(t, { config: ['listener 0 {dir}/socket'] });
    const lines = [/^on_connect: by \//, /^on_message: never on a network$/, /^on_disconnect: 0$/];
    assertSucceeded(await run('unix-socket', join(dir, 'socket')), lines);
    const missing = await run('unix-socket', join(dir, 'nothing'));
    assert.match(missing.stderr, /^connect: 14, Connecting to \/.+ failed: .* \(ENOENT\)\n$/);
    assert.equal(missing.code, 1);
  });
});
