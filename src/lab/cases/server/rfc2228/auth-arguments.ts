/** B05, B06: AUTH without a mechanism, and with one that nobody has. */

import { defineServerCase, type OutcomeRecord, type Seen } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

type Outcome = 'refused' | 'other-refusal' | 'other-code' | 'accepted' | 'state-changed';

function outcomesFor(codes: string): Readonly<Record<Outcome, OutcomeRecord>> {
  return {
    refused: { grade: 'pass', says: `it is refused by ${codes}, and AUTH TLS works behind it` },
    'other-refusal': { grade: 'non-strict', says: `it is refused by another code than ${codes} that AUTH may have` },
    'other-code': { grade: 'broken', says: 'it is answered by a code that AUTH does not have' },
    accepted: { grade: 'broken', says: 'it is accepted' },
    'state-changed': { grade: 'broken', says: 'it is refused, and AUTH TLS does not work any more' },
  };
}

/** What RFC 2228 section 8.2 has for AUTH. */
const authRefusals = [431, 500, 501, 502, 504, 533, 534];

async function refusedAuth(lab: ServerLab, command: string, codes: readonly number[]): Promise<Seen<Outcome>> {
  const session = await lab.greeted();
  const reply = await session.command(command);
  const facts = reply.text;
  if (classOf(reply) < 4) return { outcome: 'accepted', facts };
  const next = await session.command('AUTH TLS').catch(() => undefined);
  if (next?.code !== 234) return { outcome: 'state-changed', facts: `${facts}; ${next?.text ?? 'nothing'}` };
  if (codes.includes(reply.code)) return { outcome: 'refused', facts };
  return { outcome: authRefusals.includes(reply.code) ? 'other-refusal' : 'other-code', facts };
}

export const authWithoutMechanism = defineServerCase({
  id: 'rfc2228/3/auth-without-mechanism',
  row: 'B05',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 sections 3 and 8.1',
  requirement: 'AUTH without a mechanism is refused by 501 or 504 and changes nothing.',
  outcomes: outcomesFor('501 or 504'),
  advice: 'Answer 501 to AUTH without an argument.',
  needs: ['explicit-tls'],
  run: (lab) => refusedAuth(lab, 'AUTH', [501, 504]),
});

export const authUnknownMechanism = defineServerCase({
  id: 'rfc2228/3/auth-unknown-mechanism',
  row: 'B06',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3',
  requirement: 'AUTH with a mechanism that the server does not know is refused by 504 and changes nothing.',
  outcomes: outcomesFor('504'),
  advice: 'Answer 504 to AUTH with a mechanism that the server does not know.',
  needs: ['explicit-tls'],
  run: (lab) => refusedAuth(lab, 'AUTH KERBEROS_V9', [504]),
});
