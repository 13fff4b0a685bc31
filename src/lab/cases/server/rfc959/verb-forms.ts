/** M15: verbs in small letters, and spaces behind a command. */

import { defineServerCase } from '../../../engine/lab-case.ts';

export const verbForms = defineServerCase({
  id: 'rfc959/5.3/verb-forms',
  row: 'M15',
  area: 'control',
  level: 'MUST',
  clause: 'RFC 959 section 5.3',
  requirement: 'Verbs are the same in capital and small letters.',
  outcomes: {
    any: { grade: 'pass', says: 'noop and Noop are taken, with a space behind them too' },
    'no-space': { grade: 'info', says: 'noop and Noop are taken; a space behind the command is refused' },
    'case-matters': { grade: 'broken', says: 'a verb in small letters is refused' },
  },
  advice: 'Compare verbs without regard to case, and cut spaces behind a command that takes no argument.',
  async run(lab) {
    const session = await lab.open();
    const replies = [await session.command('noop'), await session.command('Noop'), await session.command('noop ')];
    const facts = replies.map(({ text }) => text).join('; ');
    const [small, mixed, spaced] = replies.map(({ code }) => code === 200);
    if (small !== true || mixed !== true) return { outcome: 'case-matters', facts };
    return { outcome: spaced === true ? 'any' : 'no-space', facts };
  },
});
