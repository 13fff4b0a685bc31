/** MODE Z: what goes over the data line is one zlib stream (RFC 1950) for each transfer (draft-preston-ftpext-deflate). */

import { pipeline, Readable } from 'node:stream';
import { createDeflate, createInflate } from 'node:zlib';
import type { ByteSink } from '../../net/index.ts';

/** Size of one piece of output, in bytes. */
const zlibChunkBytes = 65_536;
/** An upload may grow to this size by any factor. */
const freeInflateBytes = 67_108_864;
/** Beyond that it is a bomb where it is more than so many times what came: text and dumps reach some 50. */
const maxInflateRatio = 200;

/** Compresses chunks on their way; the compressor works in the thread pool and waits for whoever takes its output. */
export async function* deflated(chunks: AsyncIterable<Buffer>, level: number): AsyncGenerator<Buffer> {
  const compressor = createDeflate({ level, chunkSize: zlibChunkBytes });
  // An error of the source destroys the compressor, whose reader then hears it.
  const source = Readable.from(chunks, { objectMode: false });
  pipeline(source, compressor, () => undefined);
  for await (const chunk of compressor) yield chunk as Buffer;
}

/** Why an upload in MODE Z is none: it ended early, it is not zlib or damaged, or it would grow without end. */
export type InflateProblem = 'truncated' | 'damaged' | 'grows';

const words: Record<InflateProblem, string> = {
  truncated: 'the compressed data ended in the middle',
  damaged: 'what came is not a zlib stream, or a damaged one',
  grows: `the compressed data grow more than ${maxInflateRatio} times, use MODE S`,
};

export class InflateError extends Error {
  readonly problem: InflateProblem;

  constructor(problem: InflateProblem, options?: ErrorOptions) {
    super(words[problem], options);
    this.problem = problem;
  }
}

/** A sink for compressed bytes before one for the bytes themselves; holds little, however much they grow. */
export class Inflating implements ByteSink {
  readonly #sink: ByteSink;
  readonly #onOutput: () => void;
  readonly #inflater = createInflate({ chunkSize: zlibChunkBytes });
  readonly #over: Promise<void>;
  #taken = 0;
  #given = 0;

  constructor(sink: ByteSink, onOutput: () => void) {
    this.#sink = sink;
    this.#onOutput = onOutput;
    this.#over = this.#passOn();
    this.#over.catch(() => undefined);
  }

  /** Bytes that have come out. */
  get inflatedBytes(): number {
    return this.#given;
  }

  /** Rejects with `InflateError`, or with the error of the sink behind. */
  async write(chunks: readonly Buffer[]): Promise<void> {
    for (const chunk of chunks) {
      this.#taken += chunk.length;
      // The stream is over before the line is: bytes behind its end are no part of any file.
      const early = this.#over.then(() => Promise.reject(new InflateError('damaged')));
      await Promise.race([this.#feed(chunk), early]);
    }
  }

  /** All has come: resolves when the sink behind has all of it. Rejects as `write` does. */
  async end(): Promise<void> {
    this.#inflater.end();
    await this.#over;
    if (this.#inflater.bytesWritten !== this.#taken) throw new InflateError('damaged');
  }

  /** Stops, whatever is still on its way; resolves when nothing is written any more. */
  async stop(): Promise<void> {
    this.#inflater.destroy();
    await this.#over.catch(() => undefined);
  }

  async #feed(chunk: Buffer): Promise<void> {
    try {
      await new Promise<void>((resolve, reject) => {
        this.#inflater.write(chunk, (error) => (error ? reject(error) : resolve()));
      });
    } catch (error) {
      // The first cause is told there.
      await this.#over;
      throw error;
    }
  }

  async #passOn(): Promise<void> {
    try {
      for await (const chunk of this.#inflater as AsyncIterable<Buffer>) {
        this.#given += chunk.length;
        if (this.#given > freeInflateBytes && this.#given > this.#taken * maxInflateRatio) {
          throw new InflateError('grows');
        }
        await this.#sink.write([chunk]);
        this.#onOutput();
      }
    } catch (error) {
      throw problemOf(error) ?? error;
    }
  }
}

function problemOf(error: unknown): InflateError | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return new InflateError('truncated', { cause: error });
  return typeof code === 'string' && code.startsWith('Z_') ? new InflateError('damaged', { cause: error }) : undefined;
}
