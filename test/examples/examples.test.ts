import { strict as assert } from 'node:assert';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runChild } from '../support/child';
import { brokerFor, refusedPortFor, sharedBroker } from '../support/scope';
import { passwordFile } from './password-file';
import { assertLines, exampleFixture } from './support';
import { TRANSPORT_EXAMPLES } from './transports';

// Users copy code from examples/, so it has to work unchanged. Each example runs here as a program of its own.

/** Lines that the program has to print, in this order; other lines may be between them. */
const EXPECTED: Record<string, RegExp[]> = {
  'callbacks-functions': [
    /^on_log: .*CONNECT/,
    /^on_connect: rc 0$/,
    /^on_subscribe: mid \d+, granted QoS 0$/,
    /^on_publish: mid \d+$/,
    /^on_first_message: first$/,
    /^on_later_message: second$/,
    /^on_unsubscribe: mid \d+$/,
    /^on_disconnect: rc 0$/,
  ],
  'callbacks-methods': [
    /^example\/methods\/kitchen: on_connect: rc 0$/,
    /^example\/methods\/kitchen: on_message: 21\.5$/,
    /^example\/methods\/kitchen: on_disconnect: rc 0$/,
  ],
  connect: [/^connect: 0, socket \d+$/, /^on_connect: 0 \(/, /^on_disconnect: 0 \(asked for\)$/],
  'connect-async': [/^connect_async: 0$/, /^on_connect: 0 \(/, /^on_disconnect: 0$/],
  create: [
    /^created a client with the id example-create$/,
    /^created a client with a generated id$/,
    /^clean_session = false without an id: MOSQ_ERR_INVAL$/,
    /^on_connect: rc 0, obj {"room":"kitchen","connections":1}$/,
  ],
  destroy: [/^visit: 0$/, /^on_disconnect: 0$/, /^MOSQ_ERR_INVAL: .*publish.*destroyed/],
  flush: [/^flush: 0 \(/, /^on_disconnect: 0$/],
  loop: [/^on_connect$/, /^on_subscribe$/, /^on_message: example\/loop: a message to myself$/, /^on_disconnect: 0$/],
  'loop-forever': [
    /^on_message: message 1$/,
    /^on_message: message 2$/,
    /^on_message: message 3$/,
    /^loop_forever: 0 \(/,
  ],
  'loop-parts': [/^watching the socket \d+$/, /^on_connect: 0$/, /^on_disconnect: 0$/],
  'loop-start': [
    /^loop_start returned at once$/,
    /^on_connect$/,
    /^busy for 500 ms$/,
    /^on_message: carried by the network thread$/,
    /^on_disconnect: 0$/,
  ],
  'loop-start-event-loop': [/^on_connect$/, /^on_message: carried by the event loop$/, /^on_disconnect: 0$/],
  'message-callbacks': [
    /^temperature: example\/handlers\/kitchen\/temperature: 21\.5$/,
    /^kitchen: example\/handlers\/kitchen\/temperature: 21\.5$/,
    /^kitchen: example\/handlers\/kitchen\/light: on$/,
    /^temperature: example\/handlers\/cellar\/temperature: 12$/,
    /^the rest: example\/other: hello$/,
  ],
  'mqtt5-extended-auth': [
    // Bad authentication method: this broker supports none.
    /^on_connect: 140 \(/,
  ],
  'mqtt5-properties': [
    /^on_connect: 0 \(.*\), topic aliases: \d+$/,
    /^on_message: application\/json: {"celsius":21\.5}$/,
    /^on_message: room: kitchen$/,
    /^on_message: room: cellar$/,
    /^on_message: subscription 7$/,
    /^on_publish: mid \d+: 16 \(No matching subscribers/,
    /^on_disconnect: 0$/,
  ],
  'mqtt5-request-response': [
    /^asked: how are you\?$/,
    /^answer to "how are you\?": HOW ARE YOU\?$/,
    /^answer to "what time is it\?": WHAT TIME IS IT\?$/,
  ],
  'mqtt5-shared-subscription': [/^worker-1: \d+/, /^worker-2: \d+/, /^worker-3: \d+/],
  'pre-connect': [
    /^on_pre_connect: a new token$/,
    /^on_connect: 0, connection 1$/,
    /^on_pre_connect: a new token$/,
    /^on_connect: 0, connection 2$/,
  ],
  publish: [
    /^publish: text: mid \d+$/,
    /^on_message: text: 18 bytes </,
    /^on_message: text beyond ASCII: 6 bytes </,
    /^on_message: null: no bytes: 0 bytes <>$/,
    /^on_message: Buffer: 5 bytes <00017f80ff>$/,
    /^on_message: Uint8Array: 5 bytes <00017f80ff>$/,
    /^on_message: part of one: 2 bytes <017f>$/,
    /^on_message: Float64Array: 8 bytes </,
    /^on_message: DataView: 1 bytes <ff>$/,
    /^on_message: ArrayBuffer: 5 bytes <00017f80ff>$/,
  ],
  'reconnect-delay': [
    /^on_connect: connection 1$/,
    /^on_disconnect: [1-9]\d*$/,
    /^on_connect: connection 2$/,
    /^connected again after \d+ ms$/,
    /^on_disconnect: 0$/,
  ],
  retain: [/^the broker stores it; subscribing$/, /^on_message: the last known value \(retain true\)$/, /^removed$/],
  subscribe: [
    /^example\/\+\/temperature matches example\/kitchen\/temperature: true$/,
    /^subscribe: mid \d+$/,
    /^on_subscribe: mid \d+, granted QoS 1$/,
    /^on_message: mid [1-9]\d*, example\/kitchen\/temperature, "21\.5", QoS 1, retain false$/,
    /^unsubscribe: mid \d+$/,
    /^on_unsubscribe: mid \d+$/,
    /^received 1$/,
  ],
  'subscribe-helpers': [
    /^subscribe_simple: 2 messages$/,
    /^subscribe_callback: example\/helpers\/[abc]: three$/,
    /^subscribe_callback: 0 \(/,
  ],
  'username-password': [/^on_connect: 0 \(/, /^on_disconnect: 0$/],
  will: [/^the sensor is connected/, /^on_message: example\/will\/sensor: gone$/],
};

describe('examples', () => {
  const broker = sharedBroker();

  test('every example runs here', () => {
    const folder = join(__dirname, '..', '..', '..', 'examples');
    const names = readdirSync(folder)
      .filter((file) => file.endsWith('.ts'))
      .map((file) => file.slice(0, -'.ts'.length));
    assert.deepEqual(names.sort(), [...Object.keys(EXPECTED), ...TRANSPORT_EXAMPLES, 'demo'].sort());
  });

  for (const [name, lines] of Object.entries(EXPECTED)) {
    test(name, { timeout: 120_000 }, async () => {
      const result = await runChild(exampleFixture(name), { args: [broker().host, String(broker().port)] });
      assert.equal(result.stderr, '');
      assertLines(result.stdout, lines);
      assert.deepEqual([result.code, result.signal], [0, null], result.stdout);
    });
  }

  test('username-password: accepted when right, refused when wrong', { timeout: 120_000 }, async (t) => {
    const guarded = await brokerFor(t, {
      config: ['allow_anonymous false', 'password_file {dir}/passwords'],
      files: { passwords: passwordFile('user', 'secret') },
    });
    const address = [guarded.host, String(guarded.port)];

    const accepted = await runChild(exampleFixture('username-password'), { args: [...address, 'user', 'secret'] });
    assertLines(accepted.stdout, [/^on_connect: 0 \(/, /^on_disconnect: 0$/]);
    assert.equal(accepted.code, 0);

    const refused = await runChild(exampleFixture('username-password'), { args: [...address, 'user', 'wrong'] });
    assertLines(refused.stdout, [/^on_connect: [45] \(/]);
    assert.equal(refused.code, 1);
  });

  test('connect and loop: without a broker they say so and fail', { timeout: 120_000 }, async (t) => {
    const port = await refusedPortFor(t);
    const args = ['127.0.0.1', String(port)];
    const failure = `Connecting to 127.0.0.1:${port} failed: Connection refused (ECONNREFUSED)`;

    const connect = await runChild(exampleFixture('connect'), { args });
    assert.equal(connect.stderr, `${failure}\n`);
    assert.equal(connect.code, 1);

    const loop = await runChild(exampleFixture('loop'), { args });
    assert.equal(loop.stderr, `ended with 14: ${failure}\n`);
    assert.equal(loop.code, 1);
  });
});
