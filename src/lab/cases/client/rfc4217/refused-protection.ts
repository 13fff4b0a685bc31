/** C09, C14, C15: the server refuses to protect the data connection, or refuses the transfer for its protection. */

import type { ScriptedSession } from '../../../../peer/index.ts';
import type { ClientLab } from '../../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type Task } from '../../../engine/lab-case.ts';

/** The content type of the first record of TLS (RFC 8446 section 5.1). */
const clientHelloRecord = 22;

const clearOutcomes = {
  stops: { grade: 'pass', says: 'the client stops' },
  insists: { grade: 'pass', says: 'the client begins TLS on the data connection all the same' },
  clear: { grade: 'broken', says: 'the client moves the file in clear' },
  hangs: { grade: 'non-strict', says: 'the client moves nothing and comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

async function tryInClear(
  lab: ClientLab,
  reply: string,
): Promise<{ outcome: keyof typeof clearOutcomes; facts: string }> {
  const content = lab.random.bytes(64 * 1024);
  let first: number | undefined;
  let wasGiven = false;
  const look = async (session: ScriptedSession) => {
    await session.reply('150 Go ahead');
    const line = await session.acceptRawData();
    return line;
  };
  const run = await lab.run({
    content,
    dataTlsStart: 'on-transfer',
    commands: {
      PROT: reply,
      STOR: async (session) => {
        const bytes = await (await look(session)).readToEnd();
        first ??= bytes[0];
        wasGiven ||= bytes.equals(content);
        for (const line of session.dataLines) line.destroy();
        await session.reply('226 Done');
      },
      RETR: async (session) => {
        const line = await look(session);
        // A client that wants TLS speaks first; one that reads in clear waits.
        await line.take((unread) => (unread.length > 0 ? 0 : undefined), 'a ClientHello', 700).catch(() => undefined);
        first ??= line.unread()[0];
        if (first !== clientHelloRecord) await line.write(content).catch(() => undefined);
        line.fin();
        await session.reply('226 Done');
      },
    },
  });
  const { facts } = run;
  if (wasGiven || (run.claimsSuccess && run.local === 'whole')) return { outcome: 'clear', facts };
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  return { outcome: first === clientHelloRecord ? 'insists' : 'stops', facts };
}

function refusedProtection(row: string, task: Task, reply: string, smoke = false): ClientCase {
  const code = reply.slice(0, 3);
  return defineClientCase({
    id: `rfc4217/10.3/prot-refused-${code}-${task}`,
    row,
    area: 'security',
    level: 'MUST',
    clause: 'RFC 4217 section 10.3',
    requirement: `With TLS required, no ${task} is made in clear behind a PROT P that is answered ${code}.`,
    outcomes: clearOutcomes,
    advice: 'End the session when PROT P is refused and protection is required.',
    smoke,
    task,
    run: (lab) => tryInClear(lab, reply),
  });
}

export const protectionRefused: readonly ClientCase[] = [
  refusedProtection('C09a', 'upload', '534 Not for you', true),
  refusedProtection('C09b', 'download', '534 Not for you'),
  refusedProtection('C09c', 'upload', '536 Not with this mechanism'),
  refusedProtection('C09d', 'upload', '500 What?'),
];

/** More than this many tries at a transfer that is refused for good are no tries any more. */
const maxTries = 8;

function refusedTransfer(row: string, reply: string, requirement: string): ClientCase {
  return defineClientCase({
    id: `rfc4217/10.2/transfer-refused-${reply.slice(0, 3)}`,
    row,
    area: 'data',
    level: 'engineering',
    clause: 'RFC 4217 section 10.2',
    requirement,
    outcomes: {
      reports: { grade: 'pass', says: 'the client reports the refusal' },
      believes: { grade: 'fail', says: 'the client reports success, and nothing was moved' },
      repeats: { grade: 'broken', says: 'the client asks over and over' },
      hangs: { grade: 'broken', says: 'the client comes to no end' },
      crashes: { grade: 'fail', says: 'the client crashes' },
    },
    advice:
      'Report the text of the reply; it is about the protection of the data connection and will not change by itself.',
    task: 'download',
    async run(lab) {
      const run = await lab.run({ commands: { RETR: reply } });
      const tries = run.commands.filter((line) => line.startsWith('RETR')).length;
      const facts = `${tries} times asked; ${run.facts}`;
      if (tries > maxTries) return { outcome: 'repeats', facts };
      if (run.hung) return { outcome: 'hangs', facts };
      if (run.crashed) return { outcome: 'crashes', facts };
      return { outcome: run.claimsSuccess ? 'believes' : 'reports', facts };
    },
  });
}

export const sessionReuseWanted = refusedTransfer(
  'C14',
  '522 SSL connection failed: session reuse required',
  '522 for a transfer (here for want of a resumed TLS session) is reported.',
);

export const protectionLevelWrong = refusedTransfer(
  'C15',
  '521 Data connection cannot be opened with this PROT setting',
  '521 for a transfer is reported.',
);
