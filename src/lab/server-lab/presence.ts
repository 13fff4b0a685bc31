/** Notices in the middle of a run that the server lets nobody in any more, so that not every case waits for that in turn. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { Verdict } from '../engine/verdict.ts';

/** Cases in a row that could not be judged, behind which the lab looks whether the server is there at all. */
const maxInfraInRow = 6;
/** A server that was restarted may need this long until it is there again, in milliseconds. */
const secondTryMs = 5_000;

export class Presence {
  /** Why no further case can be run; undefined while the server is there, as far as is known. */
  absence: string | undefined;
  readonly #logIn: () => Promise<unknown>;
  readonly #pauseMs: number;
  #infraInRow = 0;
  #looking: Promise<void> | undefined;

  /** `logIn` rejects where the server does not let the lab in; it is tried twice, with this pause between. */
  constructor(logIn: () => Promise<unknown>, pauseMs: number = secondTryMs) {
    this.#logIn = logIn;
    this.#pauseMs = pauseMs;
  }

  /** Takes the verdict of the next case that has ended, and looks for the server where too many said nothing. */
  async heard(verdict: Verdict, sentence: (error: unknown) => string): Promise<void> {
    if (verdict !== 'INFRA') {
      if (verdict !== 'SKIP') this.#infraInRow = 0;
      return;
    }
    this.#infraInRow += 1;
    if (this.#infraInRow < maxInfraInRow) return;
    this.#looking ??= this.#look(sentence);
    await this.#looking;
  }

  async #look(sentence: (error: unknown) => string): Promise<void> {
    try {
      await this.#logIn().catch(async () => {
        await sleep(this.#pauseMs);
        await this.#logIn();
      });
      this.#infraInRow = 0;
    } catch (error) {
      this.absence =
        `the server did not let the lab in any more (${sentence(error)}): ` +
        'it may have crashed, or have banned this address; look at its log, and try again with --parallel 1';
    }
    this.#looking = undefined;
  }
}
