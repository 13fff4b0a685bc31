/** Commands that a server may work on for minutes: with a time of their own, and ended by a real ABOR. */

import { startDeadline } from '../net/index.ts';
import type { ParsedReply } from '../protocol/index.ts';
import { abortError, onAbort, throwIfAborted } from './cancellation.ts';
import type { Session } from './session.ts';

export interface LongAnswerOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Resolves with the final reply. Aborted, it makes the server stop, or gives the session up where that fails. */
export async function askLong(
  session: Session,
  verb: string,
  argument: string,
  { timeoutMs, signal }: LongAnswerOptions,
): Promise<ParsedReply> {
  throwIfAborted(signal);
  const { control } = session;
  control.requireAlive();
  const answer = control.command(verb, argument, { timeoutMs });
  const aborted = Promise.withResolvers<undefined>();
  const leave = onAbort(signal, () => aborted.resolve(undefined));
  try {
    const reply = await Promise.race([answer, aborted.promise]);
    if (reply !== undefined) return reply;
  } finally {
    leave();
  }
  await stopAnswer(session, answer);
  throw signal === undefined ? new Error('unreachable') : abortError(signal);
}

/** ABOR (RFC 959 section 4.1.3) ends the command; a server that goes on for longer than an abort may take is left. */
async function stopAnswer({ control, scope, options }: Session, answer: Promise<ParsedReply>): Promise<void> {
  const { abortMs } = options.deadlines;
  const late = Promise.withResolvers<boolean>();
  const deadline = startDeadline(scope, abortMs, () => late.resolve(false));
  control.start('ABOR', undefined, { final: () => undefined, lost: () => undefined });
  const isAnswered = await Promise.race([
    answer.then(
      () => true,
      () => false,
    ),
    late.promise,
  ]);
  deadline.stop();
  if (!isAnswered || !(await control.resynchronise(abortMs))) control.destroy();
}
