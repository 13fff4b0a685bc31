/** What every command of the client does around its work: connects, tells, quits, and turns errors into one exit code. */

import { type Client, type ClientPool, createPool, type PoolNotice } from '../../client/index.ts';
import { withAdvice } from '../advice.ts';
import type { ClientCall } from '../client-options/index.ts';
import { type Display, Report } from '../display/index.ts';
import { withInterrupts } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { tellSessions } from '../told-sessions/tell-sessions.ts';

/** What the work of a command is given. */
export interface ClientRun {
  readonly call: ClientCall;
  readonly report: Report;
  /** Fires with Ctrl-C, SIGTERM and `--max-time`. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** All sessions of the command. */
  readonly pool: ClientPool;
  /** Runs `work` with a session that nobody else uses at the time; it is opened by the first call. */
  withSession<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
}

/** Runs `work` with up to `sessions` sessions. Resolves to the exit code; what `work` throws has been told by then. */
export async function runWithSessions(
  call: ClientCall,
  display: Display,
  output: Output,
  sessions: number,
  work: (run: ClientRun) => Promise<void>,
): Promise<number> {
  tellSessions('twinline');
  const report = new Report(display, (error) => withAdvice(error, call));
  try {
    await withInterrupts(
      output,
      call.maxTimeMs,
      async (signal) => {
        const onNotice = (notice: PoolNotice): void => {
          // What failed with its session is told by itself.
          if (notice.kind === 'fewer' || notice.error === undefined) report.notice(noticeText(notice));
        };
        const start = async (pool: ClientPool): Promise<void> =>
          work({ call, report, signal, output, pool, withSession: sessionsOf(pool, call, report, signal) });
        if (call.pool !== undefined) return start(call.pool);
        await using pool = createPool({ ...call.connect, signal }, { size: sessions, onNotice });
        await start(pool);
      },
      { onInterrupt: () => report.close() },
    );
  } catch (error) {
    report.error(error);
  }
  return report.end();
}

/** Runs `work` with one session. */
export function runClient(
  call: ClientCall,
  display: Display,
  output: Output,
  work: (client: Client, run: ClientRun) => Promise<void>,
): Promise<number> {
  return runWithSessions(call, display, output, 1, (run) => run.withSession((client) => work(client, run)));
}

/** Tells each session when it is used for the first time. */
function sessionsOf(pool: ClientPool, call: ClientCall, report: Report, signal: AbortSignal): ClientRun['withSession'] {
  const told = new WeakSet<Client>();
  return (work) =>
    pool.use(
      (client) => {
        if (!told.has(client)) report.session(client, call);
        told.add(client);
        return work(client);
      },
      { signal },
    );
}

function noticeText({ kind, sessions, error }: PoolNotice): string {
  if (kind === 'lost') return 'A session was lost while it was not in use.';
  return `Going on with ${sessions} session${sessions === 1 ? '' : 's'}: ${error?.message ?? 'the server allows no more.'}`;
}
