/** HELP: the verbs of this session, or the syntax of one (RFC 959 section 4.1.3). */

import type { Reply } from '../../protocol/index.ts';
import { isUsable } from '../gates/command-gates.ts';
import { reply, replyLines } from '../replies.ts';
import type { Session } from '../session.ts';
import { type CommandRecord, defineCommand } from './define-command.ts';
import { siteHelp } from './site.ts';
import { kept } from './requirement.ts';

const verbsPerLine = 8;

/** The verbs in lines of eight, in columns. */
function verbLines(records: readonly CommandRecord[]): readonly string[] {
  const verbs = records.flatMap((record) => record.verbs);
  const lines = [];
  for (let i = 0; i < verbs.length; i += verbsPerLine) {
    const line = verbs.slice(i, i + verbsPerLine).map((verb) => verb.padEnd(7));
    lines.push(` ${line.join(' ')}`.trimEnd());
  }
  return lines;
}

function helpOn(session: Session, verb: string): Reply {
  if (verb === 'SITE') return siteHelp(session);
  const record = session.commands.find(verb);
  if (record === undefined || !isUsable(record, session)) return reply(502, 'No such command here, use HELP');
  if (verb !== 'OPTS') return reply(214, `Syntax: ${record.help} (${record.clause})`);
  const options = session.commands.all.flatMap(({ option }) => (option === undefined ? [] : [` ${option.help}`]));
  return replyLines(214, [`Syntax: ${record.help} (${record.clause})`, ...options, 'End']);
}

export const help = defineCommand({
  verbs: ['HELP'],
  argument: 'optional',
  beforeLogin: true,
  inClear: true,
  help: 'HELP [command]',
  clause: 'RFC 959 section 4.1.3',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Lists the commands, or tells the syntax of one; 214.'),
    kept('RFC 959 section 4.1.3', 'HELP SITE lists what SITE takes.'),
  ],
  run: (session, argument) => {
    if (argument !== '')
      return helpOn(
        session,
        argument
          .trim()
          .toUpperCase()
          .replace(/^SITE .*/s, 'SITE'),
      );
    const usable = session.commands.all.filter((record) => isUsable(record, session));
    return replyLines(214, ['These commands are understood:', ...verbLines(usable), 'End: HELP command tells more']);
  },
});
