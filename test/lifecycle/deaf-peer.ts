import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { connack, decode } from '../support/packets';
import type { Address } from '../support/traffic';
import { listenFor } from './tcp-server';

/** A peer that accepts the client and then never closes the connection, whatever the client does. */
export interface DeafPeer extends Address {
  /** Types of the packets received so far. */
  readonly types: number[];
  /** Stops reading: the client's writes then fill the buffers. */
  stopReading(): void;
}

export async function deafPeerFor(t: TestContext): Promise<DeafPeer> {
  const types: number[] = [];
  const sockets = new Set<Socket>();
  // allowHalfOpen: without it, Node would answer the client's end of stream with its own.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let pending: Buffer = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      for (let found = decode(pending); found !== null; found = decode(pending)) {
        pending = pending.subarray(found.length);
        types.push(found.packet.type);
        if (types.length === 1) socket.write(connack(0));
      }
    });
  });
  const address = await listenFor(t, server, () => {
    for (const socket of sockets) socket.destroy();
  });
  return {
    ...address,
    types,
    stopReading: () => {
      for (const socket of sockets) socket.pause();
    },
  };
}
