import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  build_info,
  MOSQ_ERR_NOT_SUPPORTED,
  MOSQ_OPT_HTTP_PATH,
  MOSQ_OPT_PROTOCOL_VERSION,
  MOSQ_OPT_TRANSPORT,
  MOSQ_T_TCP,
  MOSQ_T_WEBSOCKETS,
  MQTT_PROTOCOL_V5,
} from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { exchangeTests } from '../support/exchange';
import { clientFor, driveFor, refusedPortFor, sharedBroker } from '../support/scope';
import { PROXY_USER, socksServerFor } from '../support/socks';
import { ACCEPTED, attempt } from '../support/tls-attempt';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overTls, overWebSockets, through, together } from '../support/ways';
import { gatewayFor, refuseEveryOther } from '../support/websocket-gateway';

// Tests WebSockets through a SOCKS proxy: the HTTP handshake must begin after the handshake of the proxy.

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();
const certificates = sharedCertificates();

function staticTests(): void {
  exchangeTests('WebSockets through SOCKS5', async (t) => ({
    prepare: together(overWebSockets, through(await socksServerFor(t))),
    address: await gatewayFor(t, broker()),
  }));
  exchangeTests('secure WebSockets through SOCKS5 with a password', async (t) => {
    const { username, password } = PROXY_USER;
    const proxied = through(await socksServerFor(t, PROXY_USER), username, password);
    return {
      prepare: together(overWebSockets, overTls(certificates()), proxied),
      address: await gatewayFor(t, broker(), { tls: certificates().server }),
    };
  });

  test('the request names the broker, and the properties of connect() follow it', limit, async (t) => {
    const proxy = await socksServerFor(t);
    const prepare = together(overWebSockets, through(proxy));
    const gateway = await gatewayFor(t, broker());
    for (const mode of MODES) {
      const client = clientFor(t);
      prepare(client);
      assert.equal(client.string_option(MOSQ_OPT_HTTP_PATH, '/through/a/proxy'), 0);
      assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5), 0);
      const frames = gateway.frames.length;
      const properties = { 'user-property': [['carried', 'along']] as Array<[string, string]> };
      assert.equal(client.connect(gateway.host, gateway.port, 60, null, properties), 0);
      const driven = driveFor(t, client, mode);
      await until(() => gateway.frames.length > frames, 'CONNECT');
      assert.ok(gateway.frames[frames]?.payload.includes('carried'));
      const { url, headers } = gateway.upgrades.at(-1) ?? {};
      assert.equal(url, '/through/a/proxy');
      assert.match(headers?.host ?? '', /^127\.0\.0\.1(:\d+)?$/);
      await driven.stop();
    }
  });

  test('each connection anew: through the proxy, directly, over TCP', limit, async (t) => {
    const proxy = await socksServerFor(t);
    const gateway = await gatewayFor(t, broker());
    const client = clientFor(t);
    together(overWebSockets, through(proxy))(client);
    driveFor(t, client, 'event loop');
    for (let connections = 1; connections <= 3; connections++) {
      await connectTo(client, gateway);
      assert.equal(gateway.upgrades.length, connections);
    }
    assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_TCP), 0);
    await connectTo(client, broker());
    overWebSockets(client);
    await connectTo(client, gateway);
    assert.equal(gateway.upgrades.length, 4);
  });

  test('a refusal of the proxy and one of the gateway: a code and a disconnection', limit, async (t) => {
    const proxy = await socksServerFor(t);
    const gateway = await gatewayFor(t, broker(), {
      refuse: () => 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n',
    });
    const closed = { host: '127.0.0.1', port: await refusedPortFor(t) };
    const prepare = together(overWebSockets, through(proxy));
    for (const mode of MODES) {
      for (const { host, port } of [gateway, closed]) {
        const outcome = await attempt(t, { host, port, mode }, prepare);
        assert.equal(outcome.connack, null);
        assert.ok((outcome.disconnected ?? 0) > 0);
      }
      const good = await gatewayFor(t, broker());
      assert.deepEqual(await attempt(t, { host: good.host, port: good.port, mode }, prepare), ACCEPTED);
    }
  });

  test('after the gateway has gone the client comes back through the proxy', limit, async (t) => {
    const proxy = await socksServerFor(t);
    const gateway = await gatewayFor(t, broker(), { refuse: refuseEveryOther() });
    const client = clientFor(t);
    together(overWebSockets, through(proxy))(client);
    let connections = 0;
    client.on_connect = () => {
      connections += 1;
      if (connections < 2) gateway.close();
    };
    assert.equal(client.connect_async(gateway.host, gateway.port), 0);
    driveFor(t, client, 'thread');
    await until(() => connections === 2, 'the second connection');
    assert.equal(gateway.upgrades.length, 4);
  });
}

if (build_info().features.websockets) {
  staticTests();
} else {
  test(
    'without WebSockets in libmosquitto a client that was refused them goes through the proxy by TCP',
    limit,
    async (t) => {
      const proxy = await socksServerFor(t);
      for (const mode of MODES) {
        const client = clientFor(t);
        assert.equal(client.int_option(MOSQ_OPT_TRANSPORT, MOSQ_T_WEBSOCKETS), MOSQ_ERR_NOT_SUPPORTED);
        through(proxy)(client);
        driveFor(t, client, mode);
        await connectTo(client, broker());
        await subscribeTo(client, `through/${mode}`);
        const messages = collect(client);
        client.publish(`through/${mode}`, 'over TCP');
        await until(() => messages.length === 1, 'the message');
        assert.equal(messages[0]?.payload.toString(), 'over TCP');
      }
    },
  );
}
