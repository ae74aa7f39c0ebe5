import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type ChildHandle, spawnChild } from '../support/child';
import { plainEnvironment } from '../support/environment';
import { defer } from '../support/scope';
import { scaled, until } from '../support/wait';

// Tests a name server that does not answer. It blocks the threads that query it. If look-ups may use all threads of
// libuv's pool, no file is read and nothing is encrypted meanwhile.

const limit = { timeout: scaled(60000) };
const CONF = '/etc/resolv.conf';
const HOSTS = '/etc/nsswitch.conf';
const mounting = ['unshare', '--mount', '--', 'sh', '-c', `mount --bind "$0" ${CONF} && exec "$@"`];
// The port is below 1024, on an address that nothing else of this machine listens on.
const ADDRESS = `127.${1 + (process.pid % 250)}.53.53`;

interface NameServer {
  /** The queried names. */
  readonly names: Set<string>;
  readonly resolv_conf: string;
}

async function deadNameServerFor(t: TestContext, options: string): Promise<NameServer> {
  const names = new Set<string>();
  const socket = createSocket('udp4');
  socket.on('message', (query) => {
    const found = /host-\d/.exec(query.toString('latin1'));
    if (found !== null) names.add(found[0]);
  });
  socket.bind(53, ADDRESS);
  await once(socket, 'listening');
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-resolv-'));
  const resolv_conf = join(folder, 'resolv.conf');
  writeFileSync(resolv_conf, `nameserver ${ADDRESS}\noptions ${options}\n`);
  defer(t, async () => {
    rmSync(folder, { recursive: true });
    socket.close();
    await once(socket, 'close');
  });
  return { names, resolv_conf };
}

function childFor(t: TestContext, args: string[], { resolv_conf }: NameServer): ChildHandle {
  const child = spawnChild('lifecycle-dead-name-server', {
    args,
    under: [...mounting, resolv_conf],
    env: { UV_THREADPOOL_SIZE: '4' },
    timeoutMs: 50000,
  });
  defer(t, () => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Whether this user may create a mount namespace and run a name server. */
function mayMount(): boolean {
  if (process.getuid?.() !== 0 || !existsSync(CONF) || !existsSync(HOSTS)) return false;
  const [file = '', ...args] = [...mounting, CONF, 'true'];
  return spawnSync(file, args, { env: plainEnvironment() }).status === 0;
}

if (mayMount()) {
  for (const what of ['host', 'bind address']) {
    test(`files are read while eight clients wait for a name server (${what})`, limit, async (t) => {
      const server = await deadNameServerFor(t, 'timeout:10 attempts:2');
      const child = childFor(t, ['reads', what], server);
      await until(() => server.names.size >= 2, 'the first questions');
      child.write('\n');
      assert.equal(await child.line(/^ended/), 'ended: 0');
    });

    test(`a worker whose clients wait for a name server can be terminated (${what})`, limit, async (t) => {
      const server = await deadNameServerFor(t, 'timeout:3 attempts:1');
      const child = childFor(t, ['worker', what], server);
      await until(() => server.names.size >= 2, 'the first questions');
      child.write('\n');
      await child.line(/^terminated/);
      const { code, signal, stderr } = await child.done;
      assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
      assert.ok(server.names.size < 8, 'look-ups that had not begun were called off');
    });
  }
}
