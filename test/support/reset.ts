import type { Socket } from 'node:net';

/**
 * Closes a TCP connection with a reset, or without one while an end() of the socket is pending. In that case Node's
 * resetAndDestroy() fails with EINVAL, the handle never closes, and the process spins when it ends.
 */
export function reset(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.destroy();
  else socket.resetAndDestroy();
}
