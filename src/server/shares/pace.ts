/** Holds one transfer to every rate that bounds it: the session's, the user's, the server's. */

import { type Scope, startDeadline } from '../../net/index.ts';
import type { ReadHandle, WriteHandle } from '../../storage/index.ts';
import type { Meter } from './rate-meter.ts';

/** Share of a second that may pass in one step. */
const stepSeconds = 0.1;
/** Bytes of one step: small enough for sessions to take turns, large enough for few timers. */
const minStepBytes = 1_024;
const maxStepBytes = 65_536;
/** Waits under this many milliseconds are saved up: a timer is no more exact. */
const minWaitMs = 2;

export class Pace {
  readonly #meters: readonly Meter[];
  readonly #now: () => number;
  /** The narrowest of the bounds. */
  readonly bytesPerSecond: number;
  /** How many bytes to move between two waits. */
  readonly stepBytes: number;

  constructor(meters: readonly Meter[], now: () => number = () => performance.now()) {
    this.#meters = meters;
    this.#now = now;
    this.bytesPerSecond = Math.min(...meters.map(({ bytesPerSecond }) => bytesPerSecond));
    this.stepBytes = Math.min(maxStepBytes, Math.max(minStepBytes, Math.floor(this.bytesPerSecond * stepSeconds)));
  }

  /** Books bytes in every bound; the answer is how many milliseconds they take. */
  async book(bytes: number): Promise<number> {
    const now = this.#now();
    return Math.max(...(await Promise.all(this.#meters.map(async (meter) => meter.book(bytes, now)))));
  }

  /** Books bytes and resolves when their time has passed; at once when `scope` closes. */
  async pay(bytes: number, scope: Scope): Promise<void> {
    const waitMs = await this.book(bytes);
    if (waitMs < minWaitMs || scope.closed) return;
    await new Promise<void>((resolve) => {
      const deadline = startDeadline(scope, Math.ceil(waitMs), () => {
        leave();
        resolve();
      });
      const leave = scope.add(() => {
        deadline.stop();
        resolve();
      });
    });
  }
}

/** A file that is read no faster than the pace allows, in short reads. */
export function pacedReader(file: ReadHandle, pace: Pace, scope: Scope): ReadHandle {
  return {
    size: file.size,
    read: async (buffer, position) => {
      const count = await file.read(buffer.subarray(0, Math.min(buffer.length, pace.stepBytes)), position);
      await pace.pay(count, scope);
      return count;
    },
    close: () => file.close(),
  };
}

/** A file that is written no faster than the pace allows; `onStep` hears that something moves. */
export function pacedWriter(file: WriteHandle, pace: Pace, scope: Scope, onStep: () => void): WriteHandle {
  const writeStep = async (piece: Buffer): Promise<void> => {
    await file.write([piece]);
    await pace.pay(piece.length, scope);
    onStep();
  };
  return {
    startOffset: file.startOffset,
    write: async (chunks) => {
      for (const chunk of chunks) {
        for (let at = 0; at < chunk.length; at += pace.stepBytes) {
          await writeStep(chunk.subarray(at, at + pace.stepBytes));
        }
      }
    },
    commit: (isWanted) => file.commit(isWanted),
    keep: () => file.keep(),
    discard: () => file.discard(),
  };
}
