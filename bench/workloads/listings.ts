/** Workload: listings of large folders. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listedName } from '../loads/sessions/orders.ts';
import { LoadProcess, targetOf } from '../loads/sessions/load-process.ts';
import { forgetPeak, residentKib } from '../memory.ts';
import { Ceiling } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const sizes = (context: BenchContext) => (context.quick ? [20_000] : [20_000, 200_000]);
const folderOf = (entries: number) => `listed-${entries}`;
const ceiling = new Ceiling();
const withoutMlsd: ReadonlySet<string> = new Set(['vsftpd']);

async function prepare(context: BenchContext): Promise<void> {
  for (const entries of sizes(context)) {
    const folder = join(context.root, folderOf(entries));
    await mkdir(folder, { mode: 0o755 });
    for (let first = 1; first <= entries; first += 1000) {
      const names = Array.from({ length: Math.min(1000, entries - first + 1) }, (_, index) =>
        listedName(first + index),
      );
      await Promise.all(names.map((name) => writeFile(join(folder, name), '', { mode: 0o644 })));
    }
  }
}

async function cleanUp(context: BenchContext): Promise<void> {
  await ceiling.stop();
  for (const entries of sizes(context))
    await rm(join(context.root, folderOf(entries)), { recursive: true, force: true });
}

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  await using load = new LoadProcess();
  const measures: Record<string, number> = {};
  for (const entries of sizes(context)) {
    for (const verb of ['MLSD', 'LIST'] as const) {
      if (verb === 'MLSD' ? withoutMlsd.has(subject.name) : subject.name === 'ceiling') continue;
      forgetPeak(subject.pid);
      const before = residentKib(subject.pid).now;
      const order = { target: targetOf(subject), verb, path: folderOf(entries), entries };
      const { elapsedMs } = await load.order('list', order);
      measures[`${verb} ${entries / 1000}k`] = elapsedMs;
      if (verb === 'MLSD') measures[`${entries / 1000}k rate`] = entries / (elapsedMs / 1000);
      if (subject.name === 'twinline') {
        const grown = (residentKib(subject.pid).peak - before) / 1024;
        measures['peak'] = Math.max(measures['peak'] ?? 0, grown);
      }
    }
  }
  return measures;
}

export const listings: Workload = {
  name: 'listings',
  about:
    'MLSD and LIST of folders with 20,000 and 200,000 empty files (20,000 with --quick) over TLS 1.3, from the command to 226; ' +
    'each name is looked for when the clock has stopped. vsftpd has no MLSD. "peak" is what the resident memory of ours grows by ' +
    'at most meanwhile.',
  ceilingAbout: 'a bare server in Node that has the listing ready in memory',
  columns: [
    { name: 'MLSD 20k', unit: 'ms', better: 'less', target: { timesBestPeer: 1 } },
    { name: 'LIST 20k', unit: 'ms', better: 'less' },
    { name: 'MLSD 200k', unit: 'ms', better: 'less' },
    { name: 'LIST 200k', unit: 'ms', better: 'less' },
    { name: '20k rate', unit: 'entries/s', better: 'more' },
    { name: '200k rate', unit: 'entries/s', better: 'more' },
    { name: 'peak', unit: 'MiB', better: 'less' },
  ],
  prepare,
  measure,
  ceiling: async (context) => measure(await ceiling.of(context), context),
  cleanUp,
};
