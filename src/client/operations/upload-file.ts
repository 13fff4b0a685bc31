/** Uploads a local file, with retries that go on behind what the server has kept. */

import { serialiseTimeValue } from '../../protocol/index.ts';
import { LocalSource } from '../local-source.ts';
import type { RetryOptions } from '../options.ts';
import { type FileTransferOptions, type SessionSource, withRetries } from '../resume.ts';
import type { Session } from '../session.ts';
import type { TransferOptions, TransferResult } from '../transfer-result.ts';
import { isRestartRefusal } from './download-file.ts';
import { remoteBeginning } from './remote-beginning.ts';
import { upload, type UploadOptions } from './upload.ts';

export interface UploadFileOptions extends FileTransferOptions, Pick<TransferOptions, 'rateLimit' | 'onProgress'> {}

/** Resolves when the server has the whole file and has said so, or when its size proves it (`unconfirmed`). */
export async function uploadFile(
  source: SessionSource,
  retry: RetryOptions,
  localPath: string,
  path: string,
  options: UploadFileOptions = {},
): Promise<TransferResult> {
  const file = await LocalSource.open(localPath);
  try {
    const attempts = new UploadAttempts(file, path, options);
    return await withRetries(source, { ...retry, ...options.retry }, options, (session) => attempts.run(session));
  } finally {
    await file.close();
  }
}

class UploadAttempts {
  readonly #file: LocalSource;
  readonly #path: string;
  readonly #options: UploadFileOptions;
  /** What is there may be the beginning of this file. */
  #mayResume: boolean;
  #restartRefused = false;

  constructor(file: LocalSource, path: string, options: UploadFileOptions) {
    this.#file = file;
    this.#path = path;
    this.#options = options;
    this.#mayResume = options.resume === true;
  }

  async run(session: Session): Promise<TransferResult> {
    const { signal } = this.#options;
    const offset = this.#mayResume ? await remoteBeginning(session, this.#path, this.#file, signal) : 0;
    const isWhole = offset > 0 && offset === this.#file.size;
    const result = isWhole ? alreadyThere(offset) : await this.#uploadFrom(session, offset);
    if (this.#options.keepTime !== false) await this.#keepTime(session);
    return result;
  }

  async #uploadFrom(session: Session, offset: number): Promise<TransferResult> {
    if (!this.#restartRefused) {
      try {
        return await this.#upload(session, offset, false);
      } catch (error) {
        if (!isRestartRefusal(error)) throw error;
        this.#restartRefused = true;
      }
    }
    return this.#upload(session, offset, offset > 0);
  }

  #upload(session: Session, offset: number, append: boolean): Promise<TransferResult> {
    const { rateLimit, onProgress, signal } = this.#options;
    const options: UploadOptions = {
      offset,
      append,
      onProgress: (progress) => {
        if (progress.bytes > 0) this.#mayResume = true;
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
