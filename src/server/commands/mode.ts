/** MODE: stream mode (RFC 959 section 4.1.2). */

import { parseMode } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const mode = defineCommand({
  verbs: ['MODE'],
  argument: 'required',
  help: 'MODE S',
  clause: 'RFC 959 section 4.1.2',
  run: (_session, argument) => {
    const parsed = parseMode(argument);
    if (parsed === undefined) return replies.badSyntax('Syntax: MODE S');
    return parsed === 'stream'
      ? reply(200, 'Mode set to S')
      : reply(504, 'Only stream mode is implemented, use MODE S');
  },
});
