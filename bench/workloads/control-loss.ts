/** Workload: how long a data line outlives its control line. */

import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LoadProcess, targetOf } from '../loads/sessions/load-process.ts';
import { percentileOf } from '../statistics.ts';
import { Ceiling } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const crowd = 200;
const source = 'endless.bin';
/** A file with nothing in it, too long to come to its end. */
const sourceBytes = 1024 ** 4;
const limitMs = 2000;
const endings = ['RST', 'FIN'] as const;
const ceiling = new Ceiling();

const breakCount = (context: BenchContext) => (context.quick ? 5 : 25);

async function prepare(context: BenchContext): Promise<void> {
  await writeFile(join(context.root, source), '', { mode: 0o644 });
  await truncate(join(context.root, source), sourceBytes);
}

/** Breaks the prepared downloads of each kind of ending. */
async function breakAll(load: LoadProcess, suffix: string, context: BenchContext): Promise<Measures> {
  const measures: Record<string, number> = {};
  for (const ending of endings) {
    const { timesMs } = await load.order('breaks', { ending, count: breakCount(context), limitMs });
    measures[`${ending} p50${suffix}`] = percentileOf(timesMs, 0.5);
    measures[`${ending} p99${suffix}`] = percentileOf(timesMs, 0.99);
  }
  return measures;
}

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  const target = targetOf(subject);
  const order = { target, count: endings.length * breakCount(context), path: source };
  await using load = new LoadProcess();
  await load.order('prepareBreaks', order);
  const alone = await breakAll(load, '', context);
  await load.order('prepareBreaks', order);
  await using crowded = new LoadProcess();
  await crowded.order('open', { target, sessions: crowd });
  await crowded.order('beginTransfers', { host: subject.host, direction: 'down', path: source, bytes: sourceBytes });
  const beside = await breakAll(load, ' beside 200', context);
  const { running } = await crowded.order('lookAtTransfers', {});
  if (running !== crowd) throw new Error(`${running} of ${crowd} transfers were running at the end.`);
  return { ...alone, ...beside };
}

const column = (name: string) => ({ name, unit: 'ms', better: 'less' }) as const;

export const controlLoss: Workload = {
  name: 'control-loss',
  about:
    'The control line of a download breaks off, by a reset (RST) or by a program that ends (FIN): until the client sees the end of ' +
    'its data line, 25 times each (5 with --quick), alone and beside 200 downloads that run without end. A server that goes ' +
    `on sending counts with ${limitMs} ms. Both load processes share two cores with the server.`,
  ceilingAbout: 'a bare server in Node that ends the data line as soon as it sees the end of the control line',
  columns: [
    ...endings.map((ending) => ({ ...column(`${ending} p99 beside 200`), target: { value: 50 } })),
    ...endings.map((ending) => column(`${ending} p50 beside 200`)),
    ...endings.flatMap((ending) => [column(`${ending} p50`), column(`${ending} p99`)]),
  ],
  quickSubjects: ['twinline'],
  prepare,
  measure,
  ceiling: async (context) => measure(await ceiling.of(context), context),
  cleanUp: async (context) => {
    await ceiling.stop();
    await rm(join(context.root, source), { force: true });
  },
};
