/** Work behind one command that takes its time without a data connection (a digest, a copy): told of by STAT, ended by ABOR. */

import { Scope } from '../../net/index.ts';
import type { Reply } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** What a task is about. */
export interface TaskPlan {
  readonly verb: string;
  /** Virtual path as the user sees it. */
  readonly path: string;
}

/** A running task. `cancel` may be called at any moment, any number of times. */
export class LongTask {
  readonly plan: TaskPlan;
  /** Bytes worked on so far. */
  bytes = 0;
  readonly #scope: Scope;
  readonly #countOff: () => void;
  #cancelled = false;
  #ended = false;

  constructor(plan: TaskPlan, parent: Scope) {
    this.plan = plan;
    this.#scope = new Scope(parent);
    this.#countOff = parent.count('task');
    this.#scope.add(() => this.cancel());
  }

  readonly advanced = (bytes: number): void => {
    this.bytes += bytes;
  };

  readonly isWanted = (): boolean => !this.#cancelled;

  /** Calls back once when the task is cancelled. */
  readonly whenUnwanted = (callback: () => void): void => {
    this.#scope.add(() => {
      // A scope that closes behind the end of the work is no news.
      if (!this.#ended) callback();
    });
  };

  /** The work is told to stop at its next step. */
  cancel(): void {
    if (this.#ended) return;
    this.#cancelled = true;
    this.#scope.close();
  }

  /** The work has ended. */
  end(): void {
    this.#ended = true;
    this.#countOff();
    this.#scope.close();
  }
}

/**
 * Runs `work` as the task of a session and answers with its reply, or with 426 where it was cancelled; the session is
 * held open until the work has ended, so that no file of it stays open behind it.
 */
export async function runLongTask(
  session: Session,
  plan: TaskPlan,
  work: (task: LongTask) => Promise<Reply>,
): Promise<Reply> {
  const release = session.holdOpen();
  const task = new LongTask(plan, session.scope);
  session.beginTask(task);
  try {
    const answer = await work(task);
    return task.isWanted() ? answer : reply(426, `${plan.verb} was stopped`);
  } catch (error) {
    if (!task.isWanted()) return reply(426, `${plan.verb} was stopped`);
    throw error;
  } finally {
    session.task = undefined;
    task.end();
    release();
  }
}
