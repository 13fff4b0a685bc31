/** OPTS: UTF8 and the facts of MLST (RFC 2389 section 4, RFC 3659 section 7.9). */

import { optsMlstReplyText, parseOptsMlst } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const opts = defineCommand({
  verbs: ['OPTS'],
  argument: 'required',
  beforeLogin: true,
  inClear: true,
  features: () => ['UTF8'],
  help: 'OPTS UTF8 ON | OPTS MLST fact;fact;…',
  clause: 'RFC 2389 section 4, RFC 2640, RFC 3659 section 7.9',
  run: (session, argument) => {
    const [name = '', value = ''] = argument.split(/ (.*)/s, 2);
    switch (name.toUpperCase()) {
      case 'UTF8':
      case 'UTF-8':
        return value === '' || value.toUpperCase() === 'ON'
          ? reply(200, 'UTF8 is always on')
          : replies.badSyntax('Names are always UTF-8 here');
      case 'MLST': {
        const facts = parseOptsMlst(value);
        if (facts === undefined) return replies.badSyntax('Syntax: OPTS MLST fact;fact;…');
        session.mlstFacts = facts;
        return reply(200, optsMlstReplyText(facts));
      }
      default:
        return replies.badSyntax(`${name} has no options here`);
    }
  },
});
