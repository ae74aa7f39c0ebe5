import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// The ports are below Linux's range for outgoing connections, so no connection takes the port of a broker that is being
// restarted.
const LOWEST = 20000;
const HIGHEST = 32000;

export interface ReservedPort {
  readonly port: number;
  release(): void;
}

/**
 * A TCP port of the loopback interface that nobody listens on, reserved until it is released. Test files run in
 * parallel: each locks a port by binding the UDP port of the same number. The system releases the lock of a process
 * that dies.
 */
export async function reservePort(host = '127.0.0.1'): Promise<ReservedPort> {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const release = await claim(port);
    if (release === null) continue;
    if (await listens(port, host)) return { port, release };
    release();
  }
}

function claim(port: number): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => {
      socket.close();
      resolve(null);
    });
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref();
      let open = true;
      resolve(() => {
        if (open) socket.close();
        open = false;
      });
    });
  });
}

function listens(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
