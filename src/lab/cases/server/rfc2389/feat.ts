/** M01 and M02: the form of the reply to FEAT, and whether it comes before login too. */

import { defineServerCase } from '../../../engine/lab-case.ts';
import type { Reply } from '../../../engine/reply.ts';

/** The features of a reply, or what is wrong with its form. */
export function featuresOf({ lines }: Reply): { readonly features: readonly string[]; readonly problem?: string } {
  if (lines.length === 1) {
    return lines[0]?.startsWith('211 ') === true
      ? { features: [] }
      : { features: [], problem: 'a single line that is no "211 "' };
  }
  const inner = lines.slice(1, -1);
  const odd = inner.find((line) => !/^ [!-~]+(?: [\t -~]+)?$/.test(line));
  if (lines[0]?.startsWith('211-') !== true) return { features: [], problem: `the first line is ${lines[0]}` };
  if (odd !== undefined) return { features: [], problem: `a feature line is "${odd}"` };
  if (!/^211 end$/i.test(lines.at(-1) ?? '')) return { features: [], problem: `the last line is ${lines.at(-1)}` };
  if (inner.length === 0) return { features: [], problem: 'no features, in more than one line' };
  return { features: inner.map((line) => line.slice(1)) };
}

const malformed = { grade: 'broken', says: 'the reply to FEAT does not have the form that is asked for' } as const;

export const featForm = defineServerCase({
  id: 'rfc2389/3.2/feat-form',
  row: 'M01',
  area: 'features',
  level: 'MUST',
  clause: 'RFC 2389 section 3.2',
  requirement:
    'FEAT is answered by 211- with one feature a line behind one space, and 211 End; or by 211 alone; or by 500 or 502.',
  outcomes: {
    listed: { grade: 'pass', says: 'the features are listed in the form that is asked for' },
    none: { grade: 'pass', says: 'the server says that it has no features' },
    malformed,
    'ends-otherwise': { grade: 'info', says: 'the list is right, and its last line says another word than End' },
  },
  advice: 'Write "211-…", one feature a line behind exactly one space, and "211 End".',
  async run(lab) {
    const session = await lab.open();
    const reply = await session.implemented('FEAT');
    const facts = reply.lines.join(' | ');
    const { features, problem } = featuresOf(reply);
    if (problem?.startsWith('the last line is 211 ')) return { outcome: 'ends-otherwise', facts: problem };
    if (problem !== undefined || reply.code !== 211) return { outcome: 'malformed', facts: problem ?? facts };
    return { outcome: features.length === 0 ? 'none' : 'listed', facts };
  },
});

export const featBeforeLogin = defineServerCase({
  id: 'rfc2389/3/feat-before-login',
  row: 'M02',
  area: 'features',
  level: 'MAY',
  clause: 'RFC 2389 section 3',
  requirement: 'FEAT is answered before login too, with the features that a client needs to log in.',
  outcomes: {
    same: { grade: 'pass', says: 'the same features are listed before login and behind it' },
    other: { grade: 'info', says: 'other features are listed before login than behind it' },
    refused: { grade: 'info', says: 'FEAT is refused before login' },
  },
  advice: 'Answer FEAT at any time: clients ask it first, to find AUTH TLS.',
  async run(lab) {
    const session = await lab.greeted();
    await session.secure();
    const before = await session.command('FEAT');
    await session.logIn();
    const behind = await session.implemented('FEAT');
    if (before.code !== 211) return { outcome: 'refused', facts: before.text };
    const [one, two] = [before, behind].map((reply) => new Set(featuresOf(reply).features));
    const apart = [...(one ?? [])]
      .filter((name) => two?.has(name) !== true)
      .concat([...(two ?? [])].filter((name) => one?.has(name) !== true));
    return {
      outcome: apart.length === 0 ? 'same' : 'other',
      facts: apart.length === 0 ? `${one?.size} features` : `differ in ${apart.join(', ')}`,
    };
  },
});
