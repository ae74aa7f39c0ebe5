import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { build_info } from 'libmosquitto';
import { type ChildHandle, spawnChild } from '../support/child';
import { MODES, type Mode } from '../support/drive';
import type { Peer } from '../support/fake-broker';
import { PINGREQ, pingresp, publish } from '../support/packets';
import { defer, fakeBrokerFor } from '../support/scope';
import { scaled, within } from '../support/wait';

// Tests a PINGRESP that the client has not read yet, because the process was stopped or other packets are before it.
// The broker is not dead then. The connection must not end with MOSQ_ERR_KEEPALIVE then.

const limit = { timeout: scaled(60000) };

/** Starts a client in a process of its own. `onPing` answers the first of its pings. */
async function sceneFor(
  t: TestContext,
  mode: Mode,
  busy: number,
  onPing: (peer: Peer, child: ChildHandle) => Promise<void>,
): Promise<{ child: ChildHandle; second: Promise<void> }> {
  let done: () => void = () => undefined;
  const second = new Promise<void>((resolve) => {
    done = resolve;
  });
  let child: ChildHandle | null = null;
  const fake = await fakeBrokerFor(t, async (peer) => {
    await peer.accept();
    await peer.nextOf(PINGREQ);
    if (child === null) throw new Error('there is no child');
    await onPing(peer, child);
    for await (const { type } of peer.packets()) {
      if (type !== PINGREQ) continue;
      peer.send(pingresp());
      done();
    }
  });
  const started = spawnChild('lifecycle-late-pingresp', {
    args: [String(fake.port), mode, String(busy)],
    timeoutMs: 55000,
  });
  child = started;
  defer(t, () => {
    started.kill('SIGKILL');
  });
  await started.line(/^connected/);
  return { child: started, second };
}

/** The output lines of the child about an end of its connection. */
async function ended(child: ChildHandle): Promise<string> {
  child.kill('SIGKILL');
  return (await child.done).stdout
    .split('\n')
    .filter((line) => line.startsWith('ended'))
    .join();
}

describe('an unread PINGRESP', { concurrency: true }, () => {
  for (const mode of MODES) {
    test(
      `a process that was stopped for longer than the keepalive keeps its connection (${mode})`,
      limit,
      async (t) => {
        const { child, second } = await sceneFor(t, mode, 0, async (peer, stopped) => {
          stopped.kill('SIGSTOP');
          // The system needs this time to stop the process.
          await sleep(100);
          peer.send(pingresp());
          await sleep(7000);
          stopped.kill('SIGCONT');
        });
        await within(second, 'the second ping', 40000);
        assert.equal(await ended(child), '');
      },
    );
  }

  // For the system's library only the PINGRESP itself counts.
  if (build_info().linkage === 'static') {
    for (const mode of MODES) {
      test(`handlers may take longer than the keepalive for the packets before it (${mode})`, limit, async (t) => {
        const messages = new Array<Buffer>(6500).fill(publish('before', Buffer.alloc(500)));
        const { child } = await sceneFor(t, mode, 1, async (peer) => {
          peer.send(...messages, pingresp(), publish('end', ''));
        });
        await within(child.line(/^complete/), 'the last message', 50000);
        assert.equal(await ended(child), '');
      });
    }
  }
});
