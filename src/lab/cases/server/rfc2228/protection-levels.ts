/** C06, C07: levels of protection that TLS does not have, and levels that nobody has. */

import { defineServerCase, type OutcomeRecord, type Seen, type ServerCase } from '../../../engine/lab-case.ts';
import { classOf } from '../../../engine/reply.ts';
import type { ServerLab } from '../../../server-lab/server-lab.ts';

type Outcome = 'refused' | 'other-refusal' | 'other-code' | 'accepted';

/** What RFC 2228 section 8.2 has for PROT. */
const protRefusals = [421, 431, 500, 501, 502, 503, 504, 530, 533, 534, 536];

function outcomesFor(level: string, code: number): Readonly<Record<Outcome, OutcomeRecord>> {
  return {
    refused: { grade: 'pass', says: `PROT ${level} is answered by ${code}` },
    'other-refusal': { grade: 'non-strict', says: `PROT ${level} is refused by another code of PROT than ${code}` },
    'other-code': { grade: 'broken', says: `PROT ${level} is refused by a code that PROT does not have` },
    accepted: { grade: 'broken', says: `PROT ${level} is accepted` },
  };
}

async function refusedLevel(lab: ServerLab, level: string, code: number): Promise<Seen<Outcome>> {
  const session = await lab.greeted();
  await session.secure();
  await session.logIn();
  await session.need(200, 'PBSZ 0');
  const reply = await session.command(`PROT ${level}`);
  const facts = reply.text;
  if (reply.code === code) return { outcome: 'refused', facts };
  if (classOf(reply) < 4) return { outcome: 'accepted', facts };
  return { outcome: protRefusals.includes(reply.code) ? 'other-refusal' : 'other-code', facts };
}

function levelCase(level: 'S' | 'E', name: string, row: string): ServerCase {
  return defineServerCase({
    id: `rfc4217/9/protection-${name}`,
    row,
    area: 'tls',
    level: 'MUST',
    clause: 'RFC 4217 section 9, RFC 2228 section 3',
    requirement: `PROT ${level}, a level that TLS does not have, is refused by 536.`,
    outcomes: outcomesFor(level, 536),
    advice: 'Answer 536 to PROT S and PROT E.',
    smoke: true,
    needs: ['tls'],
    run: (lab) => refusedLevel(lab, level, 536),
  });
}

export const protectionSafe = levelCase('S', 'safe', 'C06a');
export const protectionConfidential = levelCase('E', 'confidential', 'C06b');

export const protectionUnknown = defineServerCase({
  id: 'rfc2228/3/protection-unknown',
  row: 'C07',
  area: 'tls',
  level: 'MUST',
  clause: 'RFC 2228 section 3',
  requirement: 'PROT with a level that nobody has is refused by 504.',
  outcomes: outcomesFor('X', 504),
  advice: 'Answer 504 to PROT with a level that the server does not know.',
  needs: ['tls'],
  run: (lab) => refusedLevel(lab, 'X', 504),
});
