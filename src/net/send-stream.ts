/** Sends chunks that are made on the way (listings, converted text) down a line, with back-pressure. */

import type { Socket } from 'node:net';
import type { PumpProgress } from './pump.ts';
import type { Scope } from './scope.ts';

export interface SendStreamOptions {
  readonly progress: PumpProgress;
  onProgress?(): void;
}

/** Resolves when the line has room for one more write, or when `scope` closes. */
function roomOn(scope: Scope, line: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      leave();
      line.off('drain', done);
      line.off('close', done);
      resolve();
    };
    const leave = scope.add(done);
    line.once('drain', done);
    line.once('close', done);
  });
}

/**
 * Sends all chunks. Resolves when the line has taken the last; stops (and ends the iteration) when `scope` closes;
 * rejects with the error of the chunks' maker.
 */
export async function sendStream(
  scope: Scope,
  chunks: AsyncIterable<Buffer>,
  line: Socket,
  options: SendStreamOptions,
): Promise<void> {
  for await (const chunk of chunks) {
    if (scope.closed) return;
    if (chunk.length === 0) continue;
    const hasRoom = line.write(chunk, (error) => {
      if (error) return;
      options.progress.bytes += chunk.length;
      options.onProgress?.();
    });
    if (!hasRoom) await roomOn(scope, line);
    if (scope.closed) return;
  }
}
