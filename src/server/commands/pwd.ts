/** PWD: the working directory (RFC 959 section 4.1.3 and appendix II). */

import { quotePath } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const pwd = defineCommand({
  verbs: ['PWD', 'XPWD'],
  argument: 'none',
  help: 'PWD',
  clause: 'RFC 959 section 4.1.3, appendix II',
  requirements: [
    kept('RFC 959 section 4.1.3', 'Tells the working directory.'),
    kept('RFC 959 section Appendix II', 'The path stands between quotes, quotes within it are doubled: 257.'),
  ],
  run: (session) => reply(257, `${quotePath(session.workingDirectory)} is current directory.`),
});
