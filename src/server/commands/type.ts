/** TYPE: ASCII or image (RFC 959 section 3.1.1, section 5.3.2). */

import { parseTypeArgument } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept, keptInPart } from './requirement.ts';

export const type = defineCommand({
  verbs: ['TYPE'],
  argument: 'required',
  help: 'TYPE A|A N|I|L 8',
  clause: 'RFC 959 section 4.1.2',
  requirements: [
    kept('RFC 959 section 5.1', 'Takes A N, the type of the minimum implementation, and I.'),
    kept('RFC 1123 section 4.1.2.1', 'L 8 is I.'),
    keptInPart(
      'RFC 959 section 4.1.2',
      'Takes E, other formats than N and other byte sizes.',
      '504: RFC 1123 section 4.1.2.13 asks for none of them.',
    ),
  ],
  run: (session, argument) => {
    const parsed = parseTypeArgument(argument);
    if (parsed === undefined) return replies.badSyntax('Syntax: TYPE A|A N|I|L 8');
    if (typeof parsed === 'object') return reply(504, `Type ${parsed.unsupported} is not implemented, use A or I`);
    session.type = parsed;
    return reply(200, `Type set to ${argument.toUpperCase()}`);
  },
});
