/** F02, F03, F04: answers to PASV that look otherwise than usual, and addresses that are not the server's. */

import type { ScriptedSession } from '../../../../peer/index.ts';
import type { ClientLab, RogueOptions } from '../../../client-lab/client-lab.ts';
import { openTrap, type Trap } from '../../../client-lab/traps.ts';
import { type ClientCase, defineClientCase } from '../../../engine/lab-case.ts';
import { defineCopingCase } from '../coping-case.ts';

const common = { area: 'addressing', task: 'download' } as const;

type Words = (high: number, low: number) => string;

/** EPSV is not there, and PASV is answered so; `openData` says where the right port is. */
function passive(words: Words): RogueOptions {
  const answer = async (session: ScriptedSession): Promise<void> => {
    const port = await session.openData();
    await session.reply(words(port >> 8, port & 255));
  };
  return { commands: { EPSV: '500 No EPSV here', PASV: answer } };
}

const forms: readonly (readonly [row: string, name: string, words: Words])[] = [
  ['F02a', 'no-parentheses', (high, low) => `227 Entering Passive Mode 127,0,0,1,${high},${low}`],
  ['F02b', 'equals-sign', (high, low) => `227 =127,0,0,1,${high},${low}`],
  ['F02c', 'other-text', (high, low) => `227 Ok, at your service [127,0,0,1,${high},${low}].`],
  ['F02d', 'spaces', (high, low) => `227 Entering Passive Mode ( 127,0,0,1,${high},${low} )`],
];

export const passiveForms: readonly ClientCase[] = forms.map(([row, name, words]) =>
  defineCopingCase({
    ...common,
    id: `rfc1123/4.1.2.6/227-${name}`,
    row,
    level: 'MUST',
    clause: 'RFC 1123 section 4.1.2.6',
    requirement: 'A client scans 227 for six numbers, and expects neither parentheses nor a certain text.',
    advice: 'Look for the first six numbers with commas between, wherever they stand.',
    rogue: () => passive(words),
  }),
);

const outcomes = {
  replaces: { grade: 'pass', says: 'the client connects to the server all the same' },
  stops: { grade: 'pass', says: 'the client refuses the reply' },
  follows: { grade: 'broken', says: 'the client connects to where the reply sends it' },
  hangs: { grade: 'non-strict', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

/** A refusal takes less, in milliseconds. */
const waitingMs = 4_000;

/** Catches what goes to the same port of another address. */
async function judge(
  lab: ClientLab,
  trapHost: string | undefined,
  words: Words,
): Promise<{ outcome: keyof typeof outcomes; facts: string }> {
  const traps: Trap[] = [];
  let saidMs = Infinity;
  const run = await lab.run({
    commands: {
      EPSV: '500 No EPSV here',
      PASV: async (session) => {
        const own = await session.openData();
        const port = trapHost === '127.0.0.1' ? 0 : own;
        const trap = trapHost === undefined ? undefined : await openTrap(trapHost, port);
        if (trap !== undefined) {
          traps.push(trap);
          lab.atEnd(() => trap.close());
        }
        const said = trap?.port ?? own;
        await session.reply(words(said >> 8, said & 255));
        saidMs = performance.now();
      },
    },
  });
  const { facts } = run;
  // An address without a trap cannot be watched: whoever fails only after a wait has waited for it.
  const hasWaited = trapHost === undefined && !run.hung && performance.now() - saidMs > waitingMs;
  const isTaken = traps.some(({ caught }) => caught > 0);
  if (isTaken || (hasWaited && !run.claimsSuccess)) return { outcome: 'follows', facts };
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  return { outcome: run.claimsSuccess ? 'replaces' : 'stops', facts };
}

const addresses: readonly (readonly [row: string, name: string, trap: string | undefined, address: string])[] = [
  ['F03a', 'another-host', '127.0.0.2', '127,0,0,2'],
  ['F03b', 'private-address', undefined, '192,168,255,254'],
  ['F03c', 'zero-address', undefined, '0,0,0,0'],
];

export const foreignAddresses: readonly ClientCase[] = addresses.map(([row, name, trap, address]) =>
  defineClientCase({
    ...common,
    id: `rfc2577/3/227-with-${name}`,
    row,
    area: 'security',
    level: 'SHOULD',
    clause: 'RFC 2577 section 3',
    requirement: 'The data connection goes to the address of the control connection, whatever address stands in 227.',
    outcomes,
    advice: 'Ignore the address in 227, or refuse the reply where it is another than that of the control connection.',
    run: (lab) => judge(lab, trap, (high, low) => `227 Passive (${address},${high},${low})`),
  }),
);

const numbers: readonly (readonly [row: string, name: string, requirement: string, words: Words])[] = [
  [
    'F04a',
    'number-above-255',
    'A number above 255 in 227 is refused.',
    (high, low) => `227 Passive (127,0,0,1,${high + 256},${low})`,
  ],
  [
    'F04b',
    'five-numbers',
    'Five numbers in 227 are no address and port.',
    (high, low) => `227 Passive (127,0,1,${high},${low})`,
  ],
  [
    'F04c',
    'negative-number',
    'A negative number in 227 is refused.',
    (high, low) => `227 Passive (127,0,0,1,${high},${low - 256})`,
  ],
];

export const badNumbers: readonly ClientCase[] = numbers.map(([row, name, requirement, words]) =>
  defineClientCase({
    ...common,
    id: `rfc959/5.3/227-with-${name}`,
    row,
    level: 'engineering',
    clause: 'RFC 959 section 5.3',
    requirement,
    outcomes: { ...outcomes, replaces: { grade: 'pass', says: 'the client finds another way' } },
    advice: 'Take six whole numbers from 0 to 255, and refuse everything else.',
    run: (lab) => judge(lab, '127.0.0.1', words),
  }),
);
