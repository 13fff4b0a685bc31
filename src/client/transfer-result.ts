/** What a transfer reports: progress while it runs, the result when every byte arrived, and errors for all other ends. */

import { ConnectionLostError, type TlsError, TransferIncompleteError, type TwinlineError } from '../errors/index.ts';
import type { TlsFacts } from '../net/index.ts';
import { controlLostError, replyText } from './control-loss.ts';
import type { FileHash } from './operations/hash.ts';
import type { TransferEnd } from './transfer.ts';
import type { Verdict } from './verdict.ts';

/** Where a transfer stands. */
export interface TransferPosition {
  /** Where in the file this transfer began. */
  readonly offset: number;
  /** Bytes moved by this transfer so far. */
  readonly bytes: number;
  /** Size of the whole file, undefined where it is not known. */
  readonly total: number | undefined;
}

export interface TransferProgress extends TransferPosition {
  /** Bytes per second over the last few seconds. */
  readonly rate: number;
}

/** Options that every transfer of a file has. */
export interface TransferOptions {
  /** Byte of the file to begin with; default 0. */
  readonly offset?: number;
  /** Bytes per second at most. */
  readonly rateLimit?: number;
  /** Called on every step, which is some thousand times a second; `progressEvery` makes it fewer. */
  readonly onProgress?: (progress: TransferProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TransferResult {
  /** `unconfirmed`: everything arrived and the sizes agree, but the final reply was lost. */
  readonly outcome: 'complete' | 'unconfirmed';
  /** Why it is unconfirmed, in words. */
  readonly note: string | undefined;
  readonly offset: number;
  /** Bytes moved by this transfer. */
  readonly bytes: number;
  readonly durationMs: number;
  /** Size of the file there; undefined where the server does not say. */
  readonly size: number | undefined;
  /** Modification time there, milliseconds since 1970 UTC; undefined where it was not asked for or is not known. */
  readonly modifiedMs: number | undefined;
  /** The final reply in one line; undefined when it was lost. */
  readonly reply: string | undefined;
  /** With `verify`: what both sides agree on. */
  readonly hash?: FileHash;
  /** TLS of the data line; undefined in clear. */
  readonly tls: TlsFacts | undefined;
}

export interface Counts {
  readonly offset: number;
  readonly bytes: number;
  readonly bytesThere: number | undefined;
}

/** The result of a transfer that was judged whole; throws the error that fits the doubt otherwise. */
export function resultOf(
  verdict: Verdict,
  end: TransferEnd,
  counts: Counts,
  more: { readonly durationMs: number; readonly modifiedMs: number | undefined },
): TransferResult {
  if (verdict.outcome === 'incomplete') throw incompleteError(verdict, end, counts);
  return {
    outcome: verdict.outcome,
    note: verdict.outcome === 'unconfirmed' ? verdict.why : undefined,
    offset: counts.offset,
    bytes: counts.bytes,
    size: counts.bytesThere,
    reply: end.reply === undefined ? undefined : replyText(end.reply),
    tls: end.tls,
    ...more,
  };
}

function incompleteError(
  verdict: Verdict & { readonly outcome: 'incomplete' },
  end: TransferEnd,
  { offset, bytes, bytesThere }: Counts,
): TwinlineError | TlsError {
  const { code, why } = verdict;
  if (end.loss !== undefined) {
    const phase = code === 'ERR_TWINLINE_CONTROL_LOST' ? 'final reply' : 'transfer';
    return controlLostError(end.loss, { phase, bytesMoved: bytes, resumable: true });
  }
  const message = `The transfer is not complete: ${why}.`;
  if (code === 'ERR_TWINLINE_INCOMPLETE') {
    const bytesHere = offset + bytes;
    const there = bytesThere ?? 0;
    return new TransferIncompleteError(code, message, { bytesHere, bytesThere: there, resumable: bytesHere < there });
  }
  const channel = code === 'ERR_TWINLINE_CONTROL_LOST' ? 'control' : 'data';
  return new ConnectionLostError(code, message, { channel, phase: 'transfer', bytesMoved: bytes, resumable: true });
}
