/** Workload: idle sessions beside two hundred transfers. */

import { mkdir, readdir, rm, stat, chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { makeBigFile, mebibyte } from '../loads/index.ts';
import { LoadProcess, targetOf } from '../loads/sessions/load-process.ts';
import type { Movement } from '../loads/sessions/orders.ts';
import { percentileOf } from '../statistics.ts';
import { Ceiling } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const crowd = 200;
const source = 'fair.bin';
const upFolder = 'fair-up';
const noopEveryMs = 4;
const ceiling = new Ceiling();

const fileBytes = (context: BenchContext) => (context.quick ? 4 : 10) * mebibyte;

async function prepare(context: BenchContext): Promise<void> {
  await makeBigFile(join(context.root, source), fileBytes(context));
  await mkdir(join(context.root, upFolder));
  // The daemons serve it as a user of their own.
  await chmod(join(context.root, upFolder), 0o777);
}

async function cleanUp(context: BenchContext): Promise<void> {
  await ceiling.stop();
  await rm(join(context.root, source), { force: true });
  await rm(join(context.root, upFolder), { recursive: true, force: true });
}

/** Removes what has come up; rejects unless every file is whole. The bare server keeps nothing. */
async function collectUploads(subject: Subject, context: BenchContext): Promise<void> {
  const folder = join(context.root, upFolder);
  let whole = 0;
  for (const name of await readdir(folder)) {
    const { size } = await stat(join(folder, name));
    if (size === fileBytes(context)) whole++;
    await rm(join(folder, name));
  }
  if (subject.name !== 'ceiling' && whole !== crowd) throw new Error(`${whole} of ${crowd} uploads are whole.`);
}

/** Nothing where no NOOP fell into the time: a server may be so far from fair that its transfers never all run. */
function shares(latencies: readonly number[], wanted: readonly (readonly [string, number])[]): Measures {
  if (latencies.length === 0) return {};
  return Object.fromEntries(wanted.map(([name, share]) => [name, percentileOf(latencies, share)]));
}

/** All transfers of one direction, with NOOPs on the idle sessions beside them. */
async function phase(moving: LoadProcess, idle: LoadProcess, movement: Movement): Promise<Measures> {
  await idle.order('beginNoops', { everyMs: noopEveryMs });
  const { began, allRun, ended } = await moving.order('transfer', movement);
  const { noops } = await idle.order('endNoops', {});
  const { direction } = movement;
  const between = (from: number, to: number): number[] =>
    noops.filter(({ sent }) => sent >= from && sent < to).map(({ latencyMs }) => latencyMs);
  const beside = between(allRun, ended);
  return {
    [direction]: (crowd * movement.bytes) / 1e6 / ((ended - began) / 1000),
    ...shares(beside, [
      [`p50 ${direction}`, 0.5],
      [`p99 ${direction}`, 0.99],
      [`max ${direction}`, 1],
    ]),
    ...shares(between(began, allRun), [[`begin ${direction}`, 0.99]]),
    [`ramp ${direction}`]: allRun - began,
  };
}

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  const target = targetOf(subject);
  await using moving = new LoadProcess();
  await using idle = new LoadProcess();
  await moving.order('open', { target, sessions: crowd });
  await idle.order('open', { target, sessions: crowd });
  const { host } = subject;
  const bytes = fileBytes(context);
  const down = await phase(moving, idle, { host, direction: 'down', path: source, bytes });
  try {
    const up = await phase(moving, idle, { host, direction: 'up', path: `${upFolder}/f#`, bytes });
    return { ...down, ...up };
  } finally {
    await collectUploads(subject, context);
  }
}

export const fairness: Workload = {
  name: 'fairness',
  about:
    '200 transfers of 10 MiB (4 MiB with --quick) at the same time over TLS 1.3, all down and then all up, beside 200 idle ' +
    'sessions. On the idle ones a NOOP goes out every 4 ms, on each in its turn; p50, p99 and max are what its reply takes once all ' +
    'transfers run, "begin" is the p99 before that, in the time ("ramp") of 200 TLS handshakes at once. ' +
    'Transfers and NOOPs come from a process each, which share two cores with the server.',
  ceilingAbout: 'a bare server in Node, from memory and into nothing',
  columns: [
    { name: 'p99 down', unit: 'ms', better: 'less', target: { value: 50 } },
    { name: 'p50 down', unit: 'ms', better: 'less' },
    { name: 'max down', unit: 'ms', better: 'less' },
    { name: 'begin down', unit: 'ms', better: 'less' },
    { name: 'ramp down', unit: 'ms', better: 'less' },
    { name: 'down', unit: 'MB/s', better: 'more' },
    { name: 'p99 up', unit: 'ms', better: 'less', target: { value: 50 } },
    { name: 'p50 up', unit: 'ms', better: 'less' },
    { name: 'max up', unit: 'ms', better: 'less' },
    { name: 'begin up', unit: 'ms', better: 'less' },
    { name: 'ramp up', unit: 'ms', better: 'less' },
    { name: 'up', unit: 'MB/s', better: 'more' },
  ],
  quickSubjects: ['twinline'],
  prepare,
  measure,
  ceiling: async (context) => measure(await ceiling.of(context), context),
  cleanUp,
};
