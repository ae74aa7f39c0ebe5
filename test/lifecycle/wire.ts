import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { defer } from '../support/scope';

/**
 * A wire between clients and a real broker that can be cut: the broker keeps all it knows, so what gets lost or
 * doubled is the clients' doing.
 */
export interface Wire {
  readonly host: string;
  readonly port: number;
  /** Connections made through it so far. */
  readonly connections: number;
  /** Ends every connection at once; what is under way in either direction is lost. */
  cut(): void;
}

export async function wireFor(t: TestContext, broker: { host: string; port: number }): Promise<Wire> {
  const ends = new Set<Socket>();
  let connections = 0;
  const server = createServer((client) => {
    connections += 1;
    const upstream = connect({ host: broker.host, port: broker.port, noDelay: true });
    client.setNoDelay(true);
    client.pipe(upstream);
    upstream.pipe(client);
    for (const [end, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      ends.add(end);
      end.on('error', () => undefined);
      end.once('close', () => {
        ends.delete(end);
        other.destroy();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const end of ends) end.resetAndDestroy();
  };
  defer(t, async () => {
    cut();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    host: '127.0.0.1',
    port: address.port,
    get connections() {
      return connections;
    },
    cut,
  };
}
