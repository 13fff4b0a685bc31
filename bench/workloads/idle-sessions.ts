/** Workload: memory of TLS sessions that are logged in and do nothing. */

import { setTimeout as sleep } from 'node:timers/promises';
import { LoadProcess, targetOf } from '../loads/sessions/load-process.ts';
import { treePssKib } from '../memory.ts';
import { startBareFtp } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const steps = (context: BenchContext) => (context.quick ? [1000] : [200, 1000, 5000]);
/** Servers with a process or two for each session, and how many of them fit into a round: ProFTPD logs some ten a second in. */
const forking: ReadonlyMap<string, number> = new Map([
  ['vsftpd', 1000],
  ['pure-ftpd', 1000],
  ['proftpd', 200],
]);

/** A server gives back memory of its start and of the logins within seconds; nobody waits longer than this. */
const settleMs = 6000;
const lookMs = 500;

/** PSS once it has stopped falling. */
async function settledPssKib(pid: number): Promise<number> {
  let least = treePssKib(pid);
  let unchanged = 0;
  for (let waited = 0; waited < settleMs && unchanged < 3; waited += lookMs) {
    await sleep(lookMs);
    const now = treePssKib(pid);
    unchanged = now < least * 0.99 ? 0 : unchanged + 1;
    least = Math.min(least, now);
  }
  return least;
}

const wantedOf = (name: string, context: BenchContext) => {
  const limit = forking.get(name);
  if (limit === undefined) return steps(context);
  return context.quick ? [200] : steps(context).filter((count) => count <= limit);
};

async function measureAnew(subject: Subject, context: BenchContext): Promise<Measures> {
  const wanted = wantedOf(subject.name, context);
  await using anew = await context.startAnew(subject, { sessions: wanted.at(-1) ?? 0 });
  return await measure(anew, wanted);
}

async function ceiling(context: BenchContext): Promise<Measures> {
  await using bare = await startBareFtp(context);
  return await measure(bare, steps(context));
}

async function measure(subject: Subject, wanted: readonly number[]): Promise<Measures> {
  await using load = new LoadProcess();
  const base = await settledPssKib(subject.pid);
  const measures: Record<string, number> = { base: base / 1024 };
  for (const count of wanted) {
    await load.order('open', { target: targetOf(subject), sessions: count });
    measures[`at ${count}`] = ((await settledPssKib(subject.pid)) - base) / count;
  }
  return measures;
}

export const idleSessions: Workload = {
  name: 'idle-sessions',
  about:
    'TLS 1.3 sessions that are logged in and idle: PSS of the server and all its processes (smaps_rollup), once it has settled, ' +
    'less what it was before the first session, for each session. "base" is what it was then. A server of its own for each round. ' +
    'vsftpd and Pure-FTPd, with a process or two for each session, go to 1,000 and ProFTPD to 200; with --quick these have 200 and the others 1,000.',
  ceilingAbout: 'bare TLS sockets of Node with the same dialogue',
  columns: [
    { name: 'at 1000', unit: 'KiB', better: 'less', target: { value: 80 } },
    { name: 'at 200', unit: 'KiB', better: 'less' },
    { name: 'at 5000', unit: 'KiB', better: 'less' },
    { name: 'base', unit: 'MiB', better: 'less', target: { value: 90 } },
  ],
  prepare: async () => {},
  measure: measureAnew,
  ceiling,
  cleanUp: async () => {},
};
