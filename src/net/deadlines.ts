/** Deadlines: timers that belong to a scope, can be pushed back cheaply, and fire at most once. */

import type { Scope } from './scope.ts';

/** What a timer of the platform can hold, some 25 days; anything longer would expire at once. */
const maxTimeoutMs = 2 ** 31 - 1;

/** A running deadline. */
export interface Deadline {
  readonly timeoutMs: number;
  /** Starts the time anew. */
  restart(): void;
  /** Stops it for good; idempotent. */
  stop(): void;
}

/**
 * Calls `onExpired` once when `timeoutMs` milliseconds (25 days at most) have passed without `restart`. Ends with
 * `scope`.
 */
export function startDeadline(scope: Scope, timeoutMs: number, onExpired: () => void): Deadline {
  const countOff = scope.count('timer');
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    clearTimeout(timer);
    countOff();
    leaveScope();
  };
  const timer = setTimeout(
    () => {
      stop();
      onExpired();
    },
    Math.min(timeoutMs, maxTimeoutMs),
  );
  const leaveScope = scope.add(stop);
  return {
    timeoutMs,
    restart: () => {
      // A refresh would bring a cleared timer back to life.
      if (!stopped && !scope.closed) timer.refresh();
    },
    stop,
  };
}
