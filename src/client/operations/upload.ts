/** STOR and APPE: one upload from a source or stream, judged by both lines and by SIZE. */

import { throwIfAborted } from '../cancellation.ts';
import { withDataConnection } from '../data-opening.ts';
import { sendPayload, type UploadSource } from '../payload.ts';
import type { Session } from '../session.ts';
import { runTransfer } from '../transfer.ts';
import { resultOf, type TransferOptions, type TransferResult } from '../transfer-result.ts';
import { judgeUpload } from '../verdict.ts';
import { restartAt } from './download.ts';
import { knownSize } from './facts.ts';

export interface UploadOptions extends TransferOptions {
  /** Writes behind what is there (APPE), which must then be `offset` bytes long. */
  readonly append?: boolean;
  /** Compares the size there with the bytes sent, where the server knows SIZE. Default true. */
  readonly verifySize?: boolean;
}

/**
 * Uploads the source from `offset` on. Resolves when the server has confirmed it; rejects with `ReplyError`,
 * `ConnectionLostError`, `TransferIncompleteError`, `TimeoutError` or the error of the source.
 */
export async function upload(
  session: Session,
  path: string,
  source: UploadSource,
  options: UploadOptions = {},
): Promise<TransferResult> {
  const { offset = 0, signal, append = false } = options;
  const progress = { bytes: 0 };
  let startedMs = performance.now();
  const end = await withDataConnection(session, signal, async (data) => {
    await session.setType('I', signal);
    if (!append) await restartAt(session, offset, signal);
    throwIfAborted(signal);
    startedMs = performance.now();
    return runTransfer(session, data, {
      verb: append ? 'APPE' : 'STOR',
      argument: path,
      direction: 'upload',
      progress,
      signal,
      report: () => options.onProgress?.({ offset, bytes: progress.bytes, total: totalOf(source) }),
      isHeldUpHere: (line) => line.writableLength === 0,
      carry: (line, transferScope, moved) => {
        // What comes in are session tickets; left unread they would turn our end into a reset that loses the tail.
        line.on('data', () => undefined);
        return sendPayload(line, transferScope, source, offset, { progress, rateLimit: options.rateLimit, moved });
      },
    });
  });
  const durationMs = performance.now() - startedMs;
  const bytesHere = offset + progress.bytes;
  const canVerify = options.verifySize !== false && end.reply !== undefined && session.isAlive;
  const bytesThere = canVerify ? await knownSize(session, path, signal) : undefined;
  const { ending, isEarly: early } = end;
  const verdict = judgeUpload({ ending, early, confirmed: end.reply !== undefined, bytesHere, bytesThere });
  return resultOf(verdict, end, { offset, bytes: progress.bytes, bytesThere }, { durationMs, modifiedMs: undefined });
}

function totalOf(source: UploadSource): number | undefined {
  if (source instanceof Uint8Array) return source.length;
  return 'size' in source && typeof source.size === 'number' ? source.size : undefined;
}
