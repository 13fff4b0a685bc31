/** What several cases let their servers do: hide sizes, and move a file step by step. */

import type { ScriptedSession, WatchedLine } from '../../../peer/index.ts';
import type { RogueOptions } from '../../client-lab/client-lab.ts';

/** The same server, which says nothing about sizes before a transfer. */
export function withoutSize(options: RogueOptions): RogueOptions {
  const hidden = {
    SIZE: '502 No SIZE here',
    MLST: '502 No MLST here',
    FEAT: '211-Features:\n AUTH TLS\n EPSV\n PBSZ\n PROT\n211 End',
  };
  return { ...options, commands: { ...hidden, ...options.commands } };
}

/** Answers RETR with 150, does that on the data line, and answers 226. */
export function retrieveBy(
  move: (line: WatchedLine, session: ScriptedSession) => Promise<void>,
): (session: ScriptedSession) => Promise<void> {
  return async (session) => {
    await session.reply('150 Here it comes');
    await move(await session.acceptData(), session);
    await session.reply('226 Done');
  };
}
