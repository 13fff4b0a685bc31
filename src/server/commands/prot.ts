/** PROT: protection of data connections (RFC 2228 section 3, RFC 4217 section 9). */

import { parseProtLevel } from '../../protocol/index.ts';
import { replies, reply } from '../replies.ts';
import { SlotFailure } from '../transfers/slot-failure.ts';
import { defineCommand } from './define-command.ts';
import { kept } from './requirement.ts';

export const prot = defineCommand({
  verbs: ['PROT'],
  argument: 'required',
  beforeLogin: true,
  features: (session) => (session.settings.tls === 'off' ? [] : ['PROT']),
  help: 'PROT C|P',
  clause: 'RFC 2228 section 3, RFC 4217 section 9',
  requirements: [
    kept('RFC 2228 section 3', 'Takes C and P behind PBSZ; 536 for S and E, 504 for other letters, 503 without PBSZ.'),
    kept('RFC 4217 section 9', 'Refuses C with 534 where data must be protected.'),
  ],
  run: (session, argument) => {
    const level = parseProtLevel(argument);
    if (level === undefined) return reply(504, 'Protection level not known, use C or P');
    if (session.state.security !== 'tls' || session.state.protection === 'unset') {
      return replies.badSequence('PROT needs PBSZ first');
    }
    if (level === 'S' || level === 'E')
      return reply(536, `Protection level ${level} is not possible with TLS, use C or P`);
    if (level === 'C' && session.settings.tls === 'required') {
      return reply(534, 'This server does not send or take data in clear, use PROT P');
    }
    const wasPrivate = session.state.protection === 'private';
    session.fire(level === 'P' ? 'protection-private-set' : 'protection-clear-set');
    // RFC 4217 section 8: PROT counts straight behind PORT and PASV too. Only a line that is connected has begun under the other level.
    if (session.slot.connected && wasPrivate !== (level === 'P')) {
      session.slot.drop(
        new SlotFailure('protection-changed', 'PROT changed after the data connection was opened: open a new one'),
      );
    }
    return reply(200, `Protection level set to ${level}`);
  },
});
