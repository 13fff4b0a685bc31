/** Workload: one file through `twinline proxy` and without it, one after the other in each round. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, startProcess } from '../../src/testing/index.ts';
import { collectBigFile, makeBigFile, mebibyte, rawTransferSeconds, startOrigin } from '../loads/index.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const source = 'proxied.bin';
const launcher = join(import.meta.dirname, '../../bin/twinline.js');

const fileBytes = (context: BenchContext) => (context.quick ? 64 : 256) * mebibyte;

/** The proxy in a process of its own, in front of a subject. */
async function startProxy(subject: Subject, context: BenchContext) {
  const folder = await createTempFolder('twinline-bench-proxy-');
  const url = `ftpes://${subject.host}:${subject.controlPort}`;
  const args = ['proxy', url, '-k', '--listen', '127.0.0.1:0', '--data-dir', folder.path, '--json'];
  const running = await startProcess(process.execPath, [launcher, ...args]);
  const stop = async () => {
    await running.stop();
    await folder.remove();
  };
  context.alsoStop(stop);
  const [line] = await running.waitForLine(/^\{"kind":"ready".*\}$/m, 20_000);
  const { listen } = JSON.parse(line) as { listen: { port: number } };
  return { port: listen.port, [Symbol.asyncDispose]: stop };
}

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  const bytes = fileBytes(context);
  const { host, controlPort, user, password, root } = subject;
  const up = `up-${subject.name}.bin`;
  const move = async (mode: 'get' | 'put', port: number): Promise<number> => {
    const path = mode === 'get' ? source : up;
    const seconds = await rawTransferSeconds({ mode, host, port, user, password, path, bytes });
    if (mode === 'put') await collectBigFile(join(root, up), bytes);
    return seconds;
  };
  await using proxy = await startProxy(subject, context);
  const direct = { down: await move('get', controlPort), up: await move('put', controlPort) };
  const proxied = { down: await move('get', proxy.port), up: await move('put', proxy.port) };
  const speed = (seconds: number): number => bytes / 1e6 / seconds;
  return {
    down: speed(proxied.down),
    'down ratio': direct.down / proxied.down,
    up: speed(proxied.up),
    'up ratio': direct.up / proxied.up,
  };
}

async function ceiling(context: BenchContext): Promise<Measures> {
  await using origin = await startOrigin(context);
  const bytes = fileBytes(context);
  const at = { host: '127.0.0.1', port: origin.port, path: `/${bytes}`, bytes };
  const speed = (seconds: number): number => bytes / 1e6 / seconds;
  return {
    down: speed(await rawTransferSeconds({ mode: 'raw-get', ...at })),
    up: speed(await rawTransferSeconds({ mode: 'raw-put', ...at })),
  };
}

export const proxy256Mib: Workload = {
  name: 'proxy-256mib',
  about:
    '256 MiB (64 with --quick) in one stream over TLS 1.3 through `twinline proxy` without a fault, down and up, by the raw generator. ' +
    'A ratio is the speed through the proxy divided by the speed without it in the same round: TLS is ended and begun anew in between.',
  ceilingAbout: 'bare TLS 1.3 on loopback, Node at the far end, from memory and into nothing',
  columns: [
    { name: 'down', unit: 'MB/s', better: 'more', isOfClient: true },
    { name: 'down ratio', unit: '×', better: 'more' },
    { name: 'up', unit: 'MB/s', better: 'more' },
    { name: 'up ratio', unit: '×', better: 'more' },
  ],
  quickSubjects: ['twinline'],
  prepare: (context) => makeBigFile(join(context.root, source), fileBytes(context)),
  measure,
  ceiling,
  cleanUp: (context) => rm(join(context.root, source), { force: true }),
};
