/** RETR: one download into a sink or stream, judged by both lines and by SIZE. */

import type { PumpProgress } from '../../net/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import { withDataConnection } from '../data-opening.ts';
import { type DownloadTarget, LocalWaits, receivePayload } from '../payload.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { replyError } from '../replies.ts';
import type { Session } from '../session.ts';
import { runTransfer, type TransferEnd } from '../transfer.ts';
import { resultOf, type TransferOptions, type TransferResult } from '../transfer-result.ts';
import { noteTransfer } from '../transfer-state.ts';
import { judgeDownload } from '../verdict.ts';
import { knownModified, knownSize, type RemoteFacts } from './facts.ts';

export interface DownloadOptions extends TransferOptions {
  /** Ask MDTM as well, for `modifiedMs` of the result. */
  readonly wantModified?: boolean;
  /** Size and time, when they are known already: they are then not asked for again. */
  readonly facts?: RemoteFacts;
  /** Called with size and time before the first byte. */
  readonly onFacts?: (facts: RemoteFacts) => void;
}

/** Sets the restart marker. Throws `ReplyError` for REST where the server does not take it. */
export async function restartAt(session: Session, offset: number, signal: AbortSignal | undefined): Promise<void> {
  if (offset === 0 && !session.hasRestartMarker) return;
  session.hasRestartMarker = true;
  const reply = await session.ask('REST', String(offset), signal);
  if (reply.code === 350) return;
  session.hasRestartMarker = false;
  if (offset > 0) throw replyError('REST', reply);
}

/**
 * Downloads `path` from `offset` on. Resolves when every byte is in the target; rejects with `ReplyError`,
 * `ConnectionLostError`, `TransferIncompleteError`, `TimeoutError` or the error of the target.
 */
export async function download(
  session: Session,
  path: string,
  target: DownloadTarget,
  options: DownloadOptions = {},
): Promise<TransferResult> {
  const state: DownloadState = { progress: { bytes: 0 }, facts: { size: undefined, modifiedMs: undefined } };
  try {
    return await runDownload(session, path, target, options, state);
  } catch (error) {
    const bytesHere = (options.offset ?? 0) + state.progress.bytes;
    noteTransfer(error, { direction: 'download', bytesHere, bytesThere: state.facts.size });
    throw error;
  }
}

/** What a download has found out so far, for the error that may end it. */
interface DownloadState {
  readonly progress: PumpProgress;
  facts: RemoteFacts;
}

async function runDownload(
  session: Session,
  path: string,
  target: DownloadTarget,
  options: DownloadOptions,
  state: DownloadState,
): Promise<TransferResult> {
  const { offset = 0, signal, rateLimit } = options;
  const { progress } = state;
  const waits = new LocalWaits();
  let startedMs = performance.now();
  const meter = new ProgressMeter({ offset, listener: options.onProgress, total: () => state.facts.size });
  const end = await withDataConnection(session, signal, async (data) => {
    state.facts = options.facts ?? (await askFacts(session, path, options));
    options.onFacts?.(state.facts);
    await session.setType('I', signal);
    await restartAt(session, offset, signal);
    throwIfAborted(signal);
    startedMs = performance.now();
    session.hasRestartMarker = false;
    return runTransfer(session, data, {
      verb: 'RETR',
      argument: path,
      direction: 'download',
      progress,
      signal,
      report: () => meter.report(progress.bytes),
      isHeldUpHere: () => waits.any,
      carry: (line, transferScope, moved) =>
        receivePayload(line, transferScope, target, { progress, rateLimit, waits, moved }),
    });
  });
  const durationMs = performance.now() - startedMs;
  const { size, modifiedMs } = state.facts;
  const bytesHere = offset + progress.bytes;
  const bytesThere = await sizeAfter(session, path, size, bytesHere, end);
  const evidence = { ending: end.ending, secured: end.tls !== undefined, confirmed: end.reply !== undefined };
  const verdict = judgeDownload({ ...evidence, bytesHere, bytesThere });
  return resultOf(verdict, end, { offset, bytes: progress.bytes, bytesThere }, { durationMs, modifiedMs });
}

async function askFacts(session: Session, path: string, options: DownloadOptions): Promise<RemoteFacts> {
  const size = await knownSize(session, path, options.signal);
  const wanted = options.wantModified === true && size !== undefined;
  return { size, modifiedMs: wanted ? await knownModified(session, path, options.signal) : undefined };
}

/** A file that grew while it was sent has a new size, and more bytes than the old one is no error then. */
async function sizeAfter(
  session: Session,
  path: string,
  sizeBefore: number | undefined,
  bytesHere: number,
  end: TransferEnd,
): Promise<number | undefined> {
  if (sizeBefore === undefined || bytesHere <= sizeBefore || end.reply === undefined) return sizeBefore;
  return (await knownSize(session, path)) ?? sizeBefore;
}
