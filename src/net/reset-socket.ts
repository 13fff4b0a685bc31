/** Ends a TCP connection with RST at any moment, also while its orderly end is under way. */

import type { Socket } from 'node:net';

/** How long the kernel's FIN may keep the RST waiting, in milliseconds: the fate of a line is sealed within 50. */
const shutdownWaitMs = 40;

/**
 * Sends RST on `raw`; `line` is the TLS socket above it, or `raw` itself. libuv refuses a reset between the call and the
 * end of a shutdown (EINVAL), and Node then loses the descriptor; so an end that has begun is waited for, which takes
 * one turn unless the peer's window is shut. There the line is closed with what is left of its data unsent. Not to be
 * called from a listener of `secure`: that runs inside OpenSSL, which would find its line gone.
 */
export function resetSocket(raw: Socket, line: Socket): void {
  if (raw.destroyed) return;
  const ending = [line, raw].find((socket) => socket.writableEnded && !socket.writableFinished && !socket.destroyed);
  if (ending === undefined) {
    raw.resetAndDestroy();
    line.destroy();
    return;
  }
  const done = (): void => {
    clearTimeout(timer);
    ending.off('finish', onFinish);
    raw.off('close', done);
  };
  const onFinish = (): void => {
    done();
    if (!raw.destroyed) raw.resetAndDestroy();
    line.destroy();
  };
  const timer = setTimeout(() => {
    done();
    line.destroy();
    raw.destroy();
  }, shutdownWaitMs);
  ending.once('finish', onFinish);
  raw.once('close', done);
}
