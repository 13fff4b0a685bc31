/** MFMT: sets the modification time (draft-somers-ftp-mfxx section 3). */

import { parseTimeValue, printable, type Reply, serialiseTimeValue } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { noteChange } from '../file-changes.ts';
import { defineCommand } from './define-command.ts';

/** An argument `time path`; undefined where it does not begin with a time value. */
export function parseTimeAndPath(argument: string): { readonly modifiedMs: number; readonly path: string } | undefined {
  const space = argument.indexOf(' ');
  if (space === -1 || space === argument.length - 1) return undefined;
  const modifiedMs = parseTimeValue(argument.slice(0, space));
  return modifiedMs === undefined ? undefined : { modifiedMs, path: argument.slice(space + 1) };
}

/** Sets the time and answers as the draft has it, with the fact as it is now. */
export async function setModified(session: Session, modifiedMs: number, argument: string): Promise<Reply> {
  const path = session.path(argument);
  noteChange(session, { operation: 'set-time', path });
  await session.storage.setModified(session.storagePath(path), modifiedMs);
  return reply(213, `Modify=${serialiseTimeValue(modifiedMs)}; ${printable(path)}`);
}

export const mfmt = defineCommand({
  verbs: ['MFMT'],
  argument: 'required',
  permission: 'write',
  changes: 'set-time',
  features: () => ['MFMT'],
  help: 'MFMT YYYYMMDDHHMMSS path',
  clause: 'draft-somers-ftp-mfxx-03 section 3',
  run: (session, argument) => {
    const asked = parseTimeAndPath(argument);
    if (asked === undefined) return replies.badSyntax('Syntax: MFMT YYYYMMDDHHMMSS path');
    return setModified(session, asked.modifiedMs, asked.path);
  },
});
