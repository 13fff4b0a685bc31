/** lftp: all steps as one script. */

import { join } from 'node:path';
import type { InteropClient, Mode, Step, Visit } from '../interop-client.ts';
import { linesOf, succeed, versionOf } from '../programs.ts';

/** lftp is built with GnuTLS, whose words choose the version. */
const priorities: Record<Mode, string> = {
  plain: 'NORMAL',
  'TLS 1.2': 'NORMAL:-VERS-ALL:+VERS-TLS1.2',
  'TLS 1.3': 'NORMAL:-VERS-ALL:+VERS-TLS1.3',
  implicit: 'NORMAL',
};

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
/** A name that begins with a dash is no option. */
const remote = (name: string): string => quoted(`./${name}`);

function commandOf(step: Step): string {
  switch (step.do) {
    case 'put':
      return `put ${step.from === undefined ? '' : '-c '}${quoted(step.local)} -o ${remote(step.remote)}`;
    case 'get':
      return `get ${step.from === undefined ? '' : '-c '}${remote(step.remote)} -o ${quoted(step.local)}`;
    case 'rename':
      return `mv ${remote(step.remote)} ${remote(step.to)}`;
    default:
      return 'cls -1';
  }
}

function settings(visit: Visit): string[] {
  const secure = visit.mode === 'plain' ? 'no' : 'yes';
  return [
    'set net:max-retries 1',
    'set net:timeout 20',
    'set cmd:fail-exit yes',
    'set xfer:clobber yes',
    `set ssl:ca-file ${visit.caFile}`,
    `set ssl:priority ${priorities[visit.mode]}`,
    `set ftp:ssl-allow ${secure}`,
    `set ftp:ssl-force ${secure}`,
    `set ftp:ssl-protect-data ${secure}`,
    `set ftp:passive-mode ${visit.data === 'passive' ? 'yes' : 'no'}`,
    `open -u user,pass ${visit.mode === 'implicit' ? 'ftps' : 'ftp'}://127.0.0.1:${visit.port}`,
  ];
}

export const lftp: InteropClient = {
  name: 'lftp',
  from: 'lftp',
  version: () => versionOf('lftp', ['--version'], /Version ([\d.]+)/),
  modes: ['plain', 'TLS 1.2', 'TLS 1.3', 'implicit'],
  cannot: () => undefined,
  cannotSay: {},
  run: async (visit, steps) => {
    // lftp keeps bookmarks and history at home, and shows names only in the character set of its surroundings.
    const env = { HOME: visit.folder, LFTP_HOME: join(visit.folder, '.lftp'), LC_ALL: 'C.UTF-8' };
    const input = [...settings(visit), ...steps.map(commandOf), 'bye', ''].join('\n');
    return linesOf(await succeed('lftp', ['--norc'], { input, cwd: visit.folder, env }));
  },
};
