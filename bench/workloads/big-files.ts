/** One gibibyte in one stream or in several at once, down or up, under TLS 1.3 or in clear, with the raw generator and with curl. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  collectBigFile,
  curlLogin,
  curlTransfers,
  gibibyte,
  makeBigFile,
  mebibyte,
  rawTransfers,
  type RawTotal,
  startOrigin,
  urlOf,
} from '../loads/index.ts';
import type { BenchContext, Measures, Subject, Target, Workload } from '../workload.ts';

interface Plan {
  readonly name: string;
  readonly direction: 'down' | 'up';
  readonly streams: number;
  readonly tls: boolean;
  readonly target: Target;
}

const totalBytes = (context: BenchContext) => (context.quick ? 128 * mebibyte : gibibyte);
const fileBytes = (plan: Plan, context: BenchContext) => totalBytes(context) / plan.streams;
const streamsOf = (plan: Plan) => Array.from({ length: plan.streams }, (_, index) => index);
const source = (index: number) => `big-${index}.bin`;

async function writeSources(plan: Plan, context: BenchContext): Promise<void> {
  for (const index of streamsOf(plan)) await makeBigFile(join(context.root, source(index)), fileBytes(plan, context));
}

async function collect(paths: readonly string[], bytes: number): Promise<void> {
  for (const path of paths) await collectBigFile(path, bytes);
}

async function measure(plan: Plan, subject: Subject, context: BenchContext): Promise<Measures> {
  const { tls, direction } = plan;
  const bytes = fileBytes(plan, context);
  const { host, controlPort: port, user, password } = subject;
  const mode = direction === 'down' ? 'get' : 'put';
  const streams = streamsOf(plan);
  const path = (index: number) => (direction === 'down' ? source(index) : `up-${subject.name}-${index}.bin`);
  const uploads = direction === 'down' ? [] : streams.map((index) => join(subject.root, path(index)));
  const orders = streams.map((index) => ({ mode, tls, host, port, user, password, path: path(index), bytes }) as const);
  const raw = await rawTransfers(orders, subject.pid);
  await collect(uploads, bytes);
  const measures = { ...rawMeasures(context, raw), cpu: raw.serverCpuSeconds / (totalBytes(context) / gibibyte) };
  if (!isCurlAsked(plan, context)) return measures;
  const upload = (index: number) => (direction === 'up' ? ['-T', join(context.root, source(index))] : []);
  const seconds = await curlTransfers(
    streams.map((index) => [urlOf(subject, path(index)), ...curlLogin(subject, tls), ...upload(index), ...tls13(tls)]),
  );
  await collect(uploads, bytes);
  return { ...measures, curl: megabytes(context) / seconds };
}

const megabytes = (context: BenchContext) => totalBytes(context) / 1e6;

/** A first look has it once. */
const isCurlAsked = ({ streams, tls }: Plan, { quick }: BenchContext) => !quick || (streams === 1 && tls);

const tls13 = (tls: boolean): string[] => (tls ? ['--tlsv1.3'] : []);

function rawMeasures(context: BenchContext, raw: RawTotal): Measures {
  return { raw: megabytes(context) / raw.seconds, 'raw load': (raw.cpuSeconds / raw.seconds) * 100 };
}

async function ceiling(plan: Plan, context: BenchContext): Promise<Measures> {
  await using origin = await startOrigin(context);
  const { tls, direction } = plan;
  const bytes = fileBytes(plan, context);
  const port = tls ? origin.port : origin.clearPort;
  const path = `/${bytes}`;
  const mode = direction === 'down' ? 'raw-get' : 'raw-put';
  const streams = streamsOf(plan);
  const raw = await rawTransfers(streams.map(() => ({ mode, tls, host: '127.0.0.1', port, path, bytes }) as const));
  const measures = rawMeasures(context, raw);
  if (!isCurlAsked(plan, context)) return measures;
  const url = `${tls ? 'https' : 'http'}://127.0.0.1:${port}${path}`;
  const upload = (index: number) =>
    direction === 'up' ? ['-T', join(context.root, source(index)), '-H', 'Expect:'] : [];
  const seconds = await curlTransfers(streams.map((index) => [url, ...upload(index), ...tls13(tls)]));
  return { ...measures, curl: megabytes(context) / seconds };
}

/** Makes the workload of a plan. */
export function bigFiles(plan: Plan): Workload {
  const { direction, streams, tls, target } = plan;
  const files = streams === 1 ? 'One file of 1 GiB' : `${streams} files of ${1024 / streams} MiB at once`;
  const security = tls ? 'explicit FTPS with TLS 1.3' : 'clear FTP';
  const bare = tls ? 'bare TLS 1.3' : 'bare TCP, without sendfile,';
  return {
    name: plan.name,
    about:
      `${files} (${streams === 1 ? '' : 'together '}128 MiB with --quick) ${direction} over ${security}. "raw" is ` +
      `${streams === 1 ? 'a Node process' : 'a Node process for each'} with 256 KiB buffers that ` +
      `${tls ? 'resumes the TLS session and ' : ''}keeps nothing, timed from the command to 226; "raw load" is how busy ` +
      `${streams === 1 ? 'it keeps' : 'they keep'} processors meanwhile (100 is one of them); "curl" is Debian's curl, its login left out.`,
    ceilingAbout: `${bare} on loopback with the same load generators, one Node process at the far end, from memory and into nothing`,
    columns: [
      { name: 'raw', unit: 'MB/s', better: 'more', target },
      { name: 'curl', unit: 'MB/s', better: 'more', target },
      { name: 'cpu', unit: 's/GiB (server, raw)', better: 'less' },
      { name: 'raw load', unit: '%', better: 'less' },
    ],
    ...(!tls && { quickSubjects: ['twinline', 'vsftpd'] }),
    prepare: (context) => writeSources(plan, context),
    measure: (subject, context) => measure(plan, subject, context),
    ceiling: (context) => ceiling(plan, context),
    cleanUp: async (context) => {
      for (const index of streamsOf(plan)) await rm(join(context.root, source(index)), { force: true });
    },
  };
}
