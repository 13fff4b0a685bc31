/** SITE UTIME: sets the time of the last change, in the forms that clients send. */

import { parseTimeValue } from '../../../protocol/index.ts';
import { noteChange } from '../../file-changes.ts';
import { replies, reply } from '../../replies.ts';
import { defineSiteCommand } from './define-site-command.ts';

/**
 * `time path` with twelve or fourteen digits, or `path atime mtime ctime UTC` as Pure-FTPd has it; all in UTC. Undefined
 * for anything else.
 */
export function parseUtime(argument: string): { readonly modifiedMs: number; readonly path: string } | undefined {
  const long = /^(.+) \d{8,14} (\d{8,14}) \d{8,14} UTC$/s.exec(argument);
  const short = /^(\d{12}|\d{14}) (.+)$/s.exec(argument);
  const [time, path] = long === null ? [short?.[1], short?.[2]] : [long[2], long[1]];
  if (time === undefined || path === undefined) return undefined;
  const modifiedMs = parseTimeValue(time.padEnd(14, '0'));
  return modifiedMs === undefined ? undefined : { modifiedMs, path };
}

export const utime = defineSiteCommand({
  word: 'UTIME',
  argument: 'required',
  permission: 'write',
  changes: 'set-time',
  inFeatures: true,
  help: 'SITE UTIME YYYYMMDDhhmm[ss] path',
  run: async (session, argument) => {
    const asked = parseUtime(argument);
    if (asked === undefined) return replies.badSyntax(`Syntax: ${utime.help}, in UTC`);
    const path = session.path(asked.path);
    noteChange(session, { operation: 'set-time', path });
    await session.storage.setModified(path, asked.modifiedMs);
    return reply(200, 'Time set');
  },
});
