import { once } from 'node:events';
import type { Server } from 'node:net';
import type { TestContext } from 'node:test';
import { defer } from '../support/scope';
import type { Address } from '../support/traffic';

/** Lets a server listen on a free port until the test ends; `end` ends its connections then. */
export async function listenFor(t: TestContext, server: Server, end: () => void): Promise<Address> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  defer(t, async () => {
    end();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return { host: '127.0.0.1', port: address.port };
}
