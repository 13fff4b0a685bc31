/** How much of a local file the server has from an earlier run: a stable size, and the same bytes at its end. */

import { ReplyError, TransferIncompleteError } from '../../errors/index.ts';
import type { SizedSource } from '../payload.ts';
import { isWorthRetry, pause } from '../retry.ts';
import type { Session } from '../session.ts';
import { download } from './download.ts';
import { knownSize } from './facts.ts';

/** Between two looks at a size that may still grow, in milliseconds. */
const lookEveryMs = 250;
/** Looks at a size that does not come to rest before it is given up. */
const maxLooks = 40;
/** Bytes before the offset that are read back and compared. */
export const comparedBytes = 16 * 1024;

/**
 * The number of bytes of `source` that the server has under `path`, to go on from; 0 when there is nothing of it. What
 * is there may be an older file of the same name, so its last bytes are read back and compared; a server that lets
 * nobody read them is believed.
 */
export async function remoteBeginning(
  session: Session,
  path: string,
  source: SizedSource,
  signal: AbortSignal | undefined,
): Promise<number> {
  const size = await stableSize(session, path, signal);
  if (size === undefined || size === 0) return 0;
  if (size > source.size) {
    session.info('Starting from the beginning: the file there is longer than the one here');
    return 0;
  }
  if ((await compareEnd(session, path, source, { size, bytes: comparedBytes }, signal)) !== 'different') return size;
  session.info('Starting from the beginning: the file there has other bytes than the one here');
  return 0;
}

/** The size once two looks agree: a session that is dying on the server may still write. Undefined where there is none. */
export async function stableSize(
  session: Session,
  path: string,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  let size = await knownSize(session, path, signal);
  for (let looks = 0; looks < maxLooks && size !== undefined; looks += 1) {
    await pause(lookEveryMs, signal);
    const next = await knownSize(session, path, signal);
    if (next === size) return size;
    size = next;
  }
  return undefined;
}

/** How the last `bytes` of the `size` bytes there compare with those of `source`; `unreadable` where nobody may look. */
export async function compareEnd(
  session: Session,
  path: string,
  source: SizedSource,
  { size, bytes }: { readonly size: number; readonly bytes: number },
  signal: AbortSignal | undefined,
): Promise<'same' | 'different' | 'unreadable'> {
  const offset = Math.max(0, size - bytes);
  const there: Buffer[] = [];
  const sink = {
    write: async (chunks: readonly Buffer[]) => void there.push(...chunks.map((chunk) => Buffer.from(chunk))),
  };
  try {
    const facts = { size, modifiedMs: undefined };
    await download(session, path, sink, { offset, facts, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (error instanceof ReplyError && !isWorthRetry(error)) return 'unreadable';
    if (error instanceof TransferIncompleteError) return 'different';
    throw error;
  }
  const here = await readExactly(source, offset, size - offset);
  return here.equals(Buffer.concat(there)) ? 'same' : 'different';
}

async function readExactly(source: SizedSource, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let have = 0;
  while (have < length) {
    const count = await source.read(buffer.subarray(have), position + have);
    if (count === 0) break;
    have += count;
  }
  return buffer.subarray(0, have);
}
