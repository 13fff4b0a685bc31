/** E15, E16, E17: answers to EPSV that look otherwise than usual, and ports that are none. */

import type { ScriptedSession } from '../../../../peer/index.ts';
import type { ClientLab } from '../../../client-lab/client-lab.ts';
import { openTrap, type Trap } from '../../../client-lab/traps.ts';
import { type ClientCase, defineClientCase } from '../../../engine/lab-case.ts';
import { defineCopingCase } from '../coping-case.ts';

const common = { area: 'addressing', task: 'download' } as const;

type Words = (port: number) => string;
const extended = (words: Words) => ({
  EPSV: async (session: ScriptedSession) => session.reply(words(await session.openData())),
});

function delimiterCase(row: string, name: string, pick: (lab: ClientLab) => string): ClientCase {
  return defineCopingCase({
    ...common,
    id: `rfc2428/2/${name}`,
    row,
    level: 'MUST',
    clause: 'RFC 2428 sections 2 and 3',
    requirement: 'The delimiter in 229 may be any character from 33 to 126.',
    needsExtendedPassive: true,
    advice: 'Take the character behind the parenthesis for the delimiter, whatever it is.',
    rogue: (lab) => {
      const mark = pick(lab);
      return {
        commands: {
          ...extended((port) => `229 Passive (${mark}${mark}${mark}${port}${mark})`),
          PASV: '502 No PASV here',
        },
      };
    },
  });
}

const [firstMark, lastMark] = [33, 126];

export const otherDelimiter = delimiterCase('E15a', 'other-delimiter', () => String.fromCharCode(firstMark));

/** Digits cannot be told from the port, and a parenthesis ends what is looked at. */
export const anyDelimiter = delimiterCase('E15c', 'any-delimiter', (lab) => {
  const codes = Array.from({ length: lastMark - firstMark + 1 }, (_, at) => String.fromCharCode(firstMark + at));
  return lab.random.pick(codes.filter((mark) => !/[0-9()|!]/.test(mark)));
});

export const otherText = defineCopingCase({
  ...common,
  id: 'rfc2428/3/other-text',
  row: 'E15b',
  level: 'MUST',
  clause: 'RFC 2428 section 3',
  requirement: 'The text around the parentheses in 229 is free, and may hold numbers.',
  needsExtendedPassive: true,
  advice: 'Read the port between the delimiters in the parentheses, and nothing else.',
  rogue: () => ({
    commands: {
      ...extended((port) => `229 Port 21 of 4,5 is open for 60 s: (|||${port}|).`),
      PASV: '502 No PASV here',
    },
  }),
});

/** An address that a client might be sent to, and that is not the server's. */
const foreignHost = '127.0.0.3';

export const foreignAddressInExtended = defineClientCase({
  ...common,
  id: 'rfc2428/3/address-in-229',
  row: 'E16',
  area: 'security',
  level: 'MUST',
  clause: 'RFC 2428 section 3',
  requirement:
    'Whatever address stands in 229, the data connection goes to the address of the control connection, or nowhere.',
  outcomes: {
    works: { grade: 'pass', says: 'the client connects to the server' },
    stops: { grade: 'pass', says: 'the client refuses the reply' },
    follows: { grade: 'fail', says: 'the client connects to the address in the reply, which is another host' },
    hangs: { grade: 'non-strict', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Ignore the address in 229; take the one of the control connection.',
  async run(lab) {
    const traps: Trap[] = [];
    const run = await lab.run({
      commands: {
        EPSV: async (session) => {
          const port = await session.openData();
          const trap = await openTrap(foreignHost, port);
          traps.push(trap);
          lab.atEnd(() => trap.close());
          await session.reply(`229 Passive (|1|${foreignHost}|${port}|)`);
        },
      },
    });
    lab.needExtendedPassive(run);
    const { facts } = run;
    if (traps.some(({ caught }) => caught > 0)) return { outcome: 'follows', facts };
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    return { outcome: run.claimsSuccess ? 'works' : 'stops', facts };
  },
});

function badPort(row: string, name: string, requirement: string, words: Words): ClientCase {
  return defineClientCase({
    ...common,
    id: `rfc2428/3/${name}`,
    row,
    level: 'engineering',
    clause: 'RFC 2428 section 3',
    requirement,
    outcomes: {
      'falls-back': { grade: 'pass', says: 'the client uses PASV' },
      stops: { grade: 'pass', says: 'the client refuses the reply with an error' },
      connects: { grade: 'broken', says: 'the client makes a port of it and connects there' },
      hangs: { grade: 'broken', says: 'the client comes to no end' },
      crashes: { grade: 'fail', says: 'the client crashes' },
    },
    advice: 'Refuse a port that is not a number from 1 to 65535, and try PASV.',
    async run(lab) {
      const traps: Trap[] = [];
      const run = await lab.run({
        commands: {
          EPSV: async (session) => {
            const trap = await openTrap('127.0.0.1');
            traps.push(trap);
            lab.atEnd(() => trap.close());
            await session.reply(words(trap.port));
          },
        },
      });
      lab.needExtendedPassive(run);
      const { facts } = run;
      if (traps.some(({ caught }) => caught > 0)) return { outcome: 'connects', facts };
      if (run.hung) return { outcome: 'hangs', facts };
      if (run.crashed) return { outcome: 'crashes', facts };
      return { outcome: run.claimsSuccess ? 'falls-back' : 'stops', facts };
    },
  });
}

export const badPorts: readonly ClientCase[] = [
  badPort(
    'E17a',
    'port-beyond-65535',
    'A port above 65535 in 229 is refused, and not taken modulo 65536.',
    (port) => `229 Passive (|||${port + 65_536}|)`,
  ),
  badPort(
    'E17b',
    'negative-port',
    'A negative port in 229 is refused.',
    (port) => `229 Passive (|||${port - 65_536}|)`,
  ),
  badPort('E17c', 'port-0', 'Port 0 in 229 is refused.', () => '229 Passive (|||0|)'),
  badPort('E17d', 'no-port', 'An empty port in 229 is refused.', () => '229 Passive (||||)'),
  badPort(
    'E17e',
    'no-parenthesis',
    '229 without a port at all is refused.',
    () => '229 Entering Extended Passive Mode',
  ),
];
