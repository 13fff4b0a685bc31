/** What ends a client command from outside: Ctrl-C once in order, Ctrl-C twice at once, a terminal that is closed, and the limit of its time. */

import { TimeoutError, TwinlineError } from '../errors/index.ts';
import { exitCodes } from './exit-codes.ts';
import type { Output } from './output.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface InterruptWords {
  /** Makes room for the notice. */
  onInterrupt?(): void;
  /** What happens now, in the notice. */
  readonly happens?: string;
  /** A last line for who leaves at once: what stays behind. */
  leftBehind?(): string | undefined;
}

/** Runs `work` with a signal that Ctrl-C, SIGTERM, SIGHUP and `maxTimeMs` fire. */
export async function withInterrupts<Result>(
  output: Output,
  maxTimeMs: number | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
  words: InterruptWords = {},
): Promise<Result> {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) {
      const left = words.leftBehind?.();
      if (left !== undefined) output.stderr.write(`${left}\n`);
      process.exit(exitCodes.interrupted);
    }
    words.onInterrupt?.();
    const { happens = 'the transfer is being aborted' } = words;
    output.stderr.write(`\nInterrupted: ${happens}. Ctrl-C again leaves at once.\n`);
    controller.abort(new TwinlineError('ERR_TWINLINE_ABORTED', 'Interrupted.'));
  };
  const timer =
    maxTimeMs === undefined ? undefined : setTimeout(() => controller.abort(outOfTime(maxTimeMs)), maxTimeMs);
  for (const name of signals) process.on(name, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
    for (const name of signals) process.off(name, interrupt);
  }
}

function outOfTime(timeoutMs: number): TimeoutError {
  const message = `The time of ${timeoutMs / 1000} s that --max-time allows is over.`;
  return new TimeoutError('ERR_TWINLINE_TIMEOUT', message, { channel: 'control', phase: 'max-time', timeoutMs });
}
