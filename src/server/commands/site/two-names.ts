/** SITE commands with two names: COPY and SYMLINK. */

import { printable, type Reply } from '../../../protocol/index.ts';
import { noteChange } from '../../file-changes.ts';
import { replies, reply } from '../../replies.ts';
import type { Session } from '../../session.ts';
import { runLongTask } from '../../tasks/long-task.ts';
import { writeFromFiles } from '../../tasks/write-from-files.ts';
import { parseQuotedWords } from '../quoted-words.ts';
import { defineSiteCommand, type SiteRecord } from './define-site-command.ts';

/** The two virtual paths of an argument, or the reply that says how to write them. */
function twoPaths(session: Session, argument: string, record: SiteRecord): readonly [string, string] | Reply {
  const [first, second, ...more] = parseQuotedWords(argument) ?? [];
  if (first === undefined || second === undefined || more.length > 0) {
    return replies.badSyntax(`Syntax: ${record.help}; names with spaces stand between quotes`);
  }
  return [session.path(first), session.path(second)];
}

export const copy = defineSiteCommand({
  word: 'COPY',
  argument: 'required',
  permission: 'write',
  changes: 'copy',
  inFeatures: true,
  help: 'SITE COPY source target',
  run: (session, argument) => {
    const paths = twoPaths(session, argument, copy);
    if ('code' in paths) return paths;
    const [source, target] = paths;
    noteChange(session, { operation: 'copy', path: source, target });
    if (source === target) return replies.badSyntax('Source and target are the same');
    return runLongTask(session, { verb: 'SITE COPY', path: source }, async (task) => {
      await writeFromFiles(session, [source], target, task);
      return reply(250, `${printable(source)} copied to ${printable(target)}`);
    });
  },
});

export const symlink = defineSiteCommand({
  word: 'SYMLINK',
  argument: 'required',
  permission: 'write',
  changes: 'link',
  available: (session) => session.storage.makeLink !== undefined,
  inFeatures: true,
  help: 'SITE SYMLINK target link',
  run: async (session, argument) => {
    const paths = twoPaths(session, argument, symlink);
    if ('code' in paths) return paths;
    const [target, link] = paths;
    noteChange(session, { operation: 'link', path: link, target });
    await session.storage.makeLink?.(link, target);
    return reply(200, `${printable(link)} now leads to ${printable(target)}`);
  },
});
