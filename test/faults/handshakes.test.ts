import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MOSQ_OPT_PROTOCOL_VERSION, type Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { HAS_2_1 } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import { type Direction, type Ending, type FaultProxy, faultProxyFor } from '../support/fault-proxy';
import { brokerFor, clientFor, driveFor } from '../support/scope';
import { PROXY_USER, socksServerFor } from '../support/socks';
import { tlsBrokerFor } from '../support/tls-broker';
import { type Address, connectTo, disconnectFrom } from '../support/traffic';
import { scaled, until } from '../support/wait';
import { overTls, overWebSockets, type Preparation, through } from '../support/ways';
import { gatewayFor } from '../support/websocket-gateway';

// Cuts every kind of handshake after each of its bytes, in either direction. A client must not hang until the rest
// arrives, must not accept half an answer as a whole one, and must not keep state for its next connection.

const WIDE = process.env.LIBMOSQUITTO_TEST_FAULTS === 'wide';
const ENDINGS: Ending[] = ['reset', 'fin'];
const certificates = sharedCertificates();

interface Way {
  /** The server behind the cutting proxy. */
  behind: Address;
  /** `cutter`: the cutting proxy, if its address is not the argument of connect(). */
  prepare(cutter: Address): Preparation;
  /** The address for connect(); null: that of the cutting proxy. */
  destination: Address | null;
}

const ways: Record<string, (t: TestContext) => Promise<Way>> = {
  TCP: async (t) => ({ behind: await brokerFor(t), prepare: () => () => undefined, destination: null }),
  WebSockets: async (t) => ({
    behind: await gatewayFor(t, await brokerFor(t)),
    prepare: () => overWebSockets,
    destination: null,
  }),
  SOCKS: async (t) => ({
    behind: await socksServerFor(t, PROXY_USER),
    prepare: (cutter) => through(cutter, PROXY_USER.username, PROXY_USER.password),
    destination: await brokerFor(t),
  }),
  TLS: async (t) => ({
    behind: await tlsBrokerFor(t, certificates()),
    prepare: () => overTls(certificates()),
    destination: null,
  }),
};

/** Connects through the cutting proxy. Resolves at the end of that connection, or at CONNACK if all bytes passed. */
async function attempt(t: TestContext, client: Mosquitto, mode: Mode, to: Address): Promise<'connected' | number> {
  let outcome: 'connected' | number | null = null;
  client.on_connect = (_mosq, _obj, rc) => {
    outcome ??= rc === 0 ? 'connected' : rc;
  };
  client.on_disconnect = (_mosq, _obj, rc) => {
    outcome ??= rc;
  };
  const rc = client.connect(to.host, to.port);
  if (rc !== 0) return rc;
  const driven = driveFor(t, client, mode);
  await until(() => outcome !== null, 'on_connect or on_disconnect');
  await driven.stop();
  return outcome ?? -1;
}

async function bytesOf(client: Mosquitto, proxy: FaultProxy, to: Address): Promise<Record<Direction, number>> {
  client.loop_start();
  await connectTo(client, to);
  const bytes = { up: proxy.passed('up'), down: proxy.passed('down') };
  await disconnectFrom(client);
  client.loop_stop();
  return bytes;
}

for (const [name, make] of Object.entries(ways)) {
  if (name === 'WebSockets' && !HAS_2_1) continue;
  for (const direction of ['up', 'down'] as const) {
    const limit = { timeout: scaled(WIDE ? 900_000 : 120_000) };
    test(`a handshake over ${name} that is cut after each of its bytes (${direction})`, limit, async (t) => {
      const { behind, prepare, destination } = await make(t);
      const proxy = await faultProxyFor(t, behind);
      const to = destination ?? proxy;
      const clients = MODES.map((mode) => {
        const client = clientFor(t);
        // The counted bytes include no DISCONNECT of MQTT 5.
        assert.equal(client.int_option(MOSQ_OPT_PROTOCOL_VERSION, 4), 0);
        prepare(proxy)(client);
        return { mode, client };
      });
      const total = (await bytesOf(clients[0]?.client ?? clientFor(t), proxy, to))[direction];
      assert.ok(total > 3, `${total} bytes`);
      let ended = 0;
      for (let bytes = 0; bytes < total; bytes++) {
        // Each byte is cut in one mode and with one ending in turn, or in all of them.
        const chosen = WIDE ? clients : clients.slice(bytes % MODES.length, (bytes % MODES.length) + 1);
        const endings = WIDE ? ENDINGS : [ENDINGS[Math.floor(bytes / MODES.length) % 2] ?? 'fin'];
        for (const { mode, client } of chosen) {
          for (const how of endings) {
            proxy.cutLater({ direction, bytes, how });
            const outcome = await attempt(t, client, mode, to);
            assert.notEqual(outcome, 0, `${how} after ${bytes} bytes (${mode})`);
            if (outcome !== 'connected') ended += 1;
          }
        }
      }
      // The length of a TLS handshake varies by the bytes of its signatures.
      assert.ok(ended > total * 0.9, `${ended} connections ended, of ${total}`);
      proxy.cutLater(null);
      for (const { mode, client } of clients) {
        const driven = driveFor(t, client, mode);
        await connectTo(client, to);
        assert.equal(await disconnectFrom(client), 0);
        await driven.stop();
      }
    });
  }
}
