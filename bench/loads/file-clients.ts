/** Clients that move one file over explicit FTPS, each started as a user starts it. */

import { join } from 'node:path';
import { createTempFolder } from '../../src/testing/index.ts';
import type { Subject } from '../workload.ts';
import { type MeteredRun, runMetered } from './metered-command.ts';

export interface FileOrder {
  readonly direction: 'down' | 'up';
  /** Below the home of the user. */
  readonly remote: string;
  readonly local: string;
}

export type FileClient = (subject: Subject, order: FileOrder) => Promise<MeteredRun>;

const launcher = join(import.meta.dirname, '../../bin/twinline.js');

/** What `twinline` needs so that it neither asks nor touches the home of whoever runs the bench. */
export const twinlineEnvironment = (home: string, subject: Subject) => ({
  HOME: home,
  XDG_STATE_HOME: home,
  XDG_CACHE_HOME: home,
  XDG_CONFIG_HOME: home,
  TWINLINE_PASSWORD: subject.password,
});

async function byTwinline(subject: Subject, { direction, remote, local }: FileOrder): Promise<MeteredRun> {
  await using home = await createTempFolder('twinline-bench-home-');
  const url = `ftpes://${subject.host}:${subject.controlPort}/${remote}`;
  const words = direction === 'down' ? ['get', url, '-o', local] : ['put', local, url];
  const args = [launcher, ...words, '-k', '-s', '-u', subject.user];
  return await runMetered(process.execPath, args, twinlineEnvironment(home.path, subject));
}

function byCurl(subject: Subject, { direction, remote, local }: FileOrder): Promise<MeteredRun> {
  const url = `ftp://${subject.host}:${subject.controlPort}/${remote}`;
  const words = direction === 'down' ? ['-o', local] : ['-T', local];
  return runMetered('curl', ['-sS', '-k', '--ssl-reqd', '-u', `${subject.user}:${subject.password}`, ...words, url]);
}

function byLftp(subject: Subject, { direction, remote, local }: FileOrder): Promise<MeteredRun> {
  const script = [
    'set ssl:verify-certificate no',
    'set ftp:ssl-force yes',
    'set ftp:ssl-protect-data yes',
    // Where a server offers compression it would take it, and measure that.
    'set ftp:use-mode-z no',
    'set net:max-retries 1',
    'set cmd:fail-exit yes',
    `open -u "${subject.user}","${subject.password}" ftp://${subject.host}:${subject.controlPort}`,
    direction === 'down' ? `get ${remote} -o ${local}` : `put ${local} -o ${remote}`,
    'quit',
  ].join('; ');
  return runMetered('lftp', ['-c', script]);
}

export const fileClients = { twinline: byTwinline, curl: byCurl, lftp: byLftp } as const satisfies Record<
  string,
  FileClient
>;
