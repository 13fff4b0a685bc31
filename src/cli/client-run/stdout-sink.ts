/** Standard output as the target of a download: written in order, no faster than the reader takes it. */

import type { DownloadTarget } from '../../client/index.ts';
import type { Output } from '../output.ts';

export function stdoutSink({ stdout }: Output): DownloadTarget {
  return {
    isDoneWithChunks: true,
    write: (chunks: readonly Buffer[]) =>
      new Promise<void>((resolve, reject) => {
        let left = chunks.length;
        if (left === 0) resolve();
        for (const chunk of chunks) {
          stdout.write(chunk, (error) => {
            left -= 1;
            if (error) reject(error);
            else if (left === 0) resolve();
          });
        }
      }),
  };
}
