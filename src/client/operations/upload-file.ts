/** Uploads a local file, with retries that go on behind what the server has kept. */

import { serialiseTimeValue } from '../../protocol/index.ts';
import { LocalSource, type SourcePlace } from '../local-source.ts';
import type { RetryOptions } from '../options.ts';
import { type FileTransferOptions, type SessionSource, withRetries } from '../resume.ts';
import type { Session } from '../session.ts';
import type { TransferResult } from '../transfer-result.ts';
import { isRestartRefusal } from './download-file.ts';
import { commonAlgorithm, compareDigest } from './compare-digest.ts';
import { knownSize } from './facts.ts';
import { comparedBytes, compareEnd, remoteBeginning, stableSize } from './remote-beginning.ts';
import { upload, type UploadOptions } from './upload.ts';

export interface UploadFileOptions
  extends FileTransferOptions, Pick<UploadOptions, 'rateLimit' | 'onProgress' | 'verifySize'> {}

/** Resolves when the server has the whole file and has said so, or when its size proves it (`unconfirmed`). */
export async function uploadFile(
  source: SessionSource,
  retry: RetryOptions,
  localPath: string | SourcePlace,
  path: string,
  options: UploadFileOptions = {},
): Promise<TransferResult> {
  const file = await LocalSource.open(localPath);
  try {
    const attempts = new UploadAttempts(file, path, options);
    const result = await withRetries(source, { ...retry, ...options.retry }, options, (session) =>
      attempts.run(session),
    );
    if (options.verify !== true) return result;
    return { ...result, hash: await compareDigest(await source.session(options.signal), path, file, options.signal) };
  } finally {
    await file.close();
  }
}

/** Smaller files are sent again from their beginning: finding out how much is there would take as long. */
const worthResumingBytes = 1024 * 1024;

class UploadAttempts {
  readonly #file: LocalSource;
  readonly #path: string;
  readonly #options: UploadFileOptions;
  #restartRefused = false;
  #hasBegun = false;
  /** Where the last attempt began; the server has the bytes before it. */
  #offset = 0;
  /** How far the attempts have come: more than this cannot be ours. */
  #reached = 0;
  /** What stood under the name before; a server may keep it until the new file is whole. */
  #sizeBefore: number | undefined;

  constructor(file: LocalSource, path: string, options: UploadFileOptions) {
    this.#file = file;
    this.#path = path;
    this.#options = options;
  }

  async run(session: Session): Promise<TransferResult> {
    if (!this.#hasBegun && this.#options.verify === true) await commonAlgorithm(session, this.#options.signal);
    this.#offset = await this.#findOffset(session);
    const isWhole = this.#offset > 0 && this.#offset === this.#file.size;
    const result = isWhole ? await this.#finishWhole(session) : await this.#uploadFrom(session, this.#offset);
    if (this.#options.keepTime !== false) await this.#keepTime(session);
    return result;
  }

  async #findOffset(session: Session): Promise<number> {
    const { signal, resume } = this.#options;
    if (this.#hasBegun) return this.#ownBeginning(session);
    if (resume === true) return remoteBeginning(session, this.#path, this.#file, signal);
    if (this.#file.size >= worthResumingBytes) this.#sizeBefore = await knownSize(session, this.#path, signal);
    return 0;
  }

  /** What the attempts before have left there, where that can be told from what was there before them. */
  async #ownBeginning(session: Session): Promise<number> {
    const { signal } = this.#options;
    if (this.#file.size < worthResumingBytes) return this.#smallFileThere(session);
    const size = (await stableSize(session, this.#path, signal)) ?? 0;
    const isOurs = size >= this.#offset && size <= this.#reached && (this.#offset > 0 || size !== this.#sizeBefore);
    if (isOurs) return size;
    session.info('Starting from the beginning: what is there is not what was sent before the loss');
    return 0;
  }

  /** All of a small file, when only the last reply was lost: every byte is read back, for an old one may have its size. */
  async #smallFileThere(session: Session): Promise<number> {
    const { signal } = this.#options;
    const { size } = this.#file;
    if (size === 0 || this.#reached < size) return 0;
    if ((await stableSize(session, this.#path, signal)) !== size) return 0;
    const compared = await compareEnd(session, this.#path, this.#file, { size, bytes: size }, signal);
    return compared === 'same' ? size : 0;
  }

  /**
   * The server says that it has every byte. Some keep an upload that lost a line under a name of their own and tell its size
   * for the sake of REST: the file has its name only when its end can be read back. Where it cannot, an upload of nothing behind
   * the last byte makes the server finish it and say so.
   */
  async #finishWhole(session: Session): Promise<TransferResult> {
    const { size } = this.#file;
    const end = { size, bytes: comparedBytes };
    const compared = await compareEnd(session, this.#path, this.#file, end, this.#options.signal);
    if (compared === 'same') return alreadyThere(size);
    return this.#uploadFrom(session, compared === 'unreadable' ? size : 0);
  }

  async #uploadFrom(session: Session, offset: number): Promise<TransferResult> {
    this.#restartRefused ||= offset > 0 && session.knowledge.facts.uploadResume === 'APPE';
    if (!this.#restartRefused) {
      try {
        return await this.#upload(session, offset, false);
      } catch (error) {
        if (!isRestartRefusal(error)) throw error;
        this.#restartRefused = true;
        session.knowledge.learn({ uploadResume: 'APPE' });
      }
    }
    return this.#upload(session, offset, offset > 0);
  }

  #upload(session: Session, offset: number, append: boolean): Promise<TransferResult> {
    const { rateLimit, onProgress, signal, verifySize = true } = this.#options;
    const options: UploadOptions = {
      offset,
      append,
      verifySize,
      onProgress: (progress) => {
        this.#hasBegun = true;
        this.#reached = Math.max(this.#reached, progress.offset + progress.bytes);
        onProgress?.(progress);
      },
      ...(rateLimit === undefined ? {} : { rateLimit }),
      ...(signal === undefined ? {} : { signal }),
    };
    return upload(session, this.#path, this.#file, options);
  }

  /** MFMT (draft-somers-ftp-mfxx); a server that refuses keeps its own time, and the file is whole all the same. */
  async #keepTime(session: Session): Promise<void> {
    if (!session.isAlive) return;
    const { signal } = this.#options;
    const features = await session.features(signal);
    if (!features.has('MFMT')) return;
    await session.ask(
      'MFMT',
      `${serialiseTimeValue(Math.floor(this.#file.modifiedMs / 1000) * 1000)} ${this.#path}`,
      signal,
    );
  }
}

function alreadyThere(offset: number): TransferResult {
  return {
    outcome: 'unconfirmed',
    note: 'every byte was there already, and the size agrees with that of the file here',
    offset,
    bytes: 0,
    durationMs: 0,
    size: offset,
    modifiedMs: undefined,
    reply: undefined,
    tls: undefined,
  };
}
