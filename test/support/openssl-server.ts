import type { TestContext } from 'node:test';
import type { Pair } from './certificates';
import { startListening } from './listening';
import { reservePort } from './ports';
import { defer } from './scope';

/** Runs `openssl s_server`, to test our handshake against OpenSSL's own program. */
export interface OpensslServer {
  readonly host: string;
  readonly port: number;
  /** All of its output: about the handshake, and the bytes that arrived. */
  output(): Buffer;
  /** Sends bytes to the client. Some letters at the beginning are commands: see openssl-s_server(1). */
  send(bytes: Uint8Array): void;
}

export async function opensslServerFor(
  t: TestContext,
  { cert, key }: Pair,
  args: string[] = [],
): Promise<OpensslServer> {
  const { port, release } = await reservePort();
  defer(t, release);
  const listen = ['-accept', `127.0.0.1:${port}`, '-cert', cert, '-key', key];
  const program = await startListening(['openssl', 's_server', ...listen, ...args], /ACCEPT/);
  defer(t, () => program.stop());
  const chunks: Buffer[] = [];
  program.child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  program.child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return {
    host: '127.0.0.1',
    port,
    output: () => Buffer.concat(chunks),
    send: (bytes) => program.child.stdin?.write(bytes),
  };
}
