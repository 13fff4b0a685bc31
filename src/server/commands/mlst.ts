/** MLST: the facts of one entry over the control connection (RFC 3659 section 7). */

import { mlstFeatureText, serialiseMlsxLine } from '../../protocol/index.ts';
import { replyLines } from '../replies.ts';
import { withPerm } from '../transfers/perm-fact.ts';
import { defineCommand } from './define-command.ts';

export const mlst = defineCommand({
  verbs: ['MLST'],
  argument: 'optional',
  features: (session) => [mlstFeatureText(session.mlstFacts)],
  help: 'MLST [path]',
  clause: 'RFC 3659 section 7',
  run: async (session, argument) => {
    const path = session.path(argument);
    const entry = await session.storage.stat(session.storagePath(path));
    const shown = withPerm({ ...entry, name: path }, session.account?.readOnly === true);
    return replyLines(250, ['Listing', ` ${serialiseMlsxLine(shown, session.mlstFacts)}`, 'End']);
  },
});
