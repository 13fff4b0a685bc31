/** The three kinds of work that a transfer does: sending a file, sending made text, receiving a file. */

import { StorageError } from '../../errors/index.ts';
import { receiveAll, sendAll, sendStream } from '../../net/index.ts';
import type { ReadHandle, WriteHandle } from '../../storage/index.ts';
import { toNetworkText, ToLocalText } from './ascii.ts';
import type { TransferWork } from './transfer.ts';

/** A file that lost its end while it was read was cut, and an orderly end of the line would call it whole. */
function refuseShrunk(file: ReadHandle, end: number): void {
  if (end >= file.size) return;
  throw new StorageError('io', '', `The file had ${file.size} bytes and was cut to ${end} while it was sent.`);
}

/** RETR in image type: the bytes as they are, from `start` on. */
export function sendFile(file: ReadHandle, start: number): TransferWork {
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

/** Reads a file from the beginning, piece by piece. */
async function* piecesOf(file: ReadHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ;) {
    const buffer = Buffer.allocUnsafe(65_536);
    const count = await file.read(buffer, position);
    if (count === 0) {
      refuseShrunk(file, position);
      return;
    }
    position += count;
    yield buffer.subarray(0, count);
  }
}

/** RETR in ASCII type: line ends become CRLF (RFC 959 section 3.1.1.1). */
export function sendText(file: ReadHandle): TransferWork {
  return {
    move: (transfer, connection) =>
      sendStream(transfer.scope, toNetworkText(piecesOf(file)), connection.line, {
        progress: transfer.progress,
        onProgress: transfer.onProgress,
      }),
    settle: () => file.close(),
  };
}

/** LIST, NLST, MLSD: chunks of text that are made while they are sent. */
export function sendListing(chunks: AsyncIterable<Buffer>): TransferWork {
  return {
    move: (transfer, connection) =>
      sendStream(transfer.scope, chunks, connection.line, {
        progress: transfer.progress,
        onProgress: transfer.onProgress,
      }),
    settle: () => Promise.resolve(),
  };
}

/** STOR and APPE: into place when complete, else kept out of sight for a resume by the same user. */
export function receiveFile(
  file: WriteHandle,
  type: 'image' | 'ascii',
  announcedBytes: number | undefined,
): TransferWork {
  const text = type === 'ascii' ? new ToLocalText() : undefined;
  const sink =
    text === undefined
      ? file
      : { write: (chunks: readonly Buffer[]) => file.write(chunks.map((chunk) => text.push(chunk))) };
  return {
    move: async (transfer, connection) => {
      await receiveAll(transfer.scope, connection.line, sink, {
        progress: transfer.progress,
        onProgress: transfer.onProgress,
      });
      const rest = text?.end();
      if (rest !== undefined && rest.length > 0) await file.write([rest]);
      if (announcedBytes !== undefined) transfer.compareSize(announcedBytes);
    },
    settle: (complete, isWanted) => (complete ? file.commit(isWanted) : file.keep()),
  };
}
