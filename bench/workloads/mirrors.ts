/** Workloads: a folder of small files mirrored down and up with four sessions, by our client and by lftp. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, type CommandResult } from '../../src/testing/index.ts';
import {
  checkSmallFiles,
  curl,
  makeSmallFiles,
  type MirrorClient,
  mirrorByLftp,
  mirrorByTwinline,
  rangeOf,
  smallFileBytes,
  smallFileName,
  startOrigin,
  withUploadFolder,
} from '../loads/index.ts';
import type { BenchContext, Measures, Subject, Target, Workload } from '../workload.ts';

const folder = 'mirrored';
const upFolder = 'mirrored-up';

interface Variant {
  readonly name: string;
  readonly files: number;
  readonly quickFiles: number;
  /** Of the ratios. */
  readonly target?: Target;
  readonly subjects?: readonly string[];
  readonly maxRounds?: number;
}

function durationOf(result: CommandResult): number {
  if (result.exitCode === 0) return result.durationMs;
  throw new Error(`The mirror ended with ${result.exitCode ?? 'no exit code, its time over'}: ${result.stderr.trim()}`);
}

async function down(client: MirrorClient, subject: Subject, count: number, context: BenchContext): Promise<number> {
  await using target = await createTempFolder('twinline-bench-mirror-', context.root);
  const local = target.join('to');
  const ended = await client(subject, { direction: 'down', remote: folder, local });
  const duration = durationOf(ended);
  await checkSmallFiles(local, count);
  return duration / count;
}

async function up(client: MirrorClient, subject: Subject, count: number, context: BenchContext): Promise<number> {
  const order = { direction: 'up', remote: upFolder, local: join(context.root, folder) } as const;
  return withUploadFolder(
    join(context.root, upFolder),
    count,
    async () => durationOf(await client(subject, order)) / count,
  );
}

async function measure(subject: Subject, count: number, context: BenchContext): Promise<Measures> {
  const ours = await down(mirrorByTwinline, subject, count, context);
  const theirs = await down(mirrorByLftp, subject, count, context);
  const oursUp = await up(mirrorByTwinline, subject, count, context);
  const theirsUp = await up(mirrorByLftp, subject, count, context);
  return {
    down: ours,
    'lftp down': theirs,
    'down ratio': theirs / ours,
    up: oursUp,
    'lftp up': theirsUp,
    'up ratio': theirsUp / oursUp,
  };
}

async function ceiling(count: number, context: BenchContext): Promise<Measures> {
  await using origin = await startOrigin(context);
  const url = `https://127.0.0.1:${origin.port}/${smallFileBytes}?${rangeOf(smallFileName, count)}`;
  const all = await curl(url, '-Z', '--parallel-max', '4', '-o', '/dev/null');
  return { down: all.durationMs / count };
}

function define(variant: Variant): Workload {
  const { name, files, quickFiles, target, subjects, maxRounds } = variant;
  const asked = target && { target };
  const count = (context: BenchContext) => (context.quick ? quickFiles : files);
  return {
    name,
    about:
      `${files.toLocaleString('en-GB')} files of 4 KiB (${quickFiles} with --quick) mirrored over explicit FTPS with four sessions by ` +
      "`twinline mirror` and by Debian's `lftp mirror`, down and up, against each server: the whole process divided by the " +
      'number of files. A ratio is the time of lftp divided by ours. Both clients are what is measured here, beside the server.',
    ceilingAbout: 'the same files over bare TLS with HTTP/1.0 in four connections at once by curl, and into nothing',
    columns: [
      { name: 'down', unit: 'ms/file', better: 'less', isOfClient: true },
      { name: 'lftp down', unit: 'ms/file', better: 'less' },
      { name: 'down ratio', unit: '×', better: 'more', ...asked },
      { name: 'up', unit: 'ms/file', better: 'less' },
      { name: 'lftp up', unit: 'ms/file', better: 'less' },
      { name: 'up ratio', unit: '×', better: 'more', ...asked },
    ],
    ...(subjects && { subjects }),
    quickSubjects: files > 1000 ? [] : ['twinline'],
    ...(maxRounds !== undefined && { maxRounds }),
    prepare: (context) => makeSmallFiles(join(context.root, folder), count(context)),
    measure: (subject, context) => measure(subject, count(context), context),
    ceiling: (context) => ceiling(count(context), context),
    cleanUp: async (context) => {
      for (const name of [folder, upFolder]) await rm(join(context.root, name), { recursive: true, force: true });
    },
  };
}

export const mirrorSmallFiles = define({
  name: 'mirror-small-files',
  files: 1000,
  quickFiles: 250,
  target: { value: 3 },
});

/** lftp takes minutes for it, so that one server beside ours must do. */
export const mirrorSmallFiles10000 = define({
  name: 'mirror-small-files-10000',
  files: 10_000,
  quickFiles: 250,
  subjects: ['twinline', 'vsftpd'],
  maxRounds: 1,
});
