/** MDTM: the modification time (RFC 3659 section 3), and its widely used form that sets it. */

import { printable, type Reply, serialiseTimeValue } from '../../protocol/index.ts';
import { isNotFound } from '../../storage/index.ts';
import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';
import { noteChange } from '../file-changes.ts';
import { defineCommand } from './define-command.ts';
import { modifyFact, parseTimeAndPath, setFacts } from './facts.ts';
import { kept } from './requirement.ts';

async function showModified(session: Session, argument: string): Promise<Reply> {
  const path = session.path(argument);
  const entry = await session.storage.stat(path);
  if (entry.type !== 'file' || entry.modifiedMs === undefined) {
    return reply(550, `${printable(path)}: Not a regular file`);
  }
  return reply(213, serialiseTimeValue(Math.floor(entry.modifiedMs / 1000) * 1000));
}

export const mdtm = defineCommand({
  verbs: ['MDTM'],
  argument: 'required',
  features: () => ['MDTM'],
  help: 'MDTM file',
  clause: 'RFC 3659 section 3',
  requirements: [
    kept('RFC 3659 section 3', 'Tells the time of the last change in UTC; 550 for what is no file.'),
    kept(
      'practice',
      'Sets the time where a time stands before the name, as old clients send it; MFMT is the better way.',
    ),
  ],
  run: async (session, argument) => {
    const asked = parseTimeAndPath(argument);
    if (asked === undefined) return showModified(session, argument);
    // `MDTM 20020717210715 name` may name a file that begins with digits: such a file goes first.
    try {
      return await showModified(session, argument);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
    noteChange(session, { operation: 'set-time', path: session.path(asked.path) });
    if (session.account?.readOnly === true) return replies.readOnly;
    return setFacts(session, [{ fact: modifyFact, value: asked.timeMs }], asked.path, 'set-time');
  },
});
