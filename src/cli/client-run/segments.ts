/** `--segments`: one file over several sessions. */

import { stat } from 'node:fs/promises';
import { downloadSegments, type DownloadFileOptions } from '../../client/index.ts';
import { TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { commandToGoOn } from '../go-on.ts';
import { UsageError } from '../usage-error.ts';
import { text } from '../client-options/index.ts';
import type { DownloadJob } from './download-targets.ts';
import { maxParallel } from './over-sessions.ts';
import type { ClientRun } from './run-client.ts';

export const segmentsOption = {
  flags: '--segments <count>',
  description: 'Fetch one file in this many pieces at the same time, each on a session of its own.',
  defaultText: '1',
};

/** Throws `UsageError`. */
export function readSegments(options: OptionValues): number {
  const given = text(options, 'segments');
  if (given === undefined) return 1;
  const count = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (count < 1 || count > maxParallel) {
    throw new UsageError(`--segments takes a number of pieces from 1 to ${maxParallel}, not "${given}".`);
  }
  if (count > 1 && text(options, 'parallel') !== undefined) {
    throw new UsageError('--segments is for one file and --parallel for several; leave one of them out.');
  }
  return count;
}

/** Fetches one file; what goes wrong is told by the report. */
export async function fetchInSegments(
  run: ClientRun,
  { path, local }: DownloadJob,
  segments: number,
  transferOptions: DownloadFileOptions,
  options: OptionValues,
): Promise<void> {
  const { report, signal, pool } = run;
  const transfer = report.start({ direction: 'download', remote: path, local });
  try {
    const result = await downloadSegments(pool, path, local, {
      ...transferOptions,
      segments,
      signal,
      onProgress: (progress) => transfer.progress(progress),
      onRetry: (notice) => transfer.retry(notice),
    });
    transfer.finish(result);
  } catch (error) {
    transfer.fail(error);
    if (error instanceof TwinlineError && error.code === 'ERR_TWINLINE_CHANGED') return;
    const isHere = await stat(`${local}.segments`).catch(() => undefined);
    if (isHere === undefined) return;
    const command = commandToGoOn('get', ['--segments', String(segments), '-o', local], run.call, options);
    report.say(`What has arrived is in ${printable(local)}.segments; go on with: ${command}`);
  }
}
