/** MLST: the facts of one entry over the control connection (RFC 3659 section 7). */

import { mlstFeatureText, optsMlstReplyText, parseOptsMlst, serialiseMlsxLine } from '../../protocol/index.ts';
import { replies, reply, replyLines } from '../replies.ts';
import { withPerm } from '../transfers/perm-fact.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const mlst = defineCommand({
  verbs: ['MLST'],
  argument: 'optional',
  features: (session) => [mlstFeatureText(session.mlstFacts)],
  help: 'MLST [path]',
  clause: 'RFC 3659 section 7',
  requirements: [
    kept('RFC 3659 section 7', 'Tells the facts of one path over the control connection: 250.'),
    kept('RFC 3659 section 7.9', 'OPTS MLST chooses the facts, FEAT marks those in use.'),
  ],
  option: {
    name: 'MLST',
    help: 'OPTS MLST fact;fact;…',
    run: (session, value) => {
      const facts = parseOptsMlst(value);
      if (facts === undefined) return replies.badSyntax('Syntax: OPTS MLST fact;fact;…');
      session.mlstFacts = facts;
      return reply(200, optsMlstReplyText(facts));
    },
  },
  run: async (session, argument) => {
    const path = session.path(argument);
    const entry = await session.storage.stat(path);
    const shown = withPerm({ ...entry, name: path }, path);
    return replyLines(250, ['Listing', ` ${serialiseMlsxLine(shown, session.mlstFacts)}`, 'End']);
  },
});
