/** Collects what is wrong with the settings, so that a person hears all of it at once. */

import { ConfigError, TwinlineError } from '../errors/index.ts';

/** Several things that are wrong at once. */
export class ConfigProblems extends ConfigError {
  readonly problems: readonly TwinlineError[];

  constructor(problems: readonly TwinlineError[]) {
    super('ERR_TWINLINE_CONFIG', problems.map(({ message }) => message).join('\n'));
    this.problems = problems;
  }
}

/** Single problems of an error: itself, or those that it holds. */
export function problemsIn(error: unknown): readonly TwinlineError[] {
  if (error instanceof ConfigProblems) return error.problems;
  if (error instanceof TwinlineError) return [error];
  throw error;
}

/** A list that fills while settings are read. */
export class Problems {
  readonly #found = new Map<string, TwinlineError>();

  /** Takes what was thrown; errors that are not ours are thrown on. A message that is known is not taken again. */
  add(error: unknown): void {
    for (const problem of problemsIn(error)) {
      if (!this.#found.has(problem.message)) this.#found.set(problem.message, problem);
    }
  }

  /** The result of `work`, or undefined when it failed with a problem, which is taken. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  /** Like `attempt`, for work that takes time. */
  async attemptAsync<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.add(error);
      return undefined;
    }
  }

  list(): readonly TwinlineError[] {
    return [...this.#found.values()];
  }

  /** Throws the one problem, or `ConfigProblems` with all of them. */
  throwIfAny(): void {
    const [first, ...more] = this.#found.values();
    if (first === undefined) return;
    throw more.length === 0 ? first : new ConfigProblems(this.list());
  }
}
