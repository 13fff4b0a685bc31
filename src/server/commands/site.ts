/** SITE: the usual extras (RFC 959 section 4.1.3): HELP, UTIME, MKDIR, RMDIR. */

import { parseTimeValue, printable, type Reply } from '../../protocol/index.ts';
import type { FileOperation } from '../audit.ts';
import { replies, reply, replyLines } from '../replies.ts';
import type { Session } from '../session.ts';
import { noteChange } from '../file-changes.ts';
import { defineCommand } from './define-command.ts';

/** One word behind SITE. */
interface SiteCommand {
  readonly help: string;
  /** What it changes; undefined: nothing, so that everyone may use it. */
  readonly changes?: FileOperation;
  run(session: Session, argument: string): Reply | Promise<Reply>;
}

/** `UTIME time path`, or the old form `UTIME path atime mtime ctime UTC`. */
function parseUtime(argument: string): { readonly modifiedMs: number; readonly path: string } | undefined {
  const long = /^(.+) \d{8,14} (\d{8,14}) \d{8,14} UTC$/.exec(argument);
  const short = /^(\d{12,14}) (.+)$/.exec(argument);
  const [time, path] = long === null ? [short?.[1], short?.[2]] : [long[2], long[1]];
  if (time === undefined || path === undefined) return undefined;
  const modifiedMs = parseTimeValue(time.padEnd(14, '0'));
  return modifiedMs === undefined ? undefined : { modifiedMs, path };
}

const siteCommands: Readonly<Record<string, SiteCommand>> = {
  HELP: {
    help: 'SITE HELP',
    run: () => replyLines(214, ['SITE knows:', ...Object.values(siteCommands).map(({ help }) => ` ${help}`), 'End']),
  },
  UTIME: {
    help: 'SITE UTIME YYYYMMDDhhmm[ss] path',
    changes: 'set-time',
    run: async (session, argument) => {
      const asked = parseUtime(argument);
      if (asked === undefined) return replies.badSyntax('Syntax: SITE UTIME YYYYMMDDhhmm[ss] path');
      const path = session.path(asked.path);
      noteChange(session, { operation: 'set-time', path });
      await session.storage.setModified(session.storagePath(path), asked.modifiedMs);
      return reply(200, 'Time set');
    },
  },
  MKDIR: {
    help: 'SITE MKDIR directory',
    changes: 'make-directory',
    run: async (session, argument) => {
      const path = session.path(argument);
      await session.storage.makeDirectory(session.storagePath(path));
      return reply(200, `${printable(path)} created`);
    },
  },
  RMDIR: {
    help: 'SITE RMDIR directory',
    changes: 'remove-directory',
    run: async (session, argument) => {
      const path = session.path(argument);
      if (path === '/') return reply(550, 'The root directory cannot be removed');
      await session.storage.removeDirectory(session.storagePath(path));
      return reply(200, `${printable(path)} removed`);
    },
  },
};

export const site = defineCommand({
  verbs: ['SITE'],
  argument: 'required',
  help: 'SITE HELP',
  clause: 'RFC 959 section 4.1.3',
  run: (session, argument) => {
    const [word = '', rest = ''] = argument.split(/ (.*)/s, 2);
    const name = word.toUpperCase();
    const command = Object.hasOwn(siteCommands, name) ? siteCommands[name] : undefined;
    if (command === undefined) return reply(504, 'SITE does not know this, use SITE HELP');
    if (command.changes === undefined) return command.run(session, rest);
    noteChange(session, { operation: command.changes, path: session.path(rest) }, name);
    if (session.account?.readOnly === true) return reply(550, 'Permission denied: this user may only read');
    if (rest === '') return replies.badSyntax(`Syntax: ${command.help}`);
    return command.run(session, rest);
  },
});
