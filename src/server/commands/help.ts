/** HELP: the verbs, or the syntax of one (RFC 959 section 4.1.3). */

import { reply, replyLines } from '../replies.ts';
import { defineCommand } from './define-command.ts';

const verbsPerLine = 8;

export const help = defineCommand({
  verbs: ['HELP'],
  argument: 'optional',
  beforeLogin: true,
  inClear: true,
  help: 'HELP [command]',
  clause: 'RFC 959 section 4.1.3',
  run: (session, argument) => {
    if (argument !== '') {
      const record = session.commands.find(argument.toUpperCase());
      return record === undefined
        ? reply(502, 'No such command here')
        : reply(214, `Syntax: ${record.help} (${record.clause})`);
    }
    const verbs = session.commands.all.flatMap((record) => record.verbs);
    const lines = [];
    for (let i = 0; i < verbs.length; i += verbsPerLine) {
      lines.push(
        ` ${verbs
          .slice(i, i + verbsPerLine)
          .map((verb) => verb.padEnd(5))
          .join(' ')}`.trimEnd(),
      );
    }
    return replyLines(214, ['These commands are understood:', ...lines, 'End']);
  },
});
