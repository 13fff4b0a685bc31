/** Standard output as a stream that never makes the program wait, whatever stands behind it. */

import { createWriteStream, fstatSync } from 'node:fs';
import type { Writable } from 'node:stream';

interface TerminalHandle {
  setBlocking?(isBlocking: boolean): number;
}

/**
 * Measured on Node 24: standard output is asynchronous on a pipe, but a write to a terminal that is stopped with Ctrl-S
 * or to a file holds the whole program, and a write in the thread pool to a full pipe even holds `process.exit`.
 */
export function openLogStream(): Writable {
  if (isFile(process.stdout.fd)) return createWriteStream('', { fd: process.stdout.fd, autoClose: false });
  if (process.stdout.isTTY) {
    // Not documented, and all that is lost without it is the help against Ctrl-S.
    const handle = (process.stdout as unknown as { _handle?: TerminalHandle })._handle;
    handle?.setBlocking?.(false);
  }
  return process.stdout;
}

function isFile(fd: number): boolean {
  try {
    return fstatSync(fd).isFile();
  } catch {
    return false;
  }
}
