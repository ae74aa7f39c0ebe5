import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { build_info } from 'libmosquitto';
import { client5For, connect5 } from '../support/client5';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { PINGREQ, pingresp } from '../support/packets';
import { accept5, publish5 } from '../support/packets5';
import { brokerFor, clientFor, defer, driveFor, fakeBrokerFor } from '../support/scope';
import { collect, connectTo, disconnections, subscribeTo } from '../support/traffic';
import { scaled, until } from '../support/wait';

// Tests the keepalive that a broker shortens in CONNACK. The broker closes the connection of a client that uses its
// own, longer one. Only this shows the fault in a client that receives all the time and sends nothing.

const SESSION = { 'session-expiry-interval': 3600 };

const limit = { timeout: scaled(60000) };

/** The times of the client's pings, in milliseconds since CONNACK. */
async function pings(t: TestContext, mode: Mode, server_keep_alive: number, count: number): Promise<number[]> {
  const times: number[] = [];
  const send = (peer: Peer): void => {
    const timer = setInterval(() => peer.send(publish5('talk', 'all the time', {})), 50);
    void peer.closed.then(() => clearInterval(timer));
    defer(t, () => clearInterval(timer));
  };
  const fake = await fakeBrokerFor(t, async (peer) => {
    await accept5(peer, { 'server-keep-alive': server_keep_alive });
    const accepted = performance.now();
    send(peer);
    for await (const { type } of peer.packets()) {
      if (type !== PINGREQ) continue;
      times.push(performance.now() - accepted);
      peer.send(pingresp());
    }
  });
  const client = client5For(t);
  collect(client);
  const codes = disconnections(client);
  driveFor(t, client, mode);
  await connect5(client, fake, null, 3600);
  await until(() => times.length >= count, `${count} pings`, 40000);
  assert.deepEqual(codes, []);
  return times;
}

// The system's library computes the time of the next packet itself, and that cannot be changed.
if (build_info().linkage === 'static') {
  describe('server keep alive', { concurrency: true }, () => {
    for (const mode of MODES) {
      test(`a client that only receives pings as often as the broker asks for (${mode})`, limit, async (t) => {
        const times = await pings(t, mode, 5, 3);
        for (const [index, at] of times.entries()) {
          const gap = at - (times[index - 1] ?? 0);
          assert.ok(gap < scaled(7500), `${gap} ms until ping ${index + 1}`);
        }
      });

      test(`one second is possible (${mode})`, limit, async (t) => {
        const times = await pings(t, mode, 1, 8);
        const average = (times.at(-1) ?? 0) / times.length;
        assert.ok(average < scaled(1500), `${average} ms between two pings`);
      });

      test(`mosquitto with max_keepalive keeps the connection (${mode})`, limit, async (t) => {
        const broker = await brokerFor(t, { config: ['max_keepalive 10'] });
        const client = client5For(t, 'receiver', false);
        driveFor(t, client, mode);
        await connect5(client, broker, SESSION, 3600);
        await subscribeTo(client, 'talk', 0);
        // From here on the session has the subscription, and the client sends nothing.
        const answer = await connect5(client, broker, SESSION, 3600);
        assert.equal(answer.properties?.['server-keep-alive'], 10);
        const messages = collect(client);
        const codes = disconnections(client);
        const sender = clientFor(t);
        driveFor(t, sender, 'thread');
        await connectTo(sender, broker);
        const timer = setInterval(() => sender.publish('talk', 'all the time'), 100);
        defer(t, () => clearInterval(timer));
        const end = performance.now() + 18000;
        await until(() => performance.now() > end, 'one and a half keepalives to pass', 30000);
        assert.deepEqual(codes, []);
        const before = messages.length;
        await until(() => messages.length > before, 'one more message');
      });
    }
  });
}
