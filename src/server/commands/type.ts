/** TYPE: ASCII or image (RFC 959 section 3.1.1, section 5.3.2). */

import { parseTypeArgument } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const type = defineCommand({
  verbs: ['TYPE'],
  argument: 'required',
  help: 'TYPE A|A N|I|L 8',
  clause: 'RFC 959 section 4.1.2',
  run: (session, argument) => {
    const parsed = parseTypeArgument(argument);
    if (parsed === undefined) return replies.badSyntax('Syntax: TYPE A|A N|I|L 8');
    if (typeof parsed === 'object') return reply(504, `Type ${parsed.unsupported} is not implemented, use A or I`);
    session.type = parsed;
    return reply(200, `Type set to ${argument.toUpperCase()}`);
  },
});
