/** Work of several commands that must not be left in its middle, as it would leave the session somewhere else. */

import { startDeadline } from '../net/index.ts';
import { abortError, onAbort, throwIfAborted } from './cancellation.ts';
import type { Session } from './session.ts';

/**
 * Runs `work`, which takes no signal. When the signal fires, the work is brought to its end first, within the time of an
 * abort; a server that leaves it unfinished for longer loses the session. Rejects with the abort error then.
 */
export async function settled<Result>(
  session: Session,
  signal: AbortSignal | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  throwIfAborted(signal);
  const { abortMs } = session.options.deadlines;
  let stop = (): void => undefined;
  const leave = onAbort(signal, () => {
    const deadline = startDeadline(session.scope, abortMs, () => signal && session.control.destroy(abortError(signal)));
    stop = () => deadline.stop();
  });
  try {
    const result = await work();
    throwIfAborted(signal);
    return result;
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  } finally {
    leave();
    stop();
  }
}
