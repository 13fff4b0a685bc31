/** LANG: the language of replies, which is English (RFC 2640 section 4). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const lang = defineCommand({
  verbs: ['LANG'],
  argument: 'optional',
  beforeLogin: true,
  features: () => ['LANG EN*'],
  help: 'LANG [EN]',
  clause: 'RFC 2640 section 4',
  requirements: [
    kept('RFC 2640 section 4.1', 'Takes a language tag; 504 for other languages than English.'),
    kept('RFC 2640 section 4.3', 'FEAT names the languages and marks the one in use.'),
  ],
  run: (_session, argument) =>
    argument === '' || /^en(?:-[a-z0-9-]+)?$/i.test(argument)
      ? reply(200, 'Replies are in English')
      : reply(504, 'Replies are in English only, use LANG EN'),
});
