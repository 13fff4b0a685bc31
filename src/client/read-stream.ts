/** A download as a stream of Node: ends only when the transfer was complete, and keeps the session when it is left early. */

import { Readable } from 'node:stream';
import { TwinlineError } from '../errors/index.ts';
import type { ByteSink } from '../net/index.ts';
import type { TransferResult } from './transfer-result.ts';

/** Runs the download into the sink, until the signal fires. */
export type StartDownload = (sink: ByteSink, signal: AbortSignal) => Promise<TransferResult>;

/** Bytes that wait for the reader before the server has to. */
const bufferBytes = 256 * 1024;

/**
 * Begins with the first read. It ends (`end`) when both lines have said that the file is whole, and is destroyed with the
 * error of the transfer otherwise. Destroyed early, it aborts the transfer; `close` comes when the session is free again.
 */
export class DownloadStream extends Readable {
  /** Settles with the transfer; of use for facts such as `modifiedMs`. A rejection need not be handled here. */
  readonly result: Promise<TransferResult>;
  readonly #start: StartDownload;
  readonly #settle: (result: TransferResult | Promise<never>) => void;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #resume: () => void = () => undefined;

  constructor(start: StartDownload) {
    super({ highWaterMark: bufferBytes });
    this.#start = start;
    const { promise, resolve } = Promise.withResolvers<TransferResult>();
    this.result = promise;
    this.#settle = resolve;
    promise.catch(() => undefined);
  }

  override _read(): void {
    this.#resume();
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    try {
      const result = await this.#start({ write: (chunks) => this.#give(chunks) }, this.#stop.signal);
      this.#settle(result);
      this.push(null);
    } catch (error) {
      this.#settle(Promise.reject(error instanceof Error ? error : new Error(String(error))));
      this.destroy(error instanceof Error ? error : undefined);
    }
  }

  /** Resolves when the reader has room for more. */
  async #give(chunks: readonly Buffer[]): Promise<void> {
    let hasRoom = true;
    for (const chunk of chunks) hasRoom = this.push(chunk);
    if (hasRoom || this.destroyed) return;
    await new Promise<void>((resolve) => (this.#resume = resolve));
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const left = new TwinlineError('ERR_TWINLINE_ABORTED', 'The stream was left before its end.');
    this.#stop.abort(left);
    this.#resume();
    // A stream that was never read has no transfer to wait for.
    if (this.#running === undefined) this.#settle(Promise.reject(left));
    void (this.#running ?? Promise.resolve()).then(() => callback(error));
  }
}

/** The stream as one of the Web; leaving it (`cancel`, or out of `for await`) destroys it. */
export function webStreamOf(stream: DownloadStream): ReadableStream<Uint8Array> {
  const web: unknown = Readable.toWeb(stream);
  return web as ReadableStream<Uint8Array>;
}
