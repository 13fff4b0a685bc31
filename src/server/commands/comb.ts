/** COMB: joins the parts of an upload to one file, as clients do that send a file over several sessions; in use, in no RFC. */

import { StorageError } from '../../errors/index.ts';
import { printable, type Reply } from '../../protocol/index.ts';
import { unlessNotFound } from '../../storage/index.ts';
import { replies, reply } from '../replies.ts';
import { noteChange } from '../file-changes.ts';
import type { Session } from '../session.ts';
import { runLongTask } from '../tasks/long-task.ts';
import { writeFromFiles } from '../tasks/write-from-files.ts';
import { defineCommand } from './define-command.ts';
import { parseQuotedWords } from './quoted-words.ts';
import { kept } from './requirement.ts';

async function isThere(session: Session, path: string): Promise<boolean> {
  return (await unlessNotFound(session.storage.stat(path))) !== undefined;
}

/** Removes the parts of a file that is whole on disk; the names of those that stay. */
async function removeParts(session: Session, parts: readonly string[]): Promise<readonly string[]> {
  const left: string[] = [];
  for (const part of parts) {
    try {
      await session.storage.removeFile(part);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      left.push(part);
    }
  }
  return left;
}

async function combine(session: Session, target: string, parts: readonly string[]): Promise<Reply> {
  return runLongTask(session, { verb: 'COMB', path: target }, async (task) => {
    const sources = (await isThere(session, target)) ? [target, ...parts] : parts;
    const paths = sources.map((path) => path);
    await writeFromFiles(session, paths, target, task);
    const left = await removeParts(session, parts);
    const done = `${printable(target)} has been put together from ${parts.length} parts`;
    return reply(
      250,
      left.length === 0 ? done : `${done}; these could not be removed: ${left.map(printable).join(' ')}`,
    );
  });
}

export const comb = defineCommand({
  verbs: ['COMB'],
  argument: 'required',
  permission: 'write',
  changes: 'combine',
  features: () => ['COMB target;source_list'],
  help: 'COMB "target" "part" "part" …',
  clause: 'in use, no RFC',
  requirements: [
    kept(
      'practice',
      'Puts parts together to one file, which has its name only when it is whole and on disk; the parts are removed behind that.',
    ),
  ],
  run: (session, argument) => {
    const [target, ...parts] = (parseQuotedWords(argument) ?? []).map((name) => session.path(name));
    if (target !== undefined) noteChange(session, { operation: 'combine', path: target });
    if (target === undefined || parts.length === 0) return replies.badSyntax(`Syntax: ${comb.help}`);
    if (parts.includes(target)) return replies.badSyntax('The target is not one of its own parts: leave it out');
    if (new Set(parts).size < parts.length) return replies.badSyntax('A part is named twice');
    return combine(session, target, parts);
  },
});
