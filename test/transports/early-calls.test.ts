// Tests calls between connect() and CONNACK: their packets must not be sent into the handshake of a proxy or of
// WebSockets, must not be lost, and must not prevent the connection.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import type { Way } from '../support/exchange';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { PROXY_USER, socksServerFor } from '../support/socks';
import { tlsBrokerFor } from '../support/tls-broker';
import { type Address, collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overTls, overWebSockets, type Preparation, through, together } from '../support/ways';
import { gatewayFor } from '../support/websocket-gateway';

const limit = { timeout: scaled(60000) };
const broker = sharedBroker();
const certificates = sharedCertificates();

const plain: Preparation = () => undefined;
const tls = async (t: TestContext): Promise<Address> => ({
  host: 'localhost',
  port: (await tlsBrokerFor(t, certificates())).port,
});
const proxied = async (t: TestContext): Promise<Preparation> => through(await socksServerFor(t));
const withPassword = async (t: TestContext): Promise<Preparation> =>
  through(await socksServerFor(t, PROXY_USER), PROXY_USER.username, PROXY_USER.password);
const secure = { tls: true };
const gateway = (t: TestContext, options: { tls?: boolean } = {}): Promise<Address> =>
  gatewayFor(t, broker(), options.tls === true ? { tls: certificates().server } : {});

type Ways = ReadonlyArray<readonly [name: string, way: (t: TestContext) => Promise<Way>]>;

const EVERYWHERE: Ways = [
  ['TCP', async () => ({ prepare: plain, address: broker() })],
  ['TLS', async (t) => ({ prepare: overTls(certificates()), address: await tls(t) })],
];

// The system's library sends the packets of calls into the handshake of a proxy, and has no WebSockets.
const STATIC: Ways = [
  ['SOCKS5', async (t) => ({ prepare: await proxied(t), address: broker() })],
  ['SOCKS5 with a password', async (t) => ({ prepare: await withPassword(t), address: broker() })],
  [
    'TLS through SOCKS5',
    async (t) => ({ prepare: together(await proxied(t), overTls(certificates())), address: await tls(t) }),
  ],
  ['WebSockets', async (t) => ({ prepare: overWebSockets, address: await gateway(t) })],
  [
    'secure WebSockets',
    async (t) => ({ prepare: together(overWebSockets, overTls(certificates())), address: await gateway(t, secure) }),
  ],
  [
    'WebSockets through SOCKS5',
    async (t) => ({ prepare: together(overWebSockets, await proxied(t)), address: await gateway(t) }),
  ],
  [
    'secure WebSockets through SOCKS5 with a password',
    async (t) => ({
      prepare: together(overWebSockets, overTls(certificates()), await withPassword(t)),
      address: await gateway(t, secure),
    }),
  ],
];

const ways = build_info().linkage === 'static' ? [...EVERYWHERE, ...STATIC] : EVERYWHERE;
const MESSAGES = [0, 1, 2] as const;
let topics = 0;

for (const [name, way] of ways) {
  for (const mode of MODES) {
    describe(`calls before CONNACK, ${name} (${mode})`, () => {
      test('connect(), subscribe(), publish(), and only then a loop: the messages come back', limit, async (t) => {
        const { prepare, address } = await way(t);
        const topic = `early/${process.pid}/${topics++}`;
        const client = clientFor(t);
        prepare(client);
        const granted: Array<[mid: number, codes: number[]]> = [];
        client.on_subscribe = (_mosq, _obj, mid, codes) => void granted.push([mid, codes]);
        const confirmed: number[] = [];
        client.on_publish = (_mosq, _obj, mid) => void confirmed.push(mid);
        const messages = collect(client);
        assert.equal(client.connect(address.host, address.port), 0);
        assert.equal(client.subscribe(topic, 2), 0);
        const subscribed = client.last_mid;
        const published = MESSAGES.map((qos) => {
          assert.equal(client.publish(topic, `${qos}`, qos), 0);
          return client.last_mid;
        });
        driveFor(t, client, mode);
        await until(
          () => messages.length === MESSAGES.length && confirmed.length === MESSAGES.length,
          () => `${MESSAGES.length} messages and confirmations: ${messages.length} and ${confirmed.length}`,
        );
        assert.deepEqual(granted, [[subscribed, [2]]]);
        assert.deepEqual(messages.map(({ payload }) => `${payload}`).sort(), ['0', '1', '2']);
        assert.deepEqual([...confirmed].sort(), [...published].sort());
      });

      test('a program that publishes all the time connects, and every message arrives, in order', limit, async (t) => {
        const { prepare, address } = await way(t);
        const topic = `often/${process.pid}/${topics++}`;
        // The gateway and the broker behind TLS are brokers of their own, so the reader uses the same kind of
        // connection.
        const reader = clientFor(t);
        prepare(reader);
        driveFor(t, reader, 'thread');
        await connectTo(reader, address);
        await subscribeTo(reader, topic, 1);
        const messages = collect(reader);
        const client = clientFor(t);
        prepare(client);
        let connected = false;
        client.on_connect = () => {
          connected = true;
        };
        assert.equal(client.connect(address.host, address.port), 0);
        driveFor(t, client, mode);
        let count = 0;
        await until(() => {
          assert.equal(client.publish(topic, `${count}`, 1), 0);
          count += 1;
          return connected;
        }, 'on_connect');
        for (let more = 0; more < 20; more++) assert.equal(client.publish(topic, `${count++}`, 1), 0);
        await until(
          () => messages.length >= count,
          () => `${count} messages: ${messages.length} came`,
        );
        assert.deepEqual(
          messages.map(({ payload }) => Number(payload)),
          Array.from({ length: count }, (_, index) => index),
        );
      });
    });
  }
}
