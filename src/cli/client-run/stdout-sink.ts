/** Standard output as the target of a download: written in order, no faster than the reader takes it. */

import type { DownloadTarget } from '../../client/index.ts';
import { releaseChunks } from '../../net/index.ts';
import type { Output } from '../output.ts';

export function stdoutSink({ stdout }: Output): DownloadTarget {
  return {
    write: (chunks: readonly Buffer[]) =>
      new Promise<void>((resolve, reject) => {
        const bytes = Buffer.concat(chunks);
        releaseChunks(chunks);
        stdout.write(bytes, (error) => {
          releaseChunks([bytes]);
          if (error) reject(error);
          else resolve();
        });
      }),
  };
}
