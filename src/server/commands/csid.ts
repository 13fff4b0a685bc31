/** CSID: who the client is, and who we are (draft-peterson-streamlined-ftp-command-extensions). */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const csid = defineCommand({
  verbs: ['CSID'],
  argument: 'required',
  features: () => ['CSID'],
  help: 'CSID Name=client;',
  clause: 'draft-peterson-streamlined-ftp-command-extensions-10 section 4',
  requirements: [
    kept(
      'draft-peterson-streamlined-ftp-command-extensions section 4',
      'Tells what the server is and how its names are.',
    ),
  ],
  run: () => reply(200, 'Name=Twinline; CaseSensitive=1; DirSep=/;'),
});
