import type { TestContext } from 'node:test';
import { type ListeningProgram, startListening } from './listening';
import { reservePort } from './ports';
import { defer } from './scope';
import type { Address } from './traffic';

export interface SocksUser {
  readonly username: string;
  readonly password: string;
}

/** A user for tests in which the user does not matter. */
export const PROXY_USER: SocksUser = { username: 'proxied', password: 'pässword' };

export interface SocksServer extends Address {
  /** The server's log of its connections. */
  log(): string;
  stop(): Promise<void>;
  /** Starts the server again after stop(), on the same port. */
  start(): Promise<void>;
}

/** microsocks, a SOCKS5 server. With a user, it refuses clients without the user's password. */
export async function socksServerFor(t: TestContext, user?: SocksUser): Promise<SocksServer> {
  const guard = user === undefined ? [] : ['-u', user.username, '-P', user.password];
  const { port, release } = await reservePort();
  defer(t, release);
  let program: ListeningProgram | null = null;
  let log = '';
  const start = async (): Promise<void> => {
    program = await startListening(['microsocks', '-i', '127.0.0.1', '-p', String(port), ...guard], port);
    program.child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString();
    });
  };
  const stop = async (): Promise<void> => {
    await program?.stop();
    program = null;
  };
  defer(t, stop);
  await start();
  return { host: '127.0.0.1', port, log: () => log, stop, start };
}
