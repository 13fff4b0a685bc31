/** The three kinds of work that a transfer does: sending a file, sending made text, receiving a file. */

import { receiveAll, sendAll, sendStream } from '../../net/index.ts';
import type { ReadHandle, WriteHandle } from '../../storage/index.ts';
import { ToLocalText } from './ascii.ts';
import { deflated, InflateError, Inflating } from './deflate.ts';
import { networkTextFrom, piecesOf, refuseShrunk } from './file-pieces.ts';
import { type Pace, pacedReader } from '../shares/pace.ts';
import type { TransferForm } from './form.ts';
import type { Transfer, TransferWork } from './transfer.ts';

/** RETR: from `start` on, which counts bytes as they travel, before compression. */
export async function sendFile(
  file: ReadHandle,
  start: number,
  form: TransferForm,
  transfer: Transfer,
  pace?: Pace,
): Promise<TransferWork> {
  if (pace !== undefined) return sendPaced(file, start, form, transfer, pace);
  if (form.type === 'image' && form.deflateLevel === undefined) return sendBytes(file, start);
  return sendMade(file, start, form, transfer);
}

/** Piece by piece: what is bounded by a rate needs no reading ahead. */
function sendPaced(
  file: ReadHandle,
  start: number,
  form: TransferForm,
  transfer: Transfer,
  pace: Pace,
): Promise<TransferWork> {
  return sendMade(pacedReader(file, pace, transfer.scope), start, form, transfer);
}

/** What is converted, compressed or paced on the way. */
async function sendMade(
  file: ReadHandle,
  start: number,
  form: TransferForm,
  transfer: Transfer,
): Promise<TransferWork> {
  const isWanted = (): boolean => !transfer.interrupted;
  const chunks = form.type === 'image' ? piecesOf(file, start) : await networkTextFrom(file, start, isWanted);
  return sendChunks(chunks, form.deflateLevel, () => file.close());
}

/** The bytes of the file as they are: several reads ahead of the line. */
function sendBytes(file: ReadHandle, start: number): TransferWork {
  return {
    move: async (transfer, connection) => {
      await sendAll(transfer.scope, file, connection.line, {
        start,
        size: file.size,
        progress: transfer.progress,
        onProgress: transfer.onProgress,
      });
      if (!transfer.scope.closed) refuseShrunk(file, start + transfer.progress.bytes);
    },
    settle: () => file.close(),
  };
}

/** Chunks that are made while they are sent: converted or compressed files, and LIST, NLST, MLSD. */
export function sendChunks(
  chunks: AsyncIterable<Buffer>,
  deflateLevel: number | undefined,
  settle: () => Promise<void> = () => Promise.resolve(),
): TransferWork {
  return {
    move: (transfer, connection) => {
      const sent = deflateLevel === undefined ? chunks : deflated(chunks, deflateLevel);
      const { progress, onProgress } = transfer;
      return sendStream(transfer.scope, sent, connection.line, { progress, onProgress });
    },
    settle,
  };
}

/** STOR and APPE: into place when complete, else kept out of sight for a resume by the same user. */
export function receiveFile(
  file: WriteHandle,
  { type, deflateLevel }: TransferForm,
  options: { readonly announcedBytes: number | undefined; readonly afterCr?: boolean },
): TransferWork {
  const { announcedBytes, afterCr = false } = options;
  const text = type === 'ascii' ? new ToLocalText(afterCr) : undefined;
  const inner =
    text === undefined
      ? file
      : { write: (chunks: readonly Buffer[]) => file.write(chunks.map((chunk) => text.push(chunk))) };
  let inflating: Inflating | undefined;
  let isTrusted = true;
  return {
    move: async (transfer, connection) => {
      if (deflateLevel !== undefined) inflating = new Inflating(inner, transfer.onProgress);
      const { progress, onProgress } = transfer;
      try {
        const options = { progress, onProgress, reuseMemory: true };
        await receiveAll(transfer.scope, connection.line, inflating ?? inner, options);
        if (transfer.interrupted) return;
        await inflating?.end();
      } catch (error) {
        if (!(error instanceof InflateError)) throw error;
        isTrusted = error.problem === 'truncated';
        transfer.interrupt(isTrusted ? 'data-truncated' : 'data-error', error.message);
        return;
      }
      const rest = text?.end();
      if (rest !== undefined && rest.length > 0) await file.write([rest]);
      // A zlib stream has its own end and checksum: nothing is missing, however the line ended.
      if (inflating !== undefined) transfer.proveWhole();
      if (announcedBytes !== undefined) {
        transfer.compareSize(announcedBytes, inflating?.inflatedBytes ?? progress.bytes);
      }
    },
    settle: async (complete, isWanted) => {
      await inflating?.stop();
      if (complete) await file.commit(isWanted);
      else await (isTrusted ? file.keep() : file.discard());
    },
  };
}
