/** Ends a TCP connection by RST, also where a FIN is on its way. */

import type { Socket } from 'node:net';

/** While a FIN is on its way, libuv refuses a reset, and the handle would never be closed: the process could not end. */
export function resetSocket(socket: Socket): void {
  const finGoesOut = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (finGoesOut && !socket.destroyed) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
