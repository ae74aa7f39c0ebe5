// Starts a mosquitto broker for the demo, on a free loopback port; it ends with the program.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { constants as os, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 15_000;

export interface Broker {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** $MOSQUITTO, or the program `mosquitto` in PATH, or in the folders of Debian and others. */
export function findMosquitto(): string {
  if (process.env.MOSQUITTO) return process.env.MOSQUITTO;
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/sbin', '/usr/local/sbin'];
  for (const folder of folders) {
    const file = join(folder, 'mosquitto');
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // not in this one
    }
  }
  throw new Error(
    'the broker program mosquitto was not found: install it (Debian, Ubuntu: sudo apt-get install mosquitto) ' +
      'or set MOSQUITTO to its path',
  );
}

export async function startBroker(): Promise<Broker> {
  const program = findMosquitto();
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(program, await freePort());
    } catch (error) {
      // Another program may have taken the port between our check and the broker's start.
      if (attempt === 3 || !/address already in use/i.test(String(error))) throw error;
    }
  }
}

async function start(program: string, port: number): Promise<Broker> {
  const folder = mkdtempSync(join(tmpdir(), 'libmosquitto-demo-'));
  const config = join(folder, 'mosquitto.conf');
  writeFileSync(config, configuration(port));
  const child = spawn(program, ['-c', config], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH: process.env.PATH },
  });

  // Also when the program ends early: by an error, process.exit() or Ctrl-C.
  const clean = (): void => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };
  const interrupted = (signal: NodeJS.Signals): never => process.exit(128 + os.signals[signal]);
  process.once('exit', clean);
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);

  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    clean();
    process.off('exit', clean);
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  };

  try {
    return { version: await running(child), host: HOST, port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function configuration(port: number): string {
  const lines = [
    `listener ${port} ${HOST}`,
    'allow_anonymous true',
    'log_dest stderr',
    'connection_messages false',
    'set_tcp_nodelay true',
    // The broker must drop no message: by default it queues 1000 messages for a slow client.
    'max_queued_messages 0',
  ];
  return `${lines.join('\n')}\n`;
}

/** Resolves with the broker's version when the broker reports that it runs. */
function running(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => {
      reject(new Error(`mosquitto did not start within ${START_TIMEOUT_MS} ms\n${log}`));
    }, START_TIMEOUT_MS);
    const fail = (reason: string): void => {
      clearTimeout(timer);
      reject(new Error(`mosquitto did not start: ${reason}\n${log}`));
    };
    child.once('error', (error) => {
      fail(error.message);
    });
    child.once('close', (code) => {
      fail(`exit code ${code}`);
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      const started = /mosquitto version (\S+) running/.exec(log);
      if (!started?.[1]) return;
      clearTimeout(timer);
      resolve(started[1]);
    });
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, HOST, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no free port'));
        else resolve(address.port);
      });
    });
  });
}
