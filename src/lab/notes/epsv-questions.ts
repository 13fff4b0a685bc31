/** Every form of EPSV put to a server over one address, by the cases of the lab, so that notes and reports never disagree. */

import { setTimeout as sleep } from 'node:timers/promises';
import { addressingCases } from '../cases/server/addressing.ts';
import { EventLog, type LabEvent } from '../engine/event-log.ts';
import type { ServerCase } from '../engine/lab-case.ts';
import type { CaseReport } from '../engine/lab-report.ts';
import type { Random } from '../../peer/index.ts';
import { runCase } from '../engine/run-case.ts';
import { type Verdict, verdicts } from '../engine/verdict.ts';
import { LogGate } from './log-gate.ts';
import { NoteLog } from './note-log.ts';
import type { NotePart, NoteQuestion } from './note-report.ts';
import type { NoteOptions } from './note-run.ts';
import { ServerAccess } from './note-server-access.ts';
import { WireLog } from './wire-log.ts';

/** What is asked by which case, in this order. */
const forms: Readonly<Record<string, string>> = {
  'rfc2428/3/epsv-over-ipv4': 'EPSV, over IPv4',
  'rfc2428/3/epsv-over-ipv6': 'EPSV, over IPv6',
  'rfc2428/3/epsv-own-family': 'EPSV 1, over IPv4',
  'rfc2428/3/epsv-2-over-ipv4': 'EPSV 2, over IPv4',
  'rfc2428/3/epsv-1-over-ipv6': 'EPSV 1, over IPv6',
  'rfc2428/3/epsv-unknown-family': 'EPSV with a family that there is not',
  'rfc2428/3/epsv-all': 'EPSV ALL',
  'rfc2428/3/pasv-behind-epsv-all': 'PASV behind EPSV ALL',
  'rfc2428/3/port-behind-epsv-all': 'PORT behind EPSV ALL',
  'rfc2428/3/eprt-behind-epsv-all': 'EPRT behind EPSV ALL',
  'rfc2428/3/epsv-behind-epsv-all': 'EPSV behind EPSV ALL',
};

/** What a case begins with once its session is open. */
const firstAsked = /\b(?:EPSV|PASV|PORT|EPRT)\b/;
/** Lines of a log may come a moment behind the reply. */
const lastWordsMs = 30;

export async function askForms(
  address: NoteOptions['server']['addresses'][number],
  options: NoteOptions,
  random: Random,
): Promise<Omit<NotePart, 'clauses'>> {
  const { family, host, port = options.server.target.port } = address;
  const target = { ...options.server.target, host, port };
  const access = new ServerAccess(target, random);
  const log = new NoteLog([target.password]);
  const questions: NoteQuestion[] = [];
  try {
    for (const [id, asked] of Object.entries(forms)) {
      const record = addressingCases.find((one) => one.id === id);
      if (record === undefined || record.needs.includes(family === 4 ? 'ipv6' : 'ipv4')) continue;
      options.signal?.throwIfAborted();
      const report = await ask(record, asked, options, access, log);
      if (report.verdict === 'SKIP') log.add('lab', `not asked: ${report.says}`);
      questions.push(questionOf(asked, report));
    }
  } finally {
    await access.clear();
  }
  return {
    title: `The lab asks over IPv${family}`,
    story: [
      `Control lines go to ${host} port ${port}. 229 names a port and no address: each data line goes to ${host} too, the address of the control line.`,
      'Shown is what each session says once it is logged in.',
    ],
    timeline: log.ordered(),
    droppedEntries: log.dropped,
    lines: [],
    questions,
    left: [],
    verdicts: [{ end: 'server', ...summary(questions), clause: 'RFC 2428 sections 3 and 4' }],
  };
}

async function ask(
  record: ServerCase,
  asked: string,
  options: NoteOptions,
  access: ServerAccess,
  log: NoteLog,
): Promise<CaseReport> {
  const { server, seed } = options;
  const startedMs = log.now();
  log.add('lab', `asked: ${asked}`);
  const gate = new LogGate(firstAsked, (line) => log.add('server', line), /> QUIT$/);
  const events = new EventLog([server.target.password]);
  const lab = await access.lab(events);
  await lab.file(64 * 1024);
  const stopLog = server.onLog?.((line) => gate.take(line));
  try {
    const close = async (): Promise<void> => {
      await lab.close();
      await sleep(lastWordsMs);
    };
    const report = await runCase(record, events, () => record.run(lab), close, `--only ${record.id} --seed ${seed}`);
    tellDialogue(events.events, log, startedMs, server.onLog === undefined && server.target.security === 'plain');
    return report;
  } finally {
    stopLog?.();
  }
}

/** The dialogue of the session behind its login; `isWire`: it is also all that is known of the server. */
function tellDialogue(events: readonly LabEvent[], log: NoteLog, startedMs: number, isWire: boolean): void {
  const first = events.findIndex((event) => event.kind === 'text' && event.by === 'lab' && firstAsked.test(event.text));
  let atMs = 0;
  const wire = new WireLog(1, '127.0.0.1', false, (line) => log.add('server', line, { atMs }));
  for (const event of first === -1 ? [] : events.slice(first)) {
    if (event.kind === 'text' && event.text === 'QUIT') break;
    atMs = startedMs + event.atMs;
    if (event.kind !== 'text') {
      if (event.kind === 'connected') log.add('client', `* ${event.line ?? ''}: connected to ${event.text}`, { atMs });
      continue;
    }
    const mark = event.by === 'lab' ? '>' : '<';
    for (const line of event.text.split('\n')) log.add('client', `${mark} ${line}`, { atMs });
    if (isWire) wire.take(event.by === 'lab' ? 'client' : 'server', Buffer.from(`${event.text}\n`));
  }
}

function questionOf(asked: string, { verdict, says, facts, clause }: CaseReport): NoteQuestion {
  return { asked, answered: facts ?? (verdict === 'SKIP' ? 'not asked' : '–'), verdict, says, clause };
}

/** The gravest verdict, and what it is for. */
function summary(all: readonly NoteQuestion[]): { readonly verdict: Verdict; readonly says: string } {
  const questions = all.filter(({ verdict }) => verdict !== 'SKIP');
  const worst = verdicts.find((verdict) => questions.some((one) => one.verdict === verdict)) ?? 'SKIP';
  const bad = questions.filter(({ verdict }) => verdict === worst).map(({ asked }) => asked);
  const good = questions.filter(({ verdict }) => verdict === 'PASS').length;
  const says = worst === 'PASS' ? '' : `; ${worst}: ${bad.join('; ')}`;
  return { verdict: worst, says: `${good} of ${questions.length} forms are taken as the RFC has it${says}` };
}
