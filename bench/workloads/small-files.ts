/** Workloads: a thousand small files down in one call of curl, with the version of TLS that it chooses and with TLS 1.3 alone. */

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandResult } from '../../src/testing/index.ts';
import { curl, curlLogin, startOrigin, urlOf } from '../loads/index.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const fileBytes = 4096;
const folder = 'small';
/** A subject so slow that a round would take longer than this is measured with fewer files. */
const roundLimitMs = 15_000;
const fewFiles = 10;

const allFiles = (context: BenchContext) => (context.quick ? 250 : 1000);
const nameOf = (index: number) => `f${String(index).padStart(4, '0')}`;
/** The range of names as curl's URLs write it. */
const range = (count: number) => `f[0001-${String(count).padStart(4, '0')}]`;

async function prepare(context: BenchContext): Promise<void> {
  const bytes = Buffer.alloc(fileBytes, 0x61);
  await mkdir(join(context.root, folder), { recursive: true, mode: 0o755 });
  for (let index = 1; index <= allFiles(context); index++) {
    await writeFile(join(context.root, folder, nameOf(index)), bytes, { mode: 0o644 });
  }
}

async function millisecondsPerFile(count: number, run: () => Promise<CommandResult>): Promise<number> {
  const result = await run();
  const sizes = result.stdout.toString().trim().split('\n').map(Number);
  const whole = sizes.filter((size) => size === fileBytes).length;
  if (whole !== count) throw new Error(`${whole} of ${count} files arrived whole.`);
  return result.durationMs / count;
}

const printSizes = ['-o', '/dev/null', '-w', '%{size_download}\n'];

interface Variant {
  readonly name: string;
  /** Behind "explicit FTPS". */
  readonly about: string;
  readonly curlOptions: readonly string[];
}

function define({ name, about, curlOptions }: Variant): Workload {
  /** How many files a subject gets in a round, once its warm-up has shown how slow it is. */
  const counts = new Map<string, number>();

  function measureCount(subject: Subject, count: number): Promise<number> {
    const url = urlOf(subject, `${folder}/${range(count)}`);
    return millisecondsPerFile(count, () => curl(url, ...curlOptions, ...curlLogin(subject), ...printSizes));
  }

  async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
    const known = counts.get(subject.name);
    if (known !== undefined) return { curl: await measureCount(subject, known), files: known };
    const guess = await measureCount(subject, fewFiles);
    const slow = guess * allFiles(context) > roundLimitMs;
    counts.set(subject.name, slow ? fewFiles : allFiles(context));
    return slow ? { curl: guess, files: fewFiles } : measure(subject, context);
  }

  async function ceiling(context: BenchContext): Promise<Measures> {
    await using origin = await startOrigin(context);
    const count = allFiles(context);
    const url = `https://127.0.0.1:${origin.port}/${fileBytes}?${range(count)}`;
    return { curl: await millisecondsPerFile(count, () => curl(url, ...curlOptions, ...printSizes)), files: count };
  }

  return {
    name,
    about:
      `1,000 files of 4 KiB (250 with --quick) down over explicit FTPS${about} in one call of curl, the whole call divided by ` +
      `the number of files. A subject that would need more than ${roundLimitMs / 1000} s is measured with ${fewFiles} files.`,
    ceilingAbout: 'the same files over bare TLS with HTTP/1.0, a new connection with a resumed session for each',
    columns: [
      { name: 'curl', unit: 'ms/file', better: 'less' },
      { name: 'files', unit: 'a round', better: 'more' },
    ],
    prepare,
    measure,
    ceiling,
    cleanUp: (context) => rm(join(context.root, folder), { recursive: true, force: true }),
  };
}

export const smallFiles = define({ name: 'small-files', about: ' as curl does it by itself', curlOptions: [] });
export const smallFilesTls13 = define({
  name: 'small-files-tls13',
  about: ' with TLS 1.3 alone',
  curlOptions: ['--tlsv1.3'],
});
