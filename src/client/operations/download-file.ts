/** Downloads into a local file by way of its `.part` sibling, with retries that go on at the verified offset. */

import { ReplyError, TransferIncompleteError, TwinlineError } from '../../errors/index.ts';
import type { RetryOptions } from '../options.ts';
import { PartFile, type PartPlace } from '../part-file.ts';
import { type FileTransferOptions, type SessionSource, withRetries } from '../resume.ts';
import type { Session } from '../session.ts';
import type { TransferOptions, TransferResult } from '../transfer-result.ts';
import { download, type DownloadOptions } from './download.ts';
import { commonAlgorithm, compareDigest } from './compare-digest.ts';
import { knownFacts, type RemoteFacts } from './facts.ts';
import type { FileHash } from './hash.ts';
import { overlapFor, RejoinedPart, RejoinRefused } from './rejoined-part.ts';

export interface DownloadFileOptions extends FileTransferOptions, Pick<TransferOptions, 'rateLimit' | 'onProgress'> {
  /** Waits until the bytes are on the disk before the file gets its name. Default true. */
  readonly sync?: boolean;
  /** Size and time, when a listing has just told them: they are then not asked for again. */
  readonly facts?: RemoteFacts;
}

/**
 * Resolves when the file stands whole under `localPath`. When it rejects, nothing has changed there; what has arrived
 * is in `partPathOf(localPath)` for a later call with `resume`.
 */
export async function downloadFile(
  source: SessionSource,
  retry: RetryOptions,
  path: string,
  localPath: string | PartPlace,
  options: DownloadFileOptions = {},
): Promise<TransferResult> {
  const resume = options.resume === true;
  const part = await (typeof localPath === 'string'
    ? PartFile.open(localPath, resume, options.signal)
    : PartFile.openAt(localPath, resume));
  try {
    const attempts = new DownloadAttempts(path, part, options);
    const result = await withRetries(source, { ...retry, ...options.retry }, options, (session) =>
      attempts.run(session),
    );
    const hash = options.verify === true ? await comparePart(source, path, part, options.signal) : undefined;
    const modifiedMs = options.keepTime === false ? undefined : result.modifiedMs;
    await part.finish({ modifiedMs, sync: options.sync !== false });
    return hash === undefined ? result : { ...result, hash };
  } finally {
    await part.keep();
  }
}

/** A part with other bytes is thrown away: to go on with it would keep them. */
async function comparePart(
  source: SessionSource,
  path: string,
  part: PartFile,
  signal: AbortSignal | undefined,
): Promise<FileHash> {
  const bytes = { size: part.bytes, read: (buffer: Buffer, at: number) => part.read(buffer, at) };
  try {
    return await compareDigest(await source.session(signal), path, bytes, signal);
  } catch (error) {
    if (error instanceof TwinlineError && error.code === 'ERR_TWINLINE_DIGEST') await part.restart();
    throw error;
  }
}

class DownloadAttempts {
  readonly #path: string;
  readonly #part: PartFile;
  readonly #options: DownloadFileOptions;
  /** What the server said of the file when the bytes that are here were fetched. */
  #known: RemoteFacts | undefined;
  /** What a listing told is good for one attempt: the file may have changed since. */
  #isFirst = true;

  constructor(path: string, part: PartFile, options: DownloadFileOptions) {
    this.#path = path;
    this.#part = part;
    this.#options = options;
  }

  async run(session: Session): Promise<TransferResult> {
    try {
      return await this.#attempt(session);
    } finally {
      this.#isFirst = false;
    }
  }

  async #attempt(session: Session): Promise<TransferResult> {
    if (this.#isFirst && this.#options.verify === true) await commonAlgorithm(session, this.#options.signal);
    if (this.#part.bytes === 0) return this.#download(session, this.#isFirst ? this.#options.facts : undefined);
    const facts = await knownFacts(session, this.#path, this.#options.signal);
    const doubt = this.#doubtAbout(facts);
    if (doubt !== undefined) {
      session.info(`Starting from the beginning: ${doubt}`);
      await this.#part.restart();
    } else if (facts.size === this.#part.bytes && !this.#isFirst) {
      // Fetched by this very call; what an earlier one has left must show its last bytes first.
      return alreadyWhole(facts, this.#part.bytes);
    }
    const offset = this.#part.bytes;
    try {
      return await this.#download(session, facts);
    } catch (error) {
      const why = whyNotResumed(error, offset);
      if (why === undefined) throw error;
      session.info(`Starting from the beginning: ${why}`);
      await this.#part.restart();
      // A server may take the end of its transfer for that of the session; the next try has another one.
      if (!session.isAlive) {
        session.isToBeReplaced = true;
        throw error;
      }
      return this.#download(session, facts);
    }
  }

  /** Why the bytes that are here may not be the beginning of the file there. */
  #doubtAbout(facts: RemoteFacts): string | undefined {
    const { size, modifiedMs } = facts;
    if (size === undefined) return 'the server does not tell the size of the file';
    if (size < this.#part.bytes) return 'the file there is shorter than what is here';
    const known = this.#known;
    if (known !== undefined) {
      const isSame = known.size === size && (known.modifiedMs === undefined || known.modifiedMs === modifiedMs);
      return isSame ? undefined : 'the file there has changed';
    }
    const foundMs = this.#part.foundModifiedMs;
    const isNewer = modifiedMs !== undefined && foundMs !== undefined && modifiedMs > Math.ceil(foundMs);
    return isNewer ? 'the file there is newer than what is here' : undefined;
  }

  async #download(session: Session, facts: RemoteFacts | undefined): Promise<TransferResult> {
    const { rateLimit, onProgress, signal } = this.#options;
    const found = this.#part.bytes;
    const overlap = this.#part.canBeRead ? overlapFor(found) : 0;
    const options: DownloadOptions = {
      offset: found - overlap,
      wantModified: true,
      onFacts: (known) => (this.#known = known),
      ...(facts === undefined ? {} : { facts }),
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(onProgress === undefined ? {} : { onProgress: (told) => onProgress(withoutOverlap(told, overlap)) }),
      ...(signal === undefined ? {} : { signal }),
    };
    const result = await download(session, this.#path, new RejoinedPart(this.#part, overlap), options);
    return withoutOverlap(result, overlap);
  }
}

/** What was fetched twice counts as what was here. */
function withoutOverlap<Told extends { readonly offset: number; readonly bytes: number }>(
  told: Told,
  overlap: number,
): Told {
  return { ...told, offset: told.offset + overlap, bytes: Math.max(0, told.bytes - overlap) };
}

/** REST was refused, which says nothing about the file. */
export function isRestartRefusal(error: unknown): boolean {
  return error instanceof ReplyError && error.command === 'REST';
}

/** Why a download from `offset` on has to begin anew; undefined for errors that have nothing to do with the offset. */
function whyNotResumed(error: unknown, offset: number): string | undefined {
  if (isRestartRefusal(error)) return 'the server does not take REST';
  if (error instanceof RejoinRefused)
    return 'what is here is not the beginning of the file there, or REST had no effect';
  const isTooLong = error instanceof TransferIncompleteError && error.bytesHere > error.bytesThere;
  return isTooLong && offset > 0 ? 'the server has sent more than was left of the file behind REST' : undefined;
}

function alreadyWhole(facts: RemoteFacts, offset: number): TransferResult {
  return {
    outcome: 'unconfirmed',
    note: 'every byte was here already, and the size agrees with that of the server',
    offset,
    bytes: 0,
    durationMs: 0,
    size: facts.size,
    modifiedMs: facts.modifiedMs,
    reply: undefined,
    tls: undefined,
  };
}
