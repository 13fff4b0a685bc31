/** Clients that mirror a folder with four sessions, each in a process of its own, started as a user starts it. */

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, runCommand, type CommandResult } from '../../src/testing/index.ts';
import type { Subject } from '../workload.ts';

const timeoutMs = 600_000;
const launcher = join(import.meta.dirname, '../../bin/twinline.js');

export interface MirrorOrder {
  readonly direction: 'down' | 'up';
  /** Folder below the home of the user. */
  readonly remote: string;
  readonly local: string;
}

export type MirrorClient = (subject: Subject, order: MirrorOrder) => Promise<CommandResult>;

/** `twinline mirror`, journal and all. */
export async function mirrorByTwinline(subject: Subject, order: MirrorOrder): Promise<CommandResult> {
  await using home = await createTempFolder('twinline-bench-home-');
  const url = `ftpes://${subject.host}:${subject.controlPort}/${order.remote}`;
  const ends = order.direction === 'down' ? [url, order.local] : [order.local, url];
  const words = ['mirror', ...ends, '--parallel', '4', '-k', '-u', subject.user];
  const env = {
    HOME: home.path,
    XDG_STATE_HOME: home.path,
    XDG_CACHE_HOME: home.path,
    XDG_CONFIG_HOME: home.path,
    TWINLINE_PASSWORD: subject.password,
  };
  return runCommand(process.execPath, [launcher, ...words], { env, timeoutMs });
}

/** `lftp mirror --parallel=4`, with TLS demanded on both lines as ours has it. */
export async function mirrorByLftp(subject: Subject, order: MirrorOrder): Promise<CommandResult> {
  await using home = await createTempFolder('twinline-bench-home-');
  const mirror =
    order.direction === 'down'
      ? `mirror --parallel=4 ${order.remote} ${order.local}`
      : `mirror -R --parallel=4 ${order.local} ${order.remote}`;
  const script = [
    'set ssl:verify-certificate no',
    'set ftp:ssl-force yes',
    'set ftp:ssl-protect-data yes',
    `open -u "${subject.user}","${subject.password}" ftp://${subject.host}:${subject.controlPort}`,
    mirror,
    'quit',
  ].join('; ');
  const result = await runCommand('lftp', ['-c', script], { env: { HOME: home.path }, timeoutMs });
  await rm(join(home.path, '.lftp'), { recursive: true, force: true });
  return result;
}
