/** CLNT: the name of the client, for the log; in wide use, in no RFC. */

import { reply } from '../replies.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const clnt = defineCommand({
  verbs: ['CLNT'],
  argument: 'required',
  beforeLogin: true,
  inClear: true,
  features: () => ['CLNT'],
  help: 'CLNT name',
  clause: 'in use, no RFC',
  requirements: [kept('practice', 'Takes the name of the client: 200.')],
  run: () => reply(200, 'Noted'),
});
