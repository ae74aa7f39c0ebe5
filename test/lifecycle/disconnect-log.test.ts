// Tests that a clean disconnect() logs no error of OpenSSL. It did, because the broker's close_notify was dropped with
// all other input.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info, MOSQ_LOG_ERR, MOSQ_LOG_WARNING } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES } from '../support/drive';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { tlsBrokerFor } from '../support/tls-broker';
import { type Address, connectTo, disconnections } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overTls, overWebSockets, type Preparation, together } from '../support/ways';
import { gatewayFor } from '../support/websocket-gateway';

const limit = { timeout: scaled(30000) };
const certificates = sharedCertificates();
const broker = sharedBroker();

interface Way {
  readonly name: string;
  prepare(): Preparation;
  address(t: TestContext): Promise<Address>;
}

const WAYS: Way[] = [
  { name: 'TCP', prepare: () => () => undefined, address: async () => broker() },
  { name: 'TLS', prepare: () => overTls(certificates()), address: (t) => tlsBrokerFor(t, certificates()) },
];
const OVER_WEB_SOCKETS: Way[] = [
  { name: 'WebSockets', prepare: () => overWebSockets, address: (t) => gatewayFor(t, broker()) },
  {
    name: 'secure WebSockets',
    prepare: () => together(overWebSockets, overTls(certificates())),
    address: (t) => gatewayFor(t, broker(), { tls: certificates().server }),
  },
];

for (const mode of MODES) {
  describe(`disconnect() (${mode})`, () => {
    for (const { name, prepare, address } of build_info().linkage === 'static'
      ? [...WAYS, ...OVER_WEB_SOCKETS]
      : WAYS) {
      test(`logs no error over ${name}`, limit, async (t) => {
        const client = clientFor(t);
        prepare()(client);
        const lines: string[] = [];
        const troubles: string[] = [];
        client.on_log = (_mosq, _obj, level, text) => {
          lines.push(text);
          if (level === MOSQ_LOG_ERR || level === MOSQ_LOG_WARNING) troubles.push(text);
        };
        driveFor(t, client, mode);
        const { port } = await address(t);
        await connectTo(client, { host: 'localhost', port });
        const ends = disconnections(client);
        assert.equal(client.disconnect(), 0);
        await until(() => ends.length > 0, 'on_disconnect');
        assert.deepEqual(ends, [0]);
        assert.ok(lines.some((line) => line.includes('sending DISCONNECT')));
        assert.deepEqual(troubles, []);
      });
    }
  });
}
