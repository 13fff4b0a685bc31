/** B25: a server that wants the commands of protection in an order of its own. */

import { defaultScripts, type Script } from '../../../../peer/index.ts';
import { defineCopingCase } from '../coping-case.ts';

export const protectionAfterLogin = defineCopingCase({
  id: 'rfc4217/10.3/pbsz-and-prot-after-login',
  row: 'B25',
  area: 'tls',
  level: 'SHOULD',
  clause: 'RFC 4217 section 10.3',
  requirement:
    'The time of PBSZ and PROT is dictated by the server: where they are refused before the login, they come behind it.',
  advice: 'Send PBSZ and PROT behind the login, or again there where they were refused before.',
  task: 'download',
  rogue: () => {
    const afterLogin =
      (verb: string): Script =>
      (session, argument) => {
        const isIn = session.commands.some((line) => /^pass /i.test(line));
        return session.perform(isIn ? (defaultScripts[verb] ?? '') : '530 Log in first', argument);
      };
    return { commands: { PBSZ: afterLogin('PBSZ'), PROT: afterLogin('PROT') } };
  },
});
