import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { reset } from '../support/reset';
import type { Address } from '../support/traffic';
import { listenFor } from './tcp-server';

/**
 * A TCP proxy between clients and a real broker, whose connections a test can cut. The broker keeps its state, so a
 * lost or doubled message is the clients' fault.
 */
export interface Wire extends Address {
  /** The number of connections made through it so far. */
  readonly connections: number;
  /** Ends every connection at once; bytes under way in either direction are lost. */
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
