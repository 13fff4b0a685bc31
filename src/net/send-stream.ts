/** Sends chunks that are made on the way (listings, converted text) down a line, with back-pressure. */

import type { Socket } from 'node:net';
import type { PumpProgress } from './pump.ts';
import type { Scope } from './scope.ts';

export interface SendStreamOptions {
  readonly progress: PumpProgress;
  onProgress?(): void;
}

/** Resolves with the next step, or with undefined when `scope` closes first. */
function nextStep(
  scope: Scope,
  iterator: AsyncIterator<Buffer, unknown>,
): Promise<IteratorResult<Buffer, unknown> | undefined> {
  return new Promise((resolve, reject) => {
    const leave = scope.add(() => resolve(undefined));
    iterator.next().then(resolve, reject).finally(leave);
  });
}

/** The line's side of one run: what it has not taken yet, and whether it is lost. */
class Outflow {
  readonly #scope: Scope;
  readonly #line: Socket;
  readonly #options: SendStreamOptions;
  #untaken = 0;
  #lost = false;
  #onTaken: () => void = () => undefined;

  constructor(scope: Scope, line: Socket, options: SendStreamOptions) {
    this.#scope = scope;
    this.#line = line;
    this.#options = options;
  }

  /** Nothing more can be sent. */
  get isOver(): boolean {
    return this.#scope.closed || this.#lost || this.#line.destroyed;
  }

  write(chunk: Buffer): void {
    this.#untaken += 1;
    this.#line.write(chunk, (error) => {
      this.#untaken -= 1;
      if (error) this.#lost = true;
      else {
        this.#options.progress.bytes += chunk.length;
        this.#options.onProgress?.();
      }
      this.#onTaken();
    });
  }

  /** Resolves when the line has room for one more write, or is over. */
  async room(): Promise<void> {
    while (!this.isOver && this.#line.writableNeedDrain) await this.#change();
  }

  /** Resolves when the line has taken everything, or is over. */
  async taken(): Promise<void> {
    while (!this.isOver && this.#untaken > 0) await this.#change();
  }

  /** Resolves at the next thing that happens to a write, to the line or to the scope. */
  #change(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        leave();
        this.#line.off('close', done);
        resolve();
      };
      const leave = this.#scope.add(done);
      this.#onTaken = done;
      this.#line.once('close', done);
    });
  }
}

/** Tells the maker of chunks to end. One that is busy is not waited for, and how it ends is of no interest any more. */
async function leaveOff(iterator: AsyncIterator<Buffer, unknown>, isBusy: boolean): Promise<void> {
  const left = Promise.resolve(iterator.return?.()).catch(() => undefined);
  if (!isBusy) await left;
}

/**
 * Sends all chunks. Resolves when the line has taken the last. When `scope` closes or the line is lost, it ends the
 * iteration and resolves, at once also where the maker of the chunks is busy. Rejects with the error of the maker.
 */
export async function sendStream(
  scope: Scope,
  chunks: AsyncIterable<Buffer>,
  line: Socket,
  options: SendStreamOptions,
): Promise<void> {
  const outflow = new Outflow(scope, line, options);
  const iterator = chunks[Symbol.asyncIterator]();
  while (!outflow.isOver) {
    const step = await nextStep(scope, iterator);
    if (step?.done === true) return outflow.taken();
    if (step === undefined) return leaveOff(iterator, true);
    if (step.value.length === 0 || outflow.isOver) continue;
    outflow.write(step.value);
    await outflow.room();
  }
  return leaveOff(iterator, false);
}
