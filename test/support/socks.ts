import type { TestContext } from 'node:test';
import { type ListeningProgram, startListening } from './listening';
import { reservePort } from './ports';
import { defer } from './scope';
import type { Address } from './traffic';

export interface SocksUser {
  readonly username: string;
  readonly password: string;
}

/** One for tests that do not care who it is. */
export const PROXY_USER: SocksUser = { username: 'proxied', password: 'pässword' };

export interface SocksServer extends Address {
  /** The server's log of the connections that it made. */
  log(): string;
  stop(): Promise<void>;
  /** Again, after stop(), on the same port. */
  start(): Promise<void>;
}

/** microsocks, a SOCKS5 server; with a user, whoever has not its password is refused. */
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
