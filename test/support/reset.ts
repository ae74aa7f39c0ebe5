import type { Socket } from 'node:net';

/**
 * Closes a TCP connection with a reset; without one while the end() of the socket is being sent. Node's
 * resetAndDestroy() fails with EINVAL then, the handle never closes, and the process spins when it ends.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
