/** B03: AUTH SSL and AUTH TLS-P, names of older drafts, and what they mean for data connections. */

import { defineServerCase, type OutcomeRecord, type Seen, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import { handshakeFailure } from '../../../server-lab/handshake.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';
import { dataProtection } from '../../../server-lab/data-protection.ts';

type Outcome =
  'refused' | 'clear-data' | 'private-data' | 'needs-prot' | 'no-handshake' | 'clear-in-tls' | 'data-stuck';

const outcomes: Readonly<Record<Outcome, OutcomeRecord>> = {
  refused: { grade: 'info', says: 'the mechanism is refused' },
  'clear-data': { grade: 'info', says: 'the same as AUTH TLS: data go in clear until PROT P' },
  'private-data': { grade: 'info', says: 'data are protected at once, without PROT P' },
  'needs-prot': { grade: 'info', says: 'the same as AUTH TLS: no data before PROT P' },
  'no-handshake': { grade: 'fail', says: '234 comes, and no handshake can be done' },
  'clear-in-tls': {
    grade: 'fail',
    says: 'a TLS handshake is done on the data connection, and the file follows it in clear',
  },
  'data-stuck': { grade: 'fail', says: 'data connections work neither in clear nor under TLS' },
};

const outcomeOf = {
  clear: 'clear-data',
  private: 'private-data',
  refused: 'needs-prot',
  'clear-in-tls': 'clear-in-tls',
  stuck: 'data-stuck',
} as const;

async function tryMechanism(lab: ServerLab, mechanism: string): Promise<Seen<Outcome>> {
  const session = await lab.greeted();
  const reply = await session.command(`AUTH ${mechanism}`);
  const facts = reply.text;
  if (classOf(reply) > 3) return { outcome: 'refused', facts };
  const failure = await handshakeFailure(session);
  if (failure !== undefined) return { outcome: 'no-handshake', facts: `${facts}; ${failure}` };
  await session.logIn();
  await session.need(200, 'TYPE I');
  const seen = await dataProtection(lab, session);
  const outcome = outcomeOf[seen.found];
  return { outcome, facts: `${facts}; ${seen.facts}` };
}

function mechanismCase(mechanism: 'SSL' | 'TLS-P', row: string): ServerCase {
  return defineServerCase({
    id: `rfc4217/17/auth-${mechanism.toLowerCase()}`,
    row,
    area: 'tls',
    level: 'MAY',
    clause: 'RFC 4217 section 17',
    requirement: `AUTH ${mechanism}, a name of older drafts, may be refused; where it is taken, TLS and data connections work.`,
    outcomes,
    advice: `Refuse AUTH ${mechanism} by 504, or let it mean TLS with data protected at once, and say which in the manual.`,
    needs: ['explicit-tls'],
    run: (lab) => tryMechanism(lab, mechanism),
  });
}

export const authSsl = mechanismCase('SSL', 'B03a');
export const authTlsP = mechanismCase('TLS-P', 'B03b');
