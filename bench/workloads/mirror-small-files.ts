/** Workload: a folder of a thousand small files mirrored down and up with four sessions, by our client and by lftp. */

import { chmod, mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder } from '../../src/testing/index.ts';
import {
  curl,
  type MirrorClient,
  mirrorByLftp,
  mirrorByTwinline,
  type MirrorOrder,
  startOrigin,
} from '../loads/index.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const fileBytes = 4096;
const folder = 'mirrored';
const upFolder = 'mirrored-up';

const allFiles = (context: BenchContext) => (context.quick ? 250 : 1000);
const nameOf = (index: number) => `f${String(index).padStart(4, '0')}`;

async function prepare(context: BenchContext): Promise<void> {
  const bytes = Buffer.alloc(fileBytes, 0x61);
  await mkdir(join(context.root, folder), { recursive: true, mode: 0o755 });
  for (let index = 1; index <= allFiles(context); index++) {
    await writeFile(join(context.root, folder, nameOf(index)), bytes, { mode: 0o644 });
  }
}

/** Milliseconds for each file, the whole process counted; rejects unless every file is whole. */
async function run(
  client: MirrorClient,
  subject: Subject,
  order: MirrorOrder,
  result: string,
  count: number,
): Promise<number> {
  const ended = await client(subject, order);
  if (ended.exitCode !== 0) throw new Error(`The mirror ended with ${ended.exitCode}: ${ended.stderr.trim()}`);
  const names = await readdir(result);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(result, name))).size));
  const whole = sizes.filter((size) => size === fileBytes).length;
  if (whole !== count || names.length !== count) throw new Error(`${whole} of ${count} files arrived whole.`);
  return ended.durationMs / count;
}

async function down(client: MirrorClient, subject: Subject, context: BenchContext): Promise<number> {
  await using target = await createTempFolder('twinline-bench-mirror-', context.root);
  const local = target.join('to');
  return run(client, subject, { direction: 'down', remote: folder, local }, local, allFiles(context));
}

async function up(client: MirrorClient, subject: Subject, context: BenchContext): Promise<number> {
  const there = join(context.root, upFolder);
  await mkdir(there, { mode: 0o777 });
  // The daemons serve it as a user of their own.
  await chmod(there, 0o777);
  try {
    const local = join(context.root, folder);
    return await run(client, subject, { direction: 'up', remote: upFolder, local }, there, allFiles(context));
  } finally {
    await rm(there, { recursive: true, force: true });
  }
}

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  const ours = await down(mirrorByTwinline, subject, context);
  const theirs = await down(mirrorByLftp, subject, context);
  const oursUp = await up(mirrorByTwinline, subject, context);
  const theirsUp = await up(mirrorByLftp, subject, context);
  return {
    down: ours,
    'lftp down': theirs,
    'down ratio': theirs / ours,
    up: oursUp,
    'lftp up': theirsUp,
    'up ratio': theirsUp / oursUp,
  };
}

async function ceiling(context: BenchContext): Promise<Measures> {
  await using origin = await startOrigin(context);
  const count = allFiles(context);
  const range = `f[0001-${String(count).padStart(4, '0')}]`;
  const all = await curl(
    `https://127.0.0.1:${origin.port}/${fileBytes}?${range}`,
    '-Z',
    '--parallel-max',
    '4',
    '-o',
    '/dev/null',
  );
  return { down: all.durationMs / count };
}

export const mirrorSmallFiles: Workload = {
  name: 'mirror-small-files',
  about:
    '1,000 files of 4 KiB (250 with --quick) mirrored over explicit FTPS with four sessions by `twinline mirror` and by ' +
    "Debian's `lftp mirror`, down and up, against each server: the whole process divided by the number of files. A ratio is the " +
    'time of lftp divided by ours.',
  ceilingAbout: 'the same files over bare TLS with HTTP/1.0 in four connections at once by curl, and into nothing',
  columns: [
    { name: 'down', unit: 'ms/file', better: 'less' },
    { name: 'lftp down', unit: 'ms/file', better: 'less' },
    { name: 'down ratio', unit: '×', better: 'more' },
    { name: 'up', unit: 'ms/file', better: 'less' },
    { name: 'lftp up', unit: 'ms/file', better: 'less' },
    { name: 'up ratio', unit: '×', better: 'more' },
  ],
  prepare,
  measure,
  ceiling,
  cleanUp: async (context) => {
    for (const name of [folder, upFolder]) await rm(join(context.root, name), { recursive: true, force: true });
  },
};
