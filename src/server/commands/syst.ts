/** SYST: the kind of listing that clients may expect (RFC 959 section 4.1.3). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const syst = defineCommand({
  verbs: ['SYST'],
  argument: 'none',
  beforeLogin: true,
  inClear: true,
  help: 'SYST',
  clause: 'RFC 959 section 4.1.3',
  requirements: [kept('RFC 959 section 4.1.3', 'Answers 215 UNIX Type: L8, which says what LIST looks like.')],
  run: () => reply(215, 'UNIX Type: L8'),
});
