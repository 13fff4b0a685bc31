/** OPTS: hands an option to the command that has it (RFC 2389 section 4); UTF8 is its own. */

import { replies, reply } from '../replies.ts';
import { type CommandOption, defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

const utf8: CommandOption = {
  name: 'UTF8',
  help: 'OPTS UTF8 ON',
  run: (_session, value) =>
    value === '' || value.toUpperCase() === 'ON'
      ? reply(200, 'UTF8 is always on')
      : replies.badSyntax('Names are always UTF-8 here'),
};

export const opts = defineCommand({
  verbs: ['OPTS'],
  argument: 'required',
  beforeLogin: true,
  inClear: true,
  features: () => ['UTF8'],
  help: 'OPTS command [option]',
  clause: 'RFC 2389 section 4, RFC 2640',
  requirements: [
    kept('RFC 2389 section 4', 'Hands an option to the command that has it; 501 for commands without.'),
    kept('RFC 2640 section 2.2', 'Names are UTF-8; bytes that are not are kept as they are.'),
  ],
  option: utf8,
  run: (session, argument) => {
    const [word = '', value = ''] = argument.split(/ (.*)/s, 2);
    const name = word.toUpperCase() === 'UTF-8' ? 'UTF8' : word.toUpperCase();
    const option = session.commands.all.find((record) => record.option?.name === name)?.option;
    return option === undefined ? replies.badSyntax(`${word} has no options here`) : option.run(session, value);
  },
});
