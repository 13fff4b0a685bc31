/** SITE CHMOD: permission bits, as clients send it. */

import { replies, reply } from '../../replies.ts';
import { modeFact, setFacts } from '../facts.ts';
import { defineSiteCommand } from './define-site-command.ts';

export const chmod = defineSiteCommand({
  word: 'CHMOD',
  argument: 'required',
  permission: 'write',
  changes: 'set-mode',
  available: modeFact.available,
  inFeatures: true,
  help: 'SITE CHMOD mode path',
  run: async (session, argument) => {
    const [, text = '', path] = /^([0-7]+) +(.+)$/s.exec(argument) ?? [];
    if (path === undefined) return replies.badSyntax('Syntax: SITE CHMOD mode path, the mode in octal, as in 644');
    const mode = modeFact.parse(text);
    if (mode === undefined) return reply(504, 'Only the nine permission bits can be set, as in 644');
    const answer = await setFacts(session, [{ fact: modeFact, value: mode }], path, 'set-mode');
    return answer.code === 213 ? reply(200, `Mode set to ${text}`) : answer;
  },
});
