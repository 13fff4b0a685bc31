/** STOR and APPE: one upload from a source or stream, judged by both lines and by SIZE. */

import type { PumpProgress } from '../../net/index.ts';
import type { ParsedReply } from '../../protocol/index.ts';
import { throwIfAborted } from '../cancellation.ts';
import { withDataConnection } from '../data-opening.ts';
import { asAppended, sendPayload, type UploadSource } from '../payload.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { quotedPath } from '../replies.ts';
import type { Session } from '../session.ts';
import { runTransfer } from '../transfer.ts';
import { resultOf, type TransferOptions, type TransferResult } from '../transfer-result.ts';
import { noteTransfer } from '../transfer-state.ts';
import { judgeUpload } from '../verdict.ts';
import { restartAt } from './download.ts';
import { exists } from './exists.ts';
import { knownSize } from './facts.ts';

export interface UploadOptions extends TransferOptions {
  /** Writes behind what is there (APPE), which must then be `offset` bytes long. */
  readonly append?: boolean;
  /**
   * Compares the size there with the bytes sent, where the server knows SIZE. Default true; without it SIZE is asked for only
   * where both lines leave a doubt.
   */
  readonly verifySize?: boolean;
}

export type AppendOptions = Omit<TransferOptions, 'offset'>;

export type UniqueUploadOptions = Omit<TransferOptions, 'offset'> & Pick<UploadOptions, 'verifySize'>;

export interface UniqueUploadResult extends TransferResult {
  /** The name that the file has got; undefined where the server did not tell it. */
  readonly name: string | undefined;
}

/** What is there already, and how that and the server's own choice of a name decide about the command. */
interface UploadPlan {
  readonly verb: 'STOR' | 'APPE' | 'STOU';
  /** Undefined for STOU, where the server tells it. */
  readonly path: string | undefined;
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
  return send(session, { verb: options.append === true ? 'APPE' : 'STOR', path }, source, options);
}

/** Writes behind what is there, and makes the file where there is none (APPE, RFC 959 section 4.1.3). */
export async function appendTo(
  session: Session,
  path: string,
  source: UploadSource,
  options: AppendOptions = {},
): Promise<TransferResult> {
  const size = await knownSize(session, path, options.signal);
  // A file whose size nobody tells is appended to all the same; what it comes to then proves nothing.
  const verifySize = size !== undefined || !(await exists(session, path, options.signal));
  const offset = size ?? 0;
  return send(session, { verb: 'APPE', path }, asAppended(source, offset), { ...options, verifySize, offset });
}

/** A file under a name that the server chooses (STOU, RFC 959 section 4.1.3, and RFC 1123 section 4.1.2.9). */
export async function uploadUnique(
  session: Session,
  source: UploadSource,
  options: UniqueUploadOptions = {},
): Promise<UniqueUploadResult> {
  const plan = { verb: 'STOU', path: undefined } as const;
  return send(session, plan, source, options);
}

async function send(
  session: Session,
  plan: UploadPlan,
  source: UploadSource,
  options: UploadOptions,
): Promise<UniqueUploadResult> {
  const progress = { bytes: 0 };
  try {
    return await runUpload(session, plan, source, options, progress);
  } catch (error) {
    const bytesHere = (options.offset ?? 0) + progress.bytes;
    noteTransfer(error, { direction: 'upload', bytesHere, bytesThere: undefined });
    throw error;
  }
}

async function runUpload(
  session: Session,
  { verb, path }: UploadPlan,
  source: UploadSource,
  options: UploadOptions,
  progress: PumpProgress,
): Promise<UniqueUploadResult> {
  const { offset = 0, signal, rateLimit } = options;
  let startedMs = performance.now();
  let name = path;
  const meter = new ProgressMeter({ offset, listener: options.onProgress, total: () => totalOf(source) });
  const end = await withDataConnection(session, signal, async (data) => {
    await session.setType('I', signal);
    await restartAt(session, verb === 'STOR' ? offset : 0, signal);
    throwIfAborted(signal);
    startedMs = performance.now();
    session.hasRestartMarker = false;
    return runTransfer(session, data, {
      verb,
      argument: path,
      direction: 'upload',
      progress,
      signal,
      report: () => meter.report(progress.bytes),
      onPreliminary: (reply) => (name ??= uniqueName(reply)),
      isHeldUpHere: (line) => line.writableLength === 0,
      carry: (line, transferScope, moved) => {
        // What comes in are session tickets; left unread they would turn our end into a reset that loses the tail.
        line.on('data', () => undefined);
        // A line that was dialled waits for its reader, and the server's end of it must be noticed at once.
        line.resume();
        return sendPayload(line, transferScope, source, offset, { progress, rateLimit, moved });
      },
    });
  });
  const durationMs = performance.now() - startedMs;
  name ??= end.reply === undefined ? undefined : uniqueName(end.reply);
  const bytesHere = offset + progress.bytes;
  const isDoubtful = end.isEarly && end.ending === 'no-answer';
  const canVerify = (options.verifySize !== false || isDoubtful) && end.reply !== undefined && session.isAlive;
  const bytesThere = canVerify && name !== undefined ? await knownSize(session, name, signal) : undefined;
  const { ending, isEarly: early } = end;
  const verdict = judgeUpload({ ending, early, confirmed: end.reply !== undefined, bytesHere, bytesThere });
  const counts = { offset, bytes: progress.bytes, bytesThere };
  return { ...resultOf(verdict, end, counts, { durationMs, modifiedMs: undefined }), name };
}

/** `150 FILE: name` is the form of RFC 1123 section 4.1.2.9; many servers say it in the last reply or in quotes. */
function uniqueName(reply: ParsedReply): string | undefined {
  const told = reply.lines.flatMap((line) => /\bFILE: *(\S.*)$/i.exec(line.trim())?.[1] ?? []);
  return told[0] ?? quotedPath(reply);
}

function totalOf(source: UploadSource): number | undefined {
  if (source instanceof Uint8Array) return source.length;
  return 'size' in source && typeof source.size === 'number' ? source.size : undefined;
}
