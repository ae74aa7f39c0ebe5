// Tests MQTT over WebSockets: the request, the frames, TLS, and servers that refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_INVAL,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_OPT_DISABLE_SOCKETPAIR,
  MOSQ_OPT_HTTP_HEADER_SIZE,
  MOSQ_OPT_HTTP_PATH,
  MOSQ_OPT_PROTOCOL_VERSION,
  MOSQ_OPT_TRANSPORT,
  MOSQ_T_TCP,
  MOSQ_T_WEBSOCKETS,
  MQTT_PROTOCOL_V5,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { exchangeTests } from '../support/exchange';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { assertRefused, attempt } from '../support/tls-attempt';
import { connectTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overTls, overWebSockets, together } from '../support/ways';
import { BINARY } from '../support/websocket';
import { gatewayFor, refuseEveryOther } from '../support/websocket-gateway';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();
const certificates = sharedCertificates();

function staticTests(): void {
  exchangeTests('WebSockets', async (t) => ({ prepare: overWebSockets, address: await gatewayFor(t, broker()) }));
  exchangeTests('secure WebSockets', async (t) => ({
    prepare: together(overWebSockets, overTls(certificates())),
    address: await gatewayFor(t, broker(), { tls: certificates().server }),
  }));

  test('the request: path, host, protocol and version, and every frame is masked', limit, async (t) => {
    const gateway = await gatewayFor(t, broker());
    for (const path of [null, '/deep/er?token=1', '/mqtt']) {
      const client = clientFor(t);
      overWebSockets(client);
      assert.equal(client.string_option(MOSQ_OPT_HTTP_PATH, path), 0);
      driveFor(t, client, 'loop');
      await connectTo(client, gateway);
    }
    assert.deepEqual(
      gateway.upgrades.map(({ url }) => url),
      ['/mqtt', '/deep/er?token=1', '/mqtt'],
    );
    for (const { headers } of gateway.upgrades) {
      assert.match(headers.host ?? '', /^127\.0\.0\.1(:\d+)?$/);
      assert.equal(headers['sec-websocket-protocol'], 'mqtt');
      assert.equal(headers['sec-websocket-version'], '13');
      assert.equal(Buffer.from(headers['sec-websocket-key'] ?? '', 'base64').length, 16);
    }
    const keys = gateway.upgrades.map(({ headers }) => headers['sec-websocket-key']);
    assert.equal(new Set(keys).size, keys.length, 'a new key for each connection');
    for (const { masked, opcode } of gateway.frames) assert.deepEqual([masked, opcode], [true, BINARY]);
  });

  test('MQTT 5: the properties of connect() arrive', limit, async (t) => {
    const gateway = await gatewayFor(t, broker());
    const client = clientFor(t);
    overWebSockets(client);
    assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), 0);
    const properties = {
      'session-expiry-interval': 77,
      'user-property': [['carried', 'along']] as Array<[string, string]>,
    };
    assert.equal(client.connect(gateway.host, gateway.port, 60, null, properties), 0);
    driveFor(t, client, 'loop');
    await until(() => gateway.frames.length > 0, 'CONNECT');
    assert.ok(gateway.frames[0]?.payload.includes('carried'));
  });

  test('a server that refuses, or answers nonsense: a code and a disconnection', limit, async (t) => {
    const lines = (...text: string[]): string => `${text.join('\r\n')}\r\n\r\n`;
    const upgrade = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    const answers = [
      lines('HTTP/1.1 404 Not Found', 'Content-Length: 0'),
      lines('HTTP/1.1 401 Unauthorized'),
      lines(...upgrade, 'Sec-WebSocket-Protocol: mqtt', 'Sec-WebSocket-Accept: d3Jvbmc='),
      lines(...upgrade, 'Sec-WebSocket-Protocol: mqtt'),
      lines(...upgrade),
      'not HTTP at all\r\n\r\n',
      `HTTP/1.1 101 Switching Protocols\r\nX: ${'x'.repeat(100_000)}`,
      '\r\n\r\n',
      '',
    ];
    for (const answer of answers) {
      const gateway = await gatewayFor(t, broker(), { refuse: () => answer });
      const outcome = await attempt(t, { host: gateway.host, port: gateway.port }, overWebSockets);
      assert.equal(outcome.connack, null, answer);
      assert.ok((outcome.disconnected ?? 0) > 0, `${answer}: ${outcome.disconnected}`);
    }
  });

  test('after the gateway has gone the client comes back', limit, async (t) => {
    const gateway = await gatewayFor(t, broker(), { refuse: refuseEveryOther() });
    const client = clientFor(t);
    overWebSockets(client);
    let connections = 0;
    client.on_connect = () => {
      connections += 1;
      if (connections < 3) gateway.close();
    };
    assert.equal(client.connect_async(gateway.host, gateway.port), 0);
    driveFor(t, client, 'event loop');
    await until(() => connections === 3, 'the third connection');
  });

  test('secure WebSockets verify the certificate as all TLS does', limit, async (t) => {
    const gateway = await gatewayFor(t, broker(), { tls: certificates().wrongHost });
    const secured = together(overWebSockets, overTls(certificates()));
    const outcome = await attempt(t, { host: 'localhost', port: gateway.port }, secured);
    assertRefused(outcome, /hostname mismatch/);
    assert.equal(gateway.upgrades.length, 0);
  });

  test('MOSQ_T_TCP takes WebSockets back; other values are MOSQ_ERR_INVAL', limit, async (t) => {
    const client = clientFor(t);
    overWebSockets(client);
    for (const value of [0, 3, -1]) assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, value), MOSQ_ERR_INVAL);
    assert.equal(client.int_option(MOSQ_OPT_HTTP_HEADER_SIZE, 99), MOSQ_ERR_INVAL);
    assert.equal(client.int_option(MOSQ_OPT_HTTP_HEADER_SIZE, 100), 0);
    assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_TCP), 0);
    driveFor(t, client, 'loop');
    await connectTo(client, broker());
  });

  test('a path that the request has no room for, or that would end its line, is refused', limit, (t) => {
    const client = clientFor(t);
    for (const path of [`/${'x'.repeat(2000)}`, '/a b', '/a\r\nX-Injected: 1']) {
      assert.equal(client.string_option(MOSQ_OPT_HTTP_PATH, path), MOSQ_ERR_INVAL);
    }
  });
}

if (build_info().features.websockets) {
  staticTests();
} else {
  test('without WebSockets in libmosquitto their options are MOSQ_ERR_NOT_SUPPORTED', limit, (t) => {
    const client = clientFor(t);
    assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS), MOSQ_ERR_NOT_SUPPORTED);
    assert.equal(client.int_option(MOSQ_OPT_DISABLE_SOCKETPAIR, 1), MOSQ_ERR_NOT_SUPPORTED);
    assert.equal(client.int_option(MOSQ_OPT_HTTP_HEADER_SIZE, 4096), MOSQ_ERR_NOT_SUPPORTED);
    assert.equal(client.string_option(MOSQ_OPT_HTTP_PATH, '/mqtt'), MOSQ_ERR_NOT_SUPPORTED);
  });
}
