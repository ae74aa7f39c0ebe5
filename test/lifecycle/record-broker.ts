import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import type { Pair } from '../support/certificates';
import { Peer } from '../support/fake-broker';
import { within } from '../support/wait';
import { ServerRecords } from './server-records';
import { listenFor } from './tcp-server';

/**
 * A scripted broker of TLS 1.3 that can send any records, such as a part of a handshake message. It serves one client.
 */
export interface RecordBroker {
  readonly port: number;
  /** The broker's end of the client's connection, once that is established. */
  peer(): Promise<Peer>;
  /** Sends records in one write. After the first call only these records reach the client. */
  send(...records: ReadonlyArray<readonly [type: number, content: Uint8Array]>): void;
}

export async function recordBrokerFor(t: TestContext, pair: Pair): Promise<RecordBroker> {
  const records = new ServerRecords();
  const sockets: Socket[] = [];
  const keep = (socket: Socket): Socket => {
    sockets.push(socket);
    return socket.on('error', () => undefined);
  };
  const end = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const keys = { cert: readFileSync(pair.cert), key: readFileSync(pair.key) };
  const server = createTlsServer({ ...keys, minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_GCM_SHA256' });
  server.on('keylog', (line: Buffer) => {
    records.learn(line);
  });
  const arrival = once(server, 'secureConnection').then(([socket]) => new Peer(keep(socket as Socket)));
  const behind = await listenFor(t, server, end);

  let client: Socket | null = null;
  let scripted = false;
  const front = createServer((socket) => {
    client = keep(socket);
    const upstream = keep(connect(behind.port, behind.host));
    socket.pipe(upstream);
    upstream.on('data', (bytes: Buffer) => {
      if (scripted) return;
      records.count(bytes);
      socket.write(bytes);
    });
  });
  const { port } = await listenFor(t, front, end);
  return {
    port,
    peer: () => within(arrival, 'a client'),
    send: (...contents) => {
      scripted = true;
      client?.write(Buffer.concat(contents.map(([type, content]) => records.seal(type, content))));
    },
  };
}
