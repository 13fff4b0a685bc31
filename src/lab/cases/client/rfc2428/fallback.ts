/** E18 to E21, E23: when EPSV does not work, PASV does. */

import type { RogueOptions } from '../../../client-lab/client-lab.ts';
import { closedPort, openSilentPort } from '../../../client-lab/traps.ts';
import { type ClientCase, defineClientCase } from '../../../engine/lab-case.ts';

const common = { area: 'addressing', task: 'download' } as const;

const outcomes = {
  'same-login': { grade: 'pass', says: 'the client uses PASV on the same login' },
  'new-login': { grade: 'pass', says: 'the client uses PASV, and logs in again for it' },
  fails: { grade: 'broken', says: 'the client gives up' },
  wrong: { grade: 'fail', says: 'the client reports success, and the file is not there' },
  endless: { grade: 'fail', says: 'the client tries the same over and over' },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

/** More than this many EPSV in one run are no tries any more. */
const maxExtendedTries = 10;

function fallbackCase(
  record: Pick<ClientCase, 'id' | 'row' | 'clause' | 'requirement' | 'level'> & {
    readonly smoke?: boolean;
    readonly waits?: boolean;
  },
  rogue: (lab: Parameters<ClientCase['run']>[0]) => RogueOptions | Promise<RogueOptions>,
): ClientCase {
  return defineClientCase({
    ...common,
    ...record,
    outcomes,
    advice: 'Use PASV on the same login when EPSV is refused or leads nowhere, after a short wait, and remember it.',
    async run(lab) {
      const run = await lab.run(await rogue(lab));
      lab.needExtendedPassive(run);
      const tries = run.commands.filter((line) => /^epsv/i.test(line)).length;
      const facts = `EPSV sent ${tries} times in ${run.server.sessions.length} sessions; ${run.facts}`;
      if (tries > maxExtendedTries) return { outcome: 'endless', facts };
      if (run.hung) return { outcome: 'hangs', facts };
      if (run.crashed) return { outcome: 'crashes', facts };
      if (!run.claimsSuccess) return { outcome: 'fails', facts };
      if (run.local !== 'whole') return { outcome: 'wrong', facts };
      return { outcome: run.server.sessions.length === 1 ? 'same-login' : 'new-login', facts };
    },
  });
}

const refusals: readonly (readonly [row: string, reply: string])[] = [
  ['E18a', '500 EPSV not understood'],
  ['E18b', '501 Bad argument'],
  ['E18c', '502 EPSV not implemented'],
  ['E18d', '522 Network protocol not supported, use (2)'],
  ['E18e', '425 Cannot open a port'],
];

export const refusedExtended: readonly ClientCase[] = refusals.map(([row, reply]) =>
  fallbackCase(
    {
      id: `rfc2428/3/epsv-refused-${reply.slice(0, 3)}`,
      row,
      level: 'engineering',
      clause: 'RFC 2428 section 3',
      requirement: `${reply.slice(0, 3)} as the answer to EPSV over IPv4 leads to PASV on the same login.`,
      ...(row === 'E18a' ? { smoke: true } : {}),
    },
    () => ({ commands: { EPSV: reply } }),
  ),
);

export const refusedPort = fallbackCase(
  {
    id: 'engineering/epsv-port-refused',
    row: 'E19',
    level: 'engineering',
    clause: 'engineering',
    requirement: 'When the port of 229 refuses the connection, the client tries PASV, and comes to an end.',
    smoke: true,
  },
  () => ({
    commands: { EPSV: async (session) => session.reply(`229 Passive (|||${await closedPort('127.0.0.1')}|)`) },
  }),
);

export const silentPort = fallbackCase(
  {
    id: 'engineering/epsv-port-silent',
    row: 'E20',
    level: 'engineering',
    clause: 'engineering',
    requirement: 'When the port of 229 does not answer, the client tries PASV after a short wait.',
    waits: true,
  },
  async (lab) => {
    const silent = await openSilentPort();
    lab.atEnd(() => silent.close());
    return { patienceMs: 18_000, commands: { EPSV: `229 Passive (|||${silent.port}|)` } };
  },
);

export const unansweredExtended = defineClientCase({
  ...common,
  id: 'engineering/epsv-unanswered',
  row: 'E21',
  level: 'engineering',
  clause: 'engineering',
  requirement: 'A late 229 is not taken for the answer to a later command, and silence is not waited for without end.',
  outcomes: {
    ends: { grade: 'pass', says: 'the client gives up after a while' },
    recovers: { grade: 'pass', says: 'the client brings the file all the same' },
    confused: { grade: 'broken', says: 'the client takes the late 229 for the answer to PASV' },
    hangs: { grade: 'broken', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Take a session whose reply is overdue for broken, and begin a new one.',
  deadlineMs: 30_000,
  waits: true,
  async run(lab) {
    let isConfused = false;
    const run = await lab.run({
      patienceMs: 18_000,
      dataTlsStart: 'on-transfer',
      commands: {
        EPSV: async () => undefined,
        PASV: async (session) => {
          const late = await session.openData();
          await session.reply(`229 Late (|||${late}|)`);
          isConfused = await session.acceptRawData(1_500).then(
            () => true,
            () => false,
          );
          const port = isConfused ? late : await session.openData();
          await session.reply(`227 Passive (127,0,0,1,${port >> 8},${port & 255})`);
        },
      },
    });
    lab.needExtendedPassive(run);
    const { facts } = run;
    if (isConfused) return { outcome: 'confused', facts };
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    return { outcome: run.claimsSuccess ? 'recovers' : 'ends', facts };
  },
});

export const unlistedExtended = defineClientCase({
  ...common,
  id: 'rfc2428/4/epsv-not-in-feat',
  row: 'E23',
  level: 'MAY',
  clause: 'RFC 2428 section 4',
  requirement: 'EPSV may be tried where FEAT does not list it: it need not be listed.',
  outcomes: {
    tries: { grade: 'info', says: 'the client tries EPSV' },
    passive: { grade: 'info', says: 'the client uses PASV without trying EPSV' },
    fails: { grade: 'fail', says: 'the client gives up' },
    hangs: { grade: 'fail', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Try EPSV first; FEAT lists only what is not in a base document of FTP, and lists are often short.',
  async run(lab) {
    const run = await lab.run({ commands: { FEAT: '211-Features:\n AUTH TLS\n PBSZ\n PROT\n SIZE\n211 End' } });
    const { facts } = run;
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    if (!run.claimsSuccess) return { outcome: 'fails', facts };
    return { outcome: run.commands.some((line) => /^epsv/i.test(line)) ? 'tries' : 'passive', facts };
  },
});
