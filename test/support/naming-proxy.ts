import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { rawServerFor } from './raw-server';

const NAME = 3;
const IPV4 = 1;

/**
 * A SOCKS5 proxy that resolves only certain names, which no other computer knows. It connects to the broker for each of
 * these names and for any address.
 */
export async function namingProxyFor(t: TestContext, brokerPort: number, known: readonly string[]) {
  const asked: string[] = [];
  const { port } = await rawServerFor(t, (socket) => {
    socket.once('data', () => {
      socket.write(Uint8Array.of(5, 0));
      socket.once('data', (request) => {
        const type = request.readUInt8(3);
        const length = type === NAME ? request.readUInt8(4) : type === IPV4 ? 4 : 16;
        const begin = type === NAME ? 5 : 4;
        const end = begin + length;
        const name = request.toString(type === NAME ? 'latin1' : 'hex', begin, end);
        asked.push(`${name}:${request.readUInt16BE(end)}`);
        const status = type !== NAME || known.includes(name) ? 0 : 4;
        socket.write(Uint8Array.of(5, status, 0, 1, 0, 0, 0, 0, 0, 0));
        if (status !== 0) {
          socket.end();
          return;
        }
        const onward = connect(brokerPort, '127.0.0.1');
        onward.on('error', () => socket.destroy());
        socket.pipe(onward).pipe(socket);
      });
    });
  });
  return { port, asked };
}
