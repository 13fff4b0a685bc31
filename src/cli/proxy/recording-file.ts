/** Writes a recording as it happens: bounded memory, and a disk that fails ends the recording and not the proxy. */

import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { TwinlineError } from '../../errors/index.ts';
import { type ProxyEvent, type RecordingHeader, recordingLine } from '../../lab/index.ts';
import { fileProblem } from '../file-problem.ts';

/** Lines that wait for the disk; further ones are dropped and counted. */
const maxWaitingBytes = 16 * 1024 * 1024;

export class RecordingFile {
  readonly #stream: WriteStream;
  readonly #path: string;
  #problem: unknown;
  #dropped = 0;

  private constructor(path: string, stream: WriteStream) {
    this.#path = path;
    this.#stream = stream;
    stream.on('error', (error) => (this.#problem ??= error));
  }

  /** Throws `TwinlineError` when the file cannot be made. */
  static async open(path: string): Promise<RecordingFile> {
    const stream = createWriteStream(path, { mode: 0o600 });
    try {
      await once(stream, 'open');
    } catch (cause) {
      const message = `The recording cannot be written to "${path}": ${fileProblem(cause)}.`;
      throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
    }
    return new RecordingFile(path, stream);
  }

  take(value: RecordingHeader | ProxyEvent): void {
    if (this.#problem !== undefined) return;
    if (this.#stream.writableLength > maxWaitingBytes) this.#dropped += 1;
    else this.#stream.write(recordingLine(value));
  }

  /** What went wrong with it, as a sentence; undefined when it is whole. */
  async close(): Promise<string | undefined> {
    if (this.#problem === undefined) await new Promise<void>((resolve) => this.#stream.end(() => resolve()));
    if (this.#problem !== undefined)
      return `The recording in "${this.#path}" is not whole: ${fileProblem(this.#problem)}.`;
    return this.#dropped === 0
      ? undefined
      : `The disk was too slow: ${this.#dropped} events are missing in "${this.#path}".`;
  }
}
