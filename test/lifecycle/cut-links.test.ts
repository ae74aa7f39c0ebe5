// Catches messages that are lost, doubled or out of order when the link to a real broker is cut after any of its bytes.
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { MODES, type Mode } from '../support/drive';
import { type Direction, faultProxyFor } from '../support/fault-proxy';
import { clientFor, driveFor, sharedBroker } from '../support/scope';
import { clientOf, VERSIONS, type Version } from '../support/sent';
import { collect, connectTo, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

let broker: ReturnType<typeof sharedBroker>;
const ORDER = ['0', '1', '2', '3'];
let scenes = 0;

interface Scene {
  readonly mode: Mode;
  readonly version: Version;
  readonly qos: 1 | 2;
  readonly clean: boolean;
}

/** Asserts that the first messages arrived once, and then those from an unconfirmed one to the last. */
function isOrder(came: readonly string[]): boolean {
  return (
    ORDER.some((_payload, first) =>
      ORDER.some(
        (_again, again) =>
          again <= first + 1 && `${came}` === `${[...ORDER.slice(0, first + 1), ...ORDER.slice(again)]}`,
      ),
    ) || `${came}` === `${ORDER}`
  );
}

/**
 * Sends four messages: two in the first connection, one after that is cut, one before the CONNACK of the second. If the
 * link is not cut so early, all four leave in the first. Returns whether it was cut at all.
 */
async function cutAfter(t: TestContext, direction: Direction, bytes: number, scene: Scene): Promise<boolean> {
  const { mode, version, qos, clean } = scene;
  const topic = `cut/${process.pid}/${scenes++}`;
  const proxy = await faultProxyFor(t, broker());
  const reader = clientFor(t);
  const reading = driveFor(t, reader, 'event loop');
  await connectTo(reader, broker());
  await subscribeTo(reader, topic, 2);
  const messages = collect(reader);
  const client = clientOf(t, version, topic.replaceAll('/', '-'), clean);
  assert.equal(client.reconnect_delay_set(60, 60, false), 0);
  const confirmed: number[] = [];
  client.on_publish = (_mosq, _obj, mid) => void confirmed.push(mid);
  let ended = false;
  client.on_disconnect = () => {
    ended = true;
  };
  const driven = driveFor(t, client, mode);
  proxy.cutLater({ direction, bytes, how: 'reset' });
  // In MQTT 5 a session ends with its connection unless it has an expiry interval.
  const properties = version === 5 && !clean ? { 'session-expiry-interval': 60 } : null;
  assert.equal(client.connect(proxy.host, proxy.port, 60, null, properties), 0);
  const mids: number[] = [];
  const send = (payload: string): void => {
    client.publish(topic, payload, qos);
    mids.push(client.last_mid);
  };
  send('0');
  send('1');
  await until(() => ended || confirmed.length === 2, 'the end, or both confirmations');
  send('2');
  let cut = false;
  const again = (): void => {
    if (!ended || cut) return;
    cut = true;
    proxy.cutLater(null);
    assert.equal(client.reconnect(), 0);
  };
  again();
  send('3');
  await until(
    () => {
      again();
      return confirmed.length === ORDER.length;
    },
    () => `on_publish of all, ${bytes} bytes ${direction}: ${confirmed}`,
  );
  assert.deepEqual(confirmed, mids);
  // The broker has forwarded all messages that it confirmed, or is about to.
  await until(() => messages.some(({ payload }) => `${payload}` === '3'), 'the last message');
  const came = messages.map(({ payload }) => `${payload}`);
  const what = `${bytes} bytes ${direction}: ${came}`;
  if (qos === 2) assert.deepEqual(came, ORDER, what);
  else assert.ok(isOrder(came), what);
  await driven.stop();
  client.destroy();
  await reading.stop();
  reader.destroy();
  return cut;
}

function cutTests(version: Version, qos: 1 | 2, clean: boolean): void {
  for (const direction of ['up', 'down'] as const) {
    for (const [first, mode] of MODES.entries()) {
      test(`cut after any byte ${direction} (${mode})`, { timeout: scaled(120000) }, async (t) => {
        let cuts = 0;
        // Each drive mode cuts at every third byte.
        for (let bytes = 1 + first; bytes < 200; bytes += MODES.length) {
          if (!(await cutAfter(t, direction, bytes, { mode, version, qos, clean }))) break;
          cuts += 1;
        }
        assert.ok(cuts > 3, `${cuts} cuts`);
      });
    }
  }
}

// The system's library sends newer messages first, and some of QoS 2 twice.
if (build_info().linkage === 'static') {
  // Without a test the loop would never be stopped.
  broker = sharedBroker();
  for (const version of VERSIONS) {
    for (const qos of [1, 2] as const) {
      describe(`four messages of QoS ${qos}, and a session (MQTT ${version})`, () => cutTests(version, qos, false));
    }
    describe(`four messages of QoS 1, and no session (MQTT ${version})`, () => cutTests(version, 1, true));
  }
}
