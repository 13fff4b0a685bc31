/** Runs the client cases against one client. Prints nothing. */

import { writeFile } from 'node:fs/promises';
import { createTempFolder, createTestCa, createTestCertificate, runCommand } from '../../peer/index.ts';
import { CaseSkipped } from '../engine/case-errors.ts';
import { EventLog } from '../engine/event-log.ts';
import type { ClientCase, Task } from '../engine/lab-case.ts';
import { type CaseReport, type LabReport, reportVersion, type SanityReport } from '../engine/lab-report.ts';
import { randomOfCase } from '../engine/random.ts';
import { runCase } from '../engine/run-case.ts';
import { runAll, type ScheduleOptions } from '../engine/schedule.ts';
import { ClientLab } from './client-lab.ts';
import type { ClientUnderTest } from './client-under-test.ts';

export interface ClientLabOptions extends ScheduleOptions {
  readonly client: ClientUnderTest;
  readonly cases: readonly ClientCase[];
  readonly seed: number;
  readonly tool: string;
  /** How a user repeats the run, up to the options that choose cases: `twinline lab client --preset curl`. */
  readonly repeat: string;
  readonly intrusive?: boolean;
  /** No run of the client takes longer than this, whatever a case allows, in milliseconds. */
  readonly patienceMs?: number;
}

export async function runClientLab(options: ClientLabOptions): Promise<LabReport> {
  const startedAt = new Date();
  await using folder = await createTempFolder('twinline-lab-');
  const authority = await createTestCa();
  const certificate = await createTestCertificate({ ca: authority });
  const caFile = folder.join('authority.pem');
  await writeFile(caFile, authority.certificatePem);
  const makeLab = (task: Task, id: string, log: EventLog): ClientLab =>
    new ClientLab({
      client: options.client,
      task,
      random: randomOfCase(options.seed, id),
      log,
      authority,
      certificate,
      caFile,
      patienceMs: options.patienceMs ?? Infinity,
    });
  const before = await checkSanity(options.client, makeLab);
  const cases = await runAll(options.cases, (record) => runOne(record, before, options, makeLab), options);
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
    sanity: { before, after: await checkSanity(options.client, makeLab) },
    cases,
    notes: [],
  };
}

type MakeLab = (task: Task, id: string, log: EventLog) => ClientLab;

/** Every task that a command was given for must work against a server that does nothing wrong. */
async function checkSanity(client: ClientUnderTest, makeLab: MakeLab): Promise<SanityReport> {
  const done: string[] = [];
  for (const task of ['download', 'upload', 'list'] as const) {
    if (client.commands[task] === undefined) continue;
    const lab = makeLab(task, `sanity ${task}`, new EventLog());
    try {
      const run = await lab.run();
      const stored = [...run.server.uploads.values()].some((bytes) => bytes.equals(run.content));
      const moved =
        task === 'upload' ? stored : task === 'list' ? run.stdout.includes(lab.remote) : run.local === 'whole';
      if (!run.claimsSuccess || !moved) return { ok: false, says: `a plain ${task} does not work: ${run.facts}` };
      done.push(task);
    } catch (error) {
      return { ok: false, says: error instanceof Error ? error.message : String(error) };
    } finally {
      await lab.close();
    }
  }
  return done.length === 0 ? { ok: false, says: 'no command was given' } : { ok: true, says: done.join(', ') };
}

async function runOne(
  record: ClientCase,
  sanity: SanityReport,
  options: ClientLabOptions,
  makeLab: MakeLab,
): Promise<CaseReport> {
  const log = new EventLog();
  const lab = makeLab(record.task, record.id, log);
  const repeat = `${options.repeat} --only ${record.id} --seed ${options.seed}`;
  const run = async () => {
    if (!sanity.ok) throw new CaseSkipped(sanity.says);
    if (record.intrusive === true && options.intrusive !== true) lab.skip('intrusive: only with --intrusive');
    if (options.client.commands[record.task] === undefined)
      lab.skip(`no command for the task "${record.task}" was given`);
    return record.run(lab);
  };
  const report = await runCase(record, log, run, () => lab.close(), repeat);
  return sanity.ok ? report : { ...report, verdict: 'INFRA' };
}

async function versionOf({ version }: ClientUnderTest): Promise<string | undefined> {
  const [program, ...args] = version ?? [];
  if (program === undefined) return undefined;
  const result = await runCommand(program, args, { timeoutMs: 10_000 }).catch(() => undefined);
  const [first = ''] = (result?.stdout.toString() || result?.stderr || '').split('\n');
  return first === '' ? undefined : first.trim().slice(0, 120);
}
