/** PWD: the working directory (RFC 959 section 4.1.3 and appendix II). */

import { quotePath } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';

export const pwd = defineCommand({
  verbs: ['PWD', 'XPWD'],
  argument: 'none',
  help: 'PWD',
  clause: 'RFC 959 section 4.1.3, appendix II',
  run: (session) => reply(257, `${quotePath(session.workingDirectory)} is current directory.`),
});
