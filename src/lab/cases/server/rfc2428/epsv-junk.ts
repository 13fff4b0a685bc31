/** E07: arguments of EPSV that mean nothing. */

import { defineServerCase, type ServerCase } from '../../../engine/lab-case.ts';
import type { Level } from '../../../engine/verdict.ts';
import { classOf } from '../../../engine/reply.ts';

const refusals: readonly number[] = [500, 501, 522];

function junkCase(row: string, slug: string, argument: string, level: Level = 'MUST'): ServerCase {
  return defineServerCase({
    id: `rfc2428/3/epsv-${slug}`,
    row,
    area: 'addressing',
    level,
    clause: 'RFC 2428 section 3',
    requirement: `EPSV ${argument} names no protocol that a server has: 501 (or 500, or 522).`,
    outcomes: {
      refused: { grade: 'pass', says: `EPSV ${argument} is refused` },
      'refused-otherwise': { grade: 'info', says: `EPSV ${argument} is refused by another code than 500, 501 and 522` },
      accepted: { grade: 'broken', says: `EPSV ${argument} is accepted` },
    },
    advice: 'Answer 501 to every argument that is neither ALL nor one number.',
    async run(lab) {
      const session = await lab.open();
      await session.implemented('EPSV');
      const reply = await session.command(`EPSV ${argument}`);
      const facts = reply.text;
      if (classOf(reply) < 4) return { outcome: 'accepted', facts };
      return { outcome: refusals.includes(reply.code) ? 'refused' : 'refused-otherwise', facts };
    },
  });
}

export const epsvWord = junkCase('E07a', 'word', 'abc');
export const epsvTwoNumbers = junkCase('E07b', 'two-numbers', '1 2', 'engineering');
export const epsvNegative = junkCase('E07c', 'negative', '-1');
