/** K19: a download is cut, the file changes on the server, and the client is started again to go on. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Script } from '../../../../peer/index.ts';
import type { ClientLab, ClientRun, RogueOptions } from '../../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type Seen } from '../../../engine/lab-case.ts';

const wholeBytes = 1024 * 1024;
const partBytes = wholeBytes / 4;
/** The first bytes are to lie in the file before the line is lost, in milliseconds. */
const settleMs = 300;

interface Version {
  readonly content: Buffer;
  /** As MDTM tells it. */
  readonly time: string;
}

/** What tells a client that a file is another one. */
function factsOf({ content, time }: Version, name: string): Readonly<Record<string, Script>> {
  const day = time.startsWith('202601') ? 'Jan 01  2026' : 'Mar 01  2026';
  const unix = `-rw-r--r--   1 ftp      ftp      ${String(content.length).padStart(12)} ${day} ${name}\r\n`;
  return {
    FEAT: '211-Features:\n AUTH TLS\n EPSV\n MDTM\n MLST type*;size*;modify*;\n PBSZ\n PROT\n REST STREAM\n SIZE\n211 End',
    MDTM: `213 ${time}`,
    MLST: `250-Listing\n type=file;size=${content.length};modify=${time}; ${name}\n250 End`,
    LIST: async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(unix);
      await session.endData(line);
      await session.reply('226 Done');
    },
  };
}

/** Gives a quarter, loses both lines, and lets nobody in any more. */
function cutFirst(lab: ClientLab, version: Version): RogueOptions {
  let isCut = false;
  return {
    content: version.content,
    greeting: async (session) => {
      await session.reply(isCut ? '421 Not now' : '220 Ready');
      if (isCut) session.control.fin();
    },
    commands: {
      ...factsOf(version, lab.remote),
      RETR: async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(version.content.subarray(0, partBytes));
        await sleep(settleMs);
        isCut = true;
        lab.fault('both lines are lost behind a quarter of the file');
        line.destroy();
        session.close();
      },
    },
  };
}

/** How many bytes the first run has left under the name, or under one that begins so. */
async function leftOf(run: ClientRun, name: string): Promise<number> {
  const names = (await readdir(run.folder)).filter((one) => one.startsWith(name));
  const sizes = await Promise.all(names.map(async (one) => (await stat(join(run.folder, one))).size));
  return Math.max(0, ...sizes);
}

async function runTwice(lab: ClientLab, change: (first: Buffer) => Version): Promise<readonly [ClientRun, number]> {
  const first = { content: lab.random.bytes(wholeBytes), time: '20260101000000' };
  const cut = await lab.run(cutFirst(lab, first));
  const left = await leftOf(cut, lab.remote);
  if (left === 0 || left >= wholeBytes) lab.skip('the client keeps nothing of a download that was cut');
  const second = change(first.content);
  lab.note('the client is started again');
  const commands = factsOf(second, lab.remote);
  return [await lab.run({ content: second.content, commands, continues: cut }), left];
}

const outcomes = {
  refuses: { grade: 'pass', says: 'the client refuses to go on with another file' },
  anew: { grade: 'pass', says: 'the client downloads the changed file from its beginning' },
  joins: {
    grade: 'broken',
    says: 'the client joins two files, or takes a part of the old one for the new one, and reports success',
  },
  hangs: { grade: 'broken', says: 'the client comes to no end' },
  crashes: { grade: 'fail', says: 'the client crashes' },
} as const;

function seen(run: ClientRun, left: number): Seen<keyof typeof outcomes> {
  const restarts = run.commands.filter((line) => /^rest [1-9]/i.test(line)).join(', ');
  const facts = `${left} bytes were there; ${restarts === '' ? 'no REST' : restarts}; ${run.facts}`;
  if (run.hung) return { outcome: 'hangs', facts };
  if (run.crashed) return { outcome: 'crashes', facts };
  if (!run.claimsSuccess) return { outcome: 'refuses', facts };
  return { outcome: run.local === 'whole' ? 'anew' : 'joins', facts };
}

const common = {
  area: 'data',
  level: 'engineering',
  clause: 'RFC 3659 section 5.2',
  task: 'resume',
  deadlineMs: 40_000,
  advice:
    'Keep size and time of the file beside the part, ask SIZE and MDTM (or MLST) before REST, and begin anew where one differs.',
} as const;

function changed(row: string, name: string, requirement: string, change: (lab: ClientLab) => Version): ClientCase {
  return defineClientCase({
    ...common,
    id: `rfc3659/5.2/resume-over-${name}`,
    row,
    requirement,
    outcomes,
    run: async (lab) => seen(...(await runTwice(lab, () => change(lab)))),
  });
}

export const resumeOverGrown = changed(
  'K19a',
  'grown-file',
  'A download is not resumed over a file whose size and time have changed.',
  (lab) => ({ content: lab.random.bytes(wholeBytes + 100_000), time: '20260301120000' }),
);

export const resumeOverRewritten = changed(
  'K19b',
  'rewritten-file',
  'A download is not resumed over a file of the same size whose time has changed.',
  (lab) => ({ content: lab.random.bytes(wholeBytes), time: '20260301120000' }),
);

export const resumeOverShrunk = changed(
  'K19c',
  'shrunk-file',
  'A part is not taken for the whole of a file that has become smaller than the part.',
  (lab) => ({ content: lab.random.bytes(partBytes / 2), time: '20260301120000' }),
);

export const resumeOverUnchanged = defineClientCase({
  ...common,
  id: 'rfc3659/5/resume-over-unchanged-file',
  row: 'K19d',
  clause: 'RFC 3659 section 5',
  requirement: 'A download that was cut goes on behind what is there, where the file is still the same.',
  outcomes: {
    resumes: { grade: 'pass', says: 'the client asks for the rest only, and the file is whole' },
    anew: { grade: 'info', says: 'the client downloads everything again' },
    fails: { grade: 'broken', says: 'the client does not go on' },
    wrong: { grade: 'fail', says: 'the client reports success, and the file is not whole' },
    hangs: { grade: 'broken', says: 'the client comes to no end' },
    crashes: { grade: 'fail', says: 'the client crashes' },
  },
  advice: 'Send REST with the size of the part where size and time of the file are those of the first try.',
  async run(lab) {
    const [run, left] = await runTwice(lab, (content) => ({ content, time: '20260101000000' }));
    const hasRest = run.commands.some((line) => /^rest [1-9]/i.test(line));
    const facts = `${left} bytes were there; ${run.facts}`;
    if (run.hung) return { outcome: 'hangs', facts };
    if (run.crashed) return { outcome: 'crashes', facts };
    if (!run.claimsSuccess) return { outcome: 'fails', facts };
    if (run.local !== 'whole') return { outcome: 'wrong', facts };
    return { outcome: hasRest ? 'resumes' : 'anew', facts };
  },
});
