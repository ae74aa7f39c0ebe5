import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { spawnChild } from '../support/child';
import { defer } from '../support/scope';
import { until } from '../support/wait';
import { waitingConnections } from './proc';

/**
 * A loopback port where connecting neither succeeds nor fails. Its program accepts nothing and its queue is full, so
 * the system ignores further attempts.
 */
export async function fullPortFor(t: TestContext): Promise<number> {
  const child = spawnChild('lifecycle-full-backlog', { timeoutMs: 120000 });
  defer(t, async () => {
    child.kill('SIGKILL');
    await child.done;
  });
  const port = Number((await child.line(/^port /)).slice(5));
  const fillers = [1, 2, 3, 4].map(() => connect(port, '127.0.0.1').on('error', () => undefined));
  defer(t, () => {
    for (const filler of fillers) filler.destroy();
  });
  // The system queues one connection more than the backlog of 1.
  await until(() => waitingConnections(port) === 2, 'the queue of the port to be full');
  return port;
}
