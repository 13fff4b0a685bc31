/** Runs the client cases against one client. Prints nothing. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, createTestCa, createTestCertificate, runCommand } from '../../peer/index.ts';
import { CaseSkipped } from '../engine/case-errors.ts';
import { EventLog } from '../engine/event-log.ts';
import { type ClientCase, type Task, tasks } from '../engine/lab-case.ts';
import { type CaseReport, type LabReport, reportVersion, type SanityReport } from '../engine/lab-report.ts';
import { randomOfCase } from '../engine/random.ts';
import { runCase } from '../engine/run-case.ts';
import { runAll, type ScheduleOptions } from '../engine/schedule.ts';
import { ClientLab, type ClientRun, type Protects } from './client-lab.ts';
import { type ClientUnderTest, labUser } from './client-under-test.ts';
import { readLocalFile } from './local-file.ts';

export interface ClientLabOptions extends ScheduleOptions {
  readonly client: ClientUnderTest;
  readonly cases: readonly ClientCase[];
  readonly seed: number;
  readonly tool: string;
  /** How a user repeats the run, up to the options that choose cases: `twinline lab client --preset curl`. */
  readonly repeat: string;
  /** What stands behind these options: `-- curl …`. */
  readonly repeatEnd?: string;
  readonly intrusive?: boolean;
  /** No run of the client in a case takes longer than this, whatever the case allows, in milliseconds. */
  readonly patienceMs?: number;
  /** How long a plain transfer before and behind the cases may take, in milliseconds. Default 14,000. */
  readonly sanityPatienceMs?: number;
}

export async function runClientLab(options: ClientLabOptions): Promise<LabReport> {
  const startedAt = new Date();
  await using folder = await createTempFolder('twinline-lab-');
  const authority = await createTestCa();
  const certificate = await createTestCertificate({ ca: authority });
  const caFile = folder.join('authority.pem');
  await writeFile(caFile, authority.certificatePem);
  const protects = new Map<Task, Protects>();
  const makeLab = (task: Task, id: string, log: EventLog): ClientLab =>
    new ClientLab({
      client: options.client,
      task,
      random: randomOfCase(options.seed, id),
      log,
      authority,
      certificate,
      caFile,
      patienceMs: (id.startsWith(sanityId) ? options.sanityPatienceMs : options.patienceMs) ?? Infinity,
      signal: options.signal,
      protects: protects.get(task),
    });
  const before = await checkSanity(options.client, makeLab, protects);
  const sanityOf = (record: ClientCase): SanityReport => before.get(record.task) ?? summed(before);
  // What cannot be judged for the same reason is one sentence at the end, and not one for each case.
  const unable = new Set(options.cases.filter((record) => !sanityOf(record).ok).map(({ id }) => id));
  const onReport: ClientLabOptions['onReport'] = (report, ...progress) => {
    if (!unable.has(report.id)) options.onReport?.(report, ...progress);
  };
  const run = (record: ClientCase): Promise<CaseReport> => runOne(record, sanityOf(record), options, makeLab);
  const cases = await runAll(options.cases, run, { ...options, onReport });
  // Whoever could not do it before is not asked again.
  const isOver = options.signal?.aborted === true;
  const after = summed(before).ok && !isOver ? await checkSanity(options.client, makeLab, protects) : before;
  const product = await versionOf(options.client);
  return {
    schema: `twinline-lab-report/${reportVersion}`,
    tool: options.tool,
    side: 'client',
    target: options.client.name,
    ...(product === undefined ? {} : { product }),
    seed: options.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    sanity: { before: summed(before), after: summed(after) },
    cases,
    notes: isOver ? [`Interrupted: ${cases.length} of ${options.cases.length} cases were begun.`] : [],
  };
}

type MakeLab = (task: Task, id: string, log: EventLog) => ClientLab;

/** The password of the lab is in every command line and login, and stays out of every report. */
const newLog = (): EventLog => new EventLog([labUser.password]);

const sanityId = 'sanity';
const plainTasks: readonly Task[] = ['download', 'upload', 'list'];

