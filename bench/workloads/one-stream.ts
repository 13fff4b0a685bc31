/** One big file over TLS 1.3 in one stream, down or up, with the raw generator and with curl. */

import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds, processTree } from '../../test/fixtures/peers/index.ts';
import {
  curl,
  curlLogin,
  curlTransferTime,
  rawTransferSeconds,
  startOrigin,
  transferSeconds,
  urlOf,
} from '../loads/index.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const mebibyte = 1024 * 1024;
const source = 'big.bin';

const fileBytes = (context: BenchContext) => (context.quick ? 256 : 1024) * mebibyte;
const megabytesPerSecond = (bytes: number, seconds: number) => bytes / 1e6 / seconds;

async function writeSource(context: BenchContext): Promise<void> {
  const piece = Buffer.alloc(mebibyte, 0x61);
  function* pieces() {
    for (let left = fileBytes(context); left > 0; left -= piece.length) yield piece;
  }
  await pipeline(pieces, createWriteStream(join(context.root, source), { mode: 0o644 }));
}

/** Processor seconds of the server while `work` runs; waits until the session's own processes have ended and count. */
async function withCpu(subject: Subject, work: () => Promise<number>): Promise<{ seconds: number; cpu: number }> {
  const idle = processTree(subject.pid).length;
  const before = cpuSeconds(subject.pid);
  const seconds = await work();
  for (let wait = 0; wait < 100 && processTree(subject.pid).length > idle; wait++) await sleep(20);
  return { seconds, cpu: cpuSeconds(subject.pid) - before };
}

/** Checks an upload by its length and removes it. */
async function collect(path: string, bytes: number): Promise<void> {
  const { size } = await stat(path);
  await rm(path);
  if (size !== bytes) throw new Error(`The upload has ${size} bytes in place of ${bytes}.`);
}

async function measure(direction: 'get' | 'put', subject: Subject, context: BenchContext): Promise<Measures> {
  const bytes = fileBytes(context);
  const { host, controlPort: port, user, password } = subject;
  const path = direction === 'get' ? source : `up-${subject.name}.bin`;
  const order = { mode: direction, host, port, user, password, path, bytes };
  const raw = await withCpu(subject, () => rawTransferSeconds(order));
  if (direction === 'put') await collect(join(subject.root, path), bytes);
  const upload = direction === 'put' ? ['-T', join(context.root, source)] : [];
  const byCurl = await curl(urlOf(subject, path), ...curlLogin(subject), ...upload, ...curlTransferTime, '--tlsv1.3');
  if (direction === 'put') await collect(join(subject.root, path), bytes);
  return {
    raw: megabytesPerSecond(bytes, raw.seconds),
    curl: megabytesPerSecond(bytes, transferSeconds(byCurl)),
    cpu: raw.cpu / (bytes / 1024 ** 3),
  };
}

async function ceiling(direction: 'get' | 'put', context: BenchContext): Promise<Measures> {
  await using origin = await startOrigin(context);
  const bytes = fileBytes(context);
  const raw = await rawTransferSeconds({
    mode: direction === 'get' ? 'raw-get' : 'raw-put',
    host: '127.0.0.1',
    port: origin.port,
    path: `/${bytes}`,
    bytes,
  });
  const upload = direction === 'put' ? ['-T', join(context.root, source), '-H', 'Expect:'] : [];
  const byCurl = await curl(`https://127.0.0.1:${origin.port}/${bytes}`, ...upload, ...curlTransferTime, '--tlsv1.3');
  return { raw: megabytesPerSecond(bytes, raw), curl: megabytesPerSecond(bytes, transferSeconds(byCurl)) };
}

/** Makes the workload of one direction. */
export function oneStream(name: string, direction: 'get' | 'put'): Workload {
  return {
    name,
    about:
      `One file of 1 GiB (256 MiB with --quick) ${direction === 'get' ? 'down' : 'up'} over explicit FTPS with TLS 1.3, one ` +
      'stream. "raw" is a Node process with 256 KiB buffers that resumes the TLS session and keeps nothing, timed from the ' +
      `command to 226; "curl" is Debian's curl, its login left out.`,
    ceilingAbout: 'bare TLS 1.3 on loopback, Node at the far end, from memory and into nothing',
    columns: [
      { name: 'raw', unit: 'MB/s', better: 'more' },
      { name: 'curl', unit: 'MB/s', better: 'more' },
      { name: 'cpu', unit: 's/GiB (server, raw)', better: 'less' },
    ],
    prepare: writeSource,
    measure: (subject, context) => measure(direction, subject, context),
    ceiling: (context) => ceiling(direction, context),
    cleanUp: (context) => rm(join(context.root, source), { force: true }),
  };
}
