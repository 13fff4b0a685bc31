/** Sends chunks that are made on the way (listings, converted text) down a line, with back-pressure. */

import type { Socket } from 'node:net';
import type { PumpProgress } from './pump.ts';
import type { Scope } from './scope.ts';

export interface SendStreamOptions {
  readonly progress: PumpProgress;
  onProgress?(): void;
}

/** Resolves when `subscribe`d news comes, when the line closes, or when `scope` does. */
function newsOf(scope: Scope, line: Socket, subscribe: (done: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      leave();
      line.off('drain', done);
      line.off('close', done);
      resolve();
    };
    const leave = scope.add(done);
    line.once('close', done);
    if (line.destroyed) done();
    else subscribe(done);
  });
}

/**
 * Sends all chunks. Resolves when the kernel has taken the last, because a line that still holds some of it cannot be
 * reset; stops (and ends the iteration) when `scope` closes; rejects with the error of the chunks' maker.
 */
export async function sendStream(
  scope: Scope,
  chunks: AsyncIterable<Buffer>,
  line: Socket,
  options: SendStreamOptions,
): Promise<void> {
  let writing = 0;
  let onAllTaken = (): void => undefined;
  for await (const chunk of chunks) {
    if (scope.closed) return;
    if (chunk.length === 0) continue;
    writing += 1;
    const hasRoom = line.write(chunk, (error) => {
      writing -= 1;
      if (!error) {
        options.progress.bytes += chunk.length;
        options.onProgress?.();
      }
      if (writing === 0) onAllTaken();
    });
    if (!hasRoom) await newsOf(scope, line, (done) => line.once('drain', done));
    if (scope.closed) return;
  }
  if (writing > 0) await newsOf(scope, line, (done) => (onAllTaken = done));
}
