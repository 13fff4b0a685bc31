/** Workloads: one big file moved by our client, curl and lftp, from and to the same server. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileClients } from '../loads/file-clients.ts';
import { collectBigFile, gibibyte, makeBigFile, mebibyte } from '../loads/index.ts';
import { Ceiling } from '../subjects/bare-ftp.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const source = 'client.bin';
const names = ['twinline', 'curl', 'lftp'] as const;

const fileBytes = (context: BenchContext) => (context.quick ? 128 : 1024) * mebibyte;

/** All clients in turn, so that each round compares them on the same machine at the same time. */
async function measure(direction: 'down' | 'up', subject: Subject, context: BenchContext): Promise<Measures> {
  const bytes = fileBytes(context);
  const measures: Record<string, number> = {};
  const whole = join(context.root, source);
  for (const name of names) {
    const target = `${direction}-by-${name}.bin`;
    const arrived = join(context.root, target);
    const order = direction === 'down' ? { remote: source, local: arrived } : { remote: target, local: whole };
    const run = await fileClients[name](subject, { direction, ...order });
    // The bare server keeps nothing.
    if (direction === 'down' || subject.name !== 'ceiling') await collectBigFile(arrived, bytes);
    measures[name] = bytes / 1e6 / run.seconds;
    measures[`${name} cpu`] = run.cpuSeconds / (bytes / gibibyte);
    measures[`${name} peak`] = run.peakMib;
  }
  const { twinline = 0, curl = 0, lftp = 0 } = measures;
  return { ...measures, 'by curl': twinline / curl, 'by lftp': twinline / lftp };
}

function define(name: string, direction: 'down' | 'up'): Workload {
  const ceiling = new Ceiling();
  return {
    name,
    about:
      `One file of 1 GiB (128 MiB with --quick) ${direction} over explicit FTPS by our client, by curl and by lftp, one after the ` +
      'other in each round; a row is the server that they talk to. The whole process counts, its start and its login included. ' +
      'lftp is told not to compress. "by" is the speed of ours divided by that of the other, "peak" the most resident memory.',
    ceilingAbout: 'a bare server in Node, from memory and into nothing',
    columns: [
      { name: 'by curl', unit: '×', better: 'more', isOfClient: true, target: { value: 1 } },
      { name: 'by lftp', unit: '×', better: 'more', target: { value: 1 } },
      ...names.map((client) => ({ name: client, unit: 'MB/s', better: 'more' }) as const),
      ...names.map((client) => ({ name: `${client} cpu`, unit: 's/GiB', better: 'less' }) as const),
      ...names.map((client) => ({ name: `${client} peak`, unit: 'MiB', better: 'less' }) as const),
    ],
    subjects: ['twinline', 'vsftpd', 'pyftpdlib'],
    quickSubjects: ['twinline'],
    prepare: (context) => makeBigFile(join(context.root, source), fileBytes(context)),
    measure: (subject, context) => measure(direction, subject, context),
    ceiling: async (context) => measure(direction, await ceiling.of(context), context),
    cleanUp: async (context) => {
      await ceiling.stop();
      await rm(join(context.root, source), { force: true });
    },
  };
}

export const clientDownload = define('client-download-1gib', 'down');
export const clientUpload = define('client-upload-1gib', 'up');
