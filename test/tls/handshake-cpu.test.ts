import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Mosquitto } from 'libmosquitto';
import { sharedCertificates } from '../support/certificates';
import { MODES, type Mode } from '../support/drive';
import { clientFor, defer, driveFor } from '../support/scope';
import { scaled, until } from '../support/wait';
import { through } from '../support/ways';

// Tests that a handshake whose peer is silent uses no processor time. CONNECT is queued all the time. A poll for
// writability because of it would return at once, every time, and use a whole core, with keepalive 0 for ever.

const limit = { timeout: scaled(60000) };
const certificates = sharedCertificates();

/** The first half of a ServerHello, in a record that announces all of it. */
const HALF_SERVER_HELLO = Buffer.from(`160303007a0200007603030${'1'.repeat(51)}`, 'hex');

/** Peers with which the client's handshake hangs: the peer's answer to the first bytes, if any. */
const STALLS: Record<string, Buffer | null> = {
  'a peer that says nothing': null,
  'a peer that says half a ServerHello': HALF_SERVER_HELLO,
  'a peer that says one byte': HALF_SERVER_HELLO.subarray(0, 1),
};

const SETTINGS: Record<string, (client: Mosquitto) => number> = {
  'a CA': (client) => client.tls_set(certificates().ca.cert),
  'a pre-shared key': (client) => client.tls_psk_set('00ff', 'me'),
};

interface Stalling {
  readonly port: number;
  /** The client's first bytes have arrived, and those of the peer are sent. */
  stalled(): boolean;
}

async function stallingFor(t: test.TestContext, answer: Buffer | null, proxied: boolean): Promise<Stalling> {
  let stalled = false;
  const sockets: Socket[] = [];
  const hear = (socket: Socket): void => {
    socket.once('data', () => {
      if (answer !== null) socket.write(answer);
      stalled = true;
    });
  };
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    if (!proxied) {
      hear(socket);
      return;
    }
    socket.once('data', () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once('data', () => {
        hear(socket);
        socket.write(Uint8Array.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
      });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(t, async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, stalled: () => stalled };
}

/** The share of a processor that `work` uses: 1 is a whole core. Each sample is short, and the least of them counts. */
async function load(work: () => Promise<void>): Promise<number> {
  let least = Infinity;
  for (let sample = 0; sample < 5; sample++) {
    const began = performance.now();
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000 / (performance.now() - began));
  }
  return least;
}

async function stalledClient(
  t: test.TestContext,
  mode: Mode,
  { answer, settings, proxied }: { answer: Buffer | null; settings: (client: Mosquitto) => number; proxied: boolean },
): Promise<Mosquitto> {
  const peer = await stallingFor(t, answer, proxied);
  const client = clientFor(t);
  assert.equal(settings(client), 0);
  if (proxied) through({ host: '127.0.0.1', port: peer.port })(client);
  assert.equal(client.connect('127.0.0.1', proxied ? 8883 : peer.port, 0), 0);
  const driven = driveFor(t, client, mode);
  await until(peer.stalled, 'the first bytes');
  // A caller's own loop reads this.
  await until(() => !client.want_write(), 'want_write() to be false');
  if (mode === 'loop') await driven.stop();
  return client;
}

for (const [stall, answer] of Object.entries(STALLS)) {
  for (const [name, settings] of Object.entries(SETTINGS)) {
    for (const proxied of [false, true]) {
      const where = proxied ? ', behind a proxy' : '';
      for (const mode of MODES) {
        test(`${stall}: the handshake costs nothing (${name}${where}, ${mode})`, limit, async (t) => {
          const client = await stalledClient(t, mode, { answer, settings, proxied });
          if (mode === 'loop') {
            // Each call blocks for its whole time. A handshake that spins returns 287,000 times a second.
            const began = performance.now();
            for (let call = 0; call < 3; call++) assert.equal(client.loop(100), 0);
            assert.ok(performance.now() - began >= 290, 'three calls of 100 ms');
          } else {
            const share = await load(() => sleep(150));
            assert.ok(share < 0.5, `${share} of a core`);
          }
          assert.ok(client.socket() >= 0, 'the handshake waits still');
        });
      }
    }
  }
}
