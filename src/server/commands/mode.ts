/** MODE: stream mode (RFC 959 section 4.1.2), and Z, which compresses the stream (draft-preston-ftpext-deflate). */

import { parseMode } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept, keptInPart } from './requirement.ts';

export const mode = defineCommand({
  verbs: ['MODE'],
  argument: 'required',
  features: () => ['MODE Z'],
  help: 'MODE S|Z',
  clause: 'RFC 959 section 4.1.2, draft-preston-ftpext-deflate-04 section 2',
  requirements: [
    keptInPart(
      'RFC 959 section 4.1.2',
      'Takes S, B and C.',
      'S alone; B and C are answered 504, as nobody sends them.',
    ),
    kept(
      'draft-preston-ftpext-deflate section 2',
      'Takes Z: the data connection carries one zlib stream. An upload whose stream ends early is never 226.',
    ),
    kept('draft-preston-ftpext-deflate section 2', 'REST and SIZE count bytes before compression.'),
  ],
  option: {
    name: 'MODE',
    help: 'OPTS MODE Z LEVEL 1..9',
    run: (session, value) => {
      if (value.toUpperCase() === 'Z') return reply(200, `MODE Z LEVEL ${session.choices.deflateLevel}`);
      const level = /^Z (?:ENGINE ZLIB )?LEVEL ([1-9])$/i.exec(value)?.[1];
      if (level === undefined) return replies.badSyntax('Syntax: OPTS MODE Z LEVEL 1..9');
      session.choices.deflateLevel = Number(level);
      return reply(200, `MODE Z LEVEL set to ${level}`);
    },
  },
  run: (session, argument) => {
    const parsed = parseMode(argument);
    if (parsed === undefined) return replies.badSyntax('Syntax: MODE S or MODE Z');
    if (parsed !== 'stream' && parsed !== 'deflate') {
      return reply(504, 'Only stream mode and its compression are implemented, use MODE S or MODE Z');
    }
    session.choices.deflates = parsed === 'deflate';
    return reply(200, `Mode set to ${argument.toUpperCase()}`);
  },
});
