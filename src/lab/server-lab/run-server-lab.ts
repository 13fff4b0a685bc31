/** Runs the server cases against one server. Prints nothing. */

import { CaseSkipped } from '../engine/case-errors.ts';
import { EventLog } from '../engine/event-log.ts';
import type { ServerCase } from '../engine/lab-case.ts';
import { type CaseReport, type LabReport, reportVersion, type SanityReport } from '../engine/lab-report.ts';
import { randomOfCase } from '../engine/random.ts';
import { runCase } from '../engine/run-case.ts';
import { runAll, type ScheduleOptions } from '../engine/schedule.ts';
import { LabSession } from './lab-session.ts';
import { unmetNeed } from './needs.ts';
import { checkSanity } from './sanity.ts';
import { Scratch } from './scratch.ts';
import { ServerLab } from './server-lab.ts';
import { defaultTimeouts, type LabTimeouts, type ServerTarget } from './server-target.ts';

export interface ServerLabOptions extends ScheduleOptions {
  readonly target: ServerTarget;
  /** The target as it may be shown. */
  readonly targetText: string;
  readonly cases: readonly ServerCase[];
  readonly seed: number;
  readonly tool: string;
  readonly timeouts?: Partial<LabTimeouts>;
  /** Runs the cases that flood, fill, ban or leave something behind as well. */
  readonly intrusive?: boolean;
}

export async function runServerLab(options: ServerLabOptions): Promise<LabReport> {
  const startedAt = new Date();
  const run = new ServerRun(options);
  const before = await run.begin();
  const cases = await runAll(options.cases, (record) => run.runOne(record, before), options);
  const { after, notes } = await run.finish(before);
  return {
    schema: `twinline-lab-report/${reportVersion}`,
    tool: options.tool,
    side: 'server',
    target: options.targetText,
    ...(run.product === undefined ? {} : { product: run.product }),
    seed: options.seed,
    startedAt: startedAt.toISOString(),
    durationMs: Date.now() - startedAt.getTime(),
    sanity: { before, after },
    cases,
    notes,
  };
}

class ServerRun {
  /** The greeting. */
  product: string | undefined;
  readonly #options: ServerLabOptions;
  readonly #timeouts: LabTimeouts;
  #scratch: Scratch | undefined;

  constructor(options: ServerLabOptions) {
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
  }

  /** A session that belongs to no case. */
  readonly #open = async (): Promise<LabSession> => {
    const session = await LabSession.connect(0, this.#options.target, this.#timeouts, new EventLog());
    try {
      this.product = (await session.greeted()).lines.join(' ').replaceAll(/\b220[- ]/g, '');
      await session.secure();
      await session.logIn();
      await session.protect();
      await session.need(200, 'TYPE I');
      return session;
    } catch (error) {
      session.destroy();
      throw error;
    }
  };

  async begin(): Promise<SanityReport> {
    try {
      const { seed, target } = this.#options;
      this.#scratch = await Scratch.make(this.#open, randomOfCase(seed, 'scratch'), target.file);
      return await checkSanity(this.#open, this.#scratch);
    } catch (error) {
      return { ok: false, says: error instanceof Error ? error.message : String(error) };
    }
  }

  async runOne(record: ServerCase, sanity: SanityReport): Promise<CaseReport> {
    const { target, targetText, seed } = this.#options;
    const log = new EventLog([target.password]);
    const scratch = this.#scratch;
    const repeat = `twinline lab server ${targetText} --only ${record.id} --seed ${seed}`;
    if (!sanity.ok || scratch === undefined) {
      const report = await runCase(record, log, () => Promise.reject(new CaseSkipped(sanity.says)), nothing, repeat);
      return { ...report, verdict: 'INFRA' };
    }
    const unmet = unmetNeed(record, this.#options, scratch);
    if (unmet !== undefined) {
      return runCase(record, log, () => Promise.reject(new CaseSkipped(unmet)), nothing, repeat);
    }
    const lab = new ServerLab(target, this.#timeouts, randomOfCase(seed, record.id), log, scratch);
    return runCase(
      record,
      log,
      () => record.run(lab),
      () => lab.close(),
      repeat,
    );
  }

  async finish(before: SanityReport): Promise<{ after: SanityReport; notes: readonly string[] }> {
    const scratch = this.#scratch;
    if (scratch === undefined) return { after: before, notes: [] };
    const after = await checkSanity(this.#open, scratch);
    const left = await scratch.remove();
    return { after, notes: left.map((path) => `${path} could not be removed from the server`) };
  }
}

const nothing = (): Promise<void> => Promise.resolve();
