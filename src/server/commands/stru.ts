/** STRU: file structure alone (RFC 959 section 4.1.2). */

import { parseStructure } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { keptInPart } from './requirement.ts';

export const stru = defineCommand({
  verbs: ['STRU'],
  argument: 'required',
  help: 'STRU F',
  clause: 'RFC 959 section 4.1.2',
  requirements: [
    keptInPart(
      'RFC 959 section 4.1.2',
      'Takes F, R and P.',
      'F alone; R and P are answered 504: no client of today sends them.',
    ),
  ],
  run: (_session, argument) => {
    const structure = parseStructure(argument);
    if (structure === undefined) return replies.badSyntax('Syntax: STRU F');
    return structure === 'file'
      ? reply(200, 'Structure set to F')
      : reply(504, 'Only file structure is implemented, use STRU F');
  },
});