/** What the client does must work against a server that does nothing wrong: the plain tasks, or those that it is here for. */
async function checkSanity(
  client: ClientUnderTest,
  makeLab: MakeLab,
  protects: Map<Task, Protects>,
): Promise<ReadonlyMap<Task, SanityReport>> {
  const given = tasks.filter((task) => client.commands[task] !== undefined);
  const plain = given.filter((task) => plainTasks.includes(task));
  const reports = new Map<Task, SanityReport>();
  for (const task of plain.length === 0 ? given : plain) {
    const first = await trySanity(task, makeLab, protects);
    // Once more: a machine that is busy for a moment is no reason to judge nobody.
    reports.set(task, first.ok || first.isFinal ? first : await trySanity(task, makeLab, protects));
  }
  return new Map([...reports].map(([task, { ok, says }]) => [task, { ok, says }]));
}

async function trySanity(
  task: Task,
  makeLab: MakeLab,
  protects: Map<Task, Protects>,
): Promise<SanityReport & { readonly isFinal?: boolean }> {
  const lab = makeLab(task, `${sanityId} ${task}`, newLog());
  try {
    const run = await lab.run();
    protects.set(task, protectsOf(run));
    if (run.claimsSuccess && (await hasMoved(run, task, lab.remote))) return { ok: true, says: task };
    return { ok: false, says: `a plain ${task} does not work: ${run.facts}${whatToLookAt(run)}`, isFinal: run.hung };
  } catch (error) {
    return { ok: false, says: error instanceof Error ? error.message : String(error), isFinal: true };
  } finally {
    await lab.close();
  }
}

function summed(reports: ReadonlyMap<Task, SanityReport>): SanityReport {
  const all = [...reports.values()];
  if (all.length === 0) return { ok: false, says: 'no command was given' };
  return all.find(({ ok }) => !ok) ?? { ok: true, says: all.map(({ says }) => says).join(', ') };
}

async function hasMoved(run: ClientRun, task: Task, remote: string): Promise<boolean> {
  if (task === 'list') return run.stdout.includes(remote);
  if (task === 'upload') return [...run.server.uploads.values()].some((bytes) => bytes.equals(run.content));
  if (task !== 'tree') return run.local === 'whole';
  const found = await readLocalFile(join(run.localPath, remote), run.content.length);
  return found?.bytes.equals(run.content) === true;
}

function protectsOf({ server }: ClientRun): Protects {
  return {
    control: server.sessions.some(({ control }) => control.tls !== undefined),
    data: server.sessions.some(({ protection }) => protection === 'P'),
  };
}

function whatToLookAt({ server, exitCode }: ClientRun): string {
  if (server.sessions.length === 0) return '; it never connected: is the address of the server among its words?';
  if (!server.sessions.some(({ control }) => control.tls !== undefined)) return '';
  if (server.sessions.every(({ commands }) => !commands.some((line) => /^user /i.test(line))))
    return '; it ended before it logged in: does it trust {cacert}?';
  return exitCode === 0 ? '; it reports success: is {local} where it puts the file?' : '';
}

async function runOne(
  record: ClientCase,
  sanity: SanityReport,
  options: ClientLabOptions,
  makeLab: MakeLab,
): Promise<CaseReport> {
  const log = newLog();
  const lab: ClientLab = makeLab(record.task, record.id, log);
  const { repeat, repeatEnd, seed } = options;
  const intrusive = record.intrusive === true ? ['--intrusive'] : [];
  const again = [repeat, '--only', record.id, '--seed', seed, ...intrusive, repeatEnd ?? []].flat().join(' ');
  const run = async () => {
    if (!sanity.ok) throw new CaseSkipped(sanity.says);
    if (record.intrusive === true && options.intrusive !== true) lab.skip('intrusive: only with --intrusive');
    if (options.client.commands[record.task] === undefined)
      lab.skip(`no command for the task "${record.task}" was given`);
    return record.run(lab);
  };
  const report = await runCase(record, log, run, () => lab.close(), again);
  return sanity.ok ? report : { ...report, verdict: 'INFRA' };
}

async function versionOf({ version }: ClientUnderTest): Promise<string | undefined> {
  const [program, ...args] = version ?? [];
  if (program === undefined) return undefined;
  const result = await runCommand(program, args, { timeoutMs: 10_000 }).catch(() => undefined);
  const [first = ''] = (result?.stdout.toString() || result?.stderr || '').split('\n');
  return first === '' ? undefined : first.trim().slice(0, 120);
}
