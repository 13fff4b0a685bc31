/** Workloads: many small files down and up on one session, by curl in one call and by the raw generator that sends two commands at once. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  curl,
  curlLogin,
  makeSmallFiles,
  rangeOf,
  smallFileBytes,
  smallFileName,
  smallTransfers,
  startOrigin,
  urlOf,
  withUploadFolder,
} from '../loads/index.ts';
import type { BenchContext, Column, Measures, Subject, Workload } from '../workload.ts';

const folder = 'small';
const upFolder = 'small-up';
const fewFiles = 10;
/** What the files of one column may take in all, in milliseconds: some servers wait for each and do not work. */
const columnMs = { full: 60_000, quick: 3_000 };

interface Variant {
  readonly name: string;
  /** Behind "explicit FTPS". */
  readonly about: string;
  readonly files: number;
  readonly quickFiles: number;
  readonly curlOptions: readonly string[];
  /** Whether the raw generator takes part. */
  readonly isRawAsked: boolean;
  readonly columns: readonly Column[];
  readonly maxRounds?: number;
}

async function millisecondsByCurl(count: number, args: readonly [string, ...string[]]): Promise<number> {
  const result = await curl(...args, '-w', '%{size_download} %{size_upload}\n');
  const lines = result.stdout.toString().trim().split('\n');
  const whole = lines.filter((line) => line.split(' ').map(Number).includes(smallFileBytes)).length;
  if (whole !== count) throw new Error(`${whole} of ${count} files arrived whole.`);
  return result.durationMs / count;
}

/** One subject and as many files as it gets. */
interface Measured {
  readonly subject: Subject;
  readonly context: BenchContext;
  readonly curlOptions: readonly string[];
  readonly count: number;
}

function curlDown({ subject, curlOptions, count }: Measured): Promise<number> {
  const url = urlOf(subject, `${folder}/${rangeOf(smallFileName, count)}`);
  return millisecondsByCurl(count, [url, ...curlOptions, ...curlLogin(subject), '-o', '/dev/null']);
}

function curlUp({ subject, context, curlOptions, count }: Measured): Promise<number> {
  const files = join(context.root, folder, rangeOf(smallFileName, count));
  return withUploadFolder(join(context.root, upFolder), count, () =>
    millisecondsByCurl(count, [urlOf(subject, `${upFolder}/`), ...curlOptions, ...curlLogin(subject), '-T', files]),
  );
}

async function raw(mode: 'get' | 'put', { subject, context, count }: Measured): Promise<number> {
  const { host, controlPort: port, user, password } = subject;
  const path = `${mode === 'get' ? folder : upFolder}/${smallFileName}`;
  const order = { mode, host, port, user, password, path, count, bytes: smallFileBytes };
  const move = async () => (await smallTransfers(order)).elapsedMs / count;
  return mode === 'get' ? move() : withUploadFolder(join(context.root, upFolder), count, move);
}

async function ceiling(variant: Variant, count: number, context: BenchContext): Promise<Measures> {
  await using origin = await startOrigin(context);
  const at = `https://127.0.0.1:${origin.port}`;
  const get = `${at}/${smallFileBytes}?${rangeOf(smallFileName, count)}`;
  const files = join(context.root, folder, rangeOf(smallFileName, count));
  const byCurl = {
    curl: await millisecondsByCurl(count, [get, ...variant.curlOptions, '-o', '/dev/null']),
    'curl up': await millisecondsByCurl(count, [`${at}/`, ...variant.curlOptions, '-T', files, '-H', 'Expect:']),
    files: count,
  };
  if (!variant.isRawAsked) return byCurl;
  const order = { host: '127.0.0.1', port: origin.port, path: '*', count, bytes: smallFileBytes };
  const down = await smallTransfers({ mode: 'raw-get', ...order });
  const up = await smallTransfers({ mode: 'raw-put', ...order });
  return { ...byCurl, paired: down.elapsedMs / count, 'paired up': up.elapsedMs / count };
}

const unit = 'ms/file';
const rawColumns: readonly Column[] = [
  { name: 'paired', unit, better: 'less' },
  { name: 'paired up', unit, better: 'less' },
];

function define(variant: Variant): Workload {
  const { files, quickFiles, curlOptions } = variant;
  const all = (context: BenchContext) => (context.quick ? quickFiles : files);

  /** As many as the first few say that there is time for. */
  async function countFor(subject: Subject, context: BenchContext): Promise<number> {
    const each = await curlDown({ subject, context, curlOptions, count: fewFiles });
    const affordable = Math.floor((context.quick ? columnMs.quick : columnMs.full) / each);
    return Math.min(all(context), Math.max(fewFiles, affordable));
  }

  async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
    const count = await countFor(subject, context);
    const measured = { subject, context, curlOptions, count };
    const byCurl = { curl: await curlDown(measured), 'curl up': await curlUp(measured), files: count };
    if (!variant.isRawAsked) return byCurl;
    return { ...byCurl, paired: await raw('get', measured), 'paired up': await raw('put', measured) };
  }

  const thousands = files.toLocaleString('en-GB');
  return {
    name: variant.name,
    about:
      `${thousands} files of 4 KiB (${quickFiles} with --quick) down and up over explicit FTPS${variant.about} in one call of curl, the whole ` +
      `call divided by the number of files${variant.isRawAsked ? pairedAbout : ''}. A server that is very slow is measured with fewer files.`,
    ceilingAbout:
      'the same files over bare TLS with HTTP/1.0, a new connection with a resumed session for each, by the same load generators',
    columns: [
      ...variant.columns,
      ...(variant.isRawAsked ? rawColumns : []),
      { name: 'files', unit: 'a round', better: 'more' },
    ],
    // The daemons that fork wait a fifth of a second for each file, and pyftpdlib does so by chance.
    quickSubjects: files > 1000 ? [] : variant.isRawAsked ? ['twinline', 'pyftpdlib'] : ['twinline'],
    ...(variant.maxRounds !== undefined && { maxRounds: variant.maxRounds }),
    prepare: (context) => makeSmallFiles(join(context.root, folder), all(context)),
    measure,
    ceiling: (context) => ceiling(variant, all(context), context),
    cleanUp: async (context) => {
      for (const name of [folder, upFolder]) await rm(join(context.root, name), { recursive: true, force: true });
    },
  };
}

const pairedAbout =
  '; "paired" is a Node process that sends EPSV together with RETR or STOR in one write, timed from the first command to the last 226';

const columns: readonly Column[] = [
  { name: 'curl', unit, better: 'less', target: { value: 2.5, timesBestPeer: 1 } },
  { name: 'curl up', unit, better: 'less' },
];

const variant = { quickFiles: 50, isRawAsked: true, curlOptions: [], columns, about: ' as curl does it by itself' };

export const smallFiles = define({ ...variant, name: 'small-files', files: 1000 });
export const smallFilesTls13 = define({
  ...variant,
  name: 'small-files-tls13',
  files: 1000,
  isRawAsked: false,
  curlOptions: ['--tlsv1.3'],
  about: ' with TLS 1.3 alone',
});
export const smallFiles10000 = define({
  ...variant,
  name: 'small-files-10000',
  files: 10_000,
  columns: columns.map(({ name, better }) => ({ name, better, unit })),
  maxRounds: 2,
});
