import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { reset } from '../support/reset';
import type { Address } from '../support/traffic';
import { listenFor } from './tcp-server';

/**
 * A wire between clients and a real broker that can be cut: the broker keeps all it knows, so what gets lost or
 * doubled is the clients' doing.
 */
export interface Wire extends Address {
  /** Connections made through it so far. */
  readonly connections: number;
  /** Ends every connection at once; what is under way in either direction is lost. */
  cut(): void;
}

export async function wireFor(t: TestContext, broker: Address): Promise<Wire> {
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
  const cut = (): void => {
    for (const end of ends) reset(end);
  };
  const { host, port } = await listenFor(t, server, cut);
  return {
    host,
    port,
    get connections() {
      return connections;
    },
    cut,
  };
}
