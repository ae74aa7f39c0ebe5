import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { plainEnvironment } from './environment';
import { scaled } from './wait';

// Ends the program when this process dies in any way, by a crash too.
const SETPRIV = '/usr/bin/setpriv';

export interface ListeningProgram {
  readonly child: ChildProcess;
  /** Sends SIGKILL; waits for its end. */
  stop(): Promise<void>;
}

/** Starts a program and resolves once it listens: when it prints `sign`, or when the port of 127.0.0.1 accepts. */
export async function startListening(
  [file, ...args]: [string, ...string[]],
  sign: RegExp | number,
): Promise<ListeningProgram> {
  const command = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'KILL', '--', file, ...args] : [file, ...args];
  const child = spawn(command[0] ?? file, command.slice(1), { stdio: 'pipe', env: plainEnvironment() });
  const ended = once(child, 'exit').catch(() => undefined);
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString('latin1');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await ended;
    }
  };
  const deadline = Date.now() + scaled(20000);
  while (!(typeof sign === 'number' ? await accepts(sign) : sign.test(output))) {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      continue;
    }
    await stop();
    throw new Error(`${file} did not start:\n${output}`);
  }
  child.stdout.off('data', collect);
  child.stderr.off('data', collect);
  return { child, stop };
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
