/** Runs the server cases against one server. Prints nothing. */

import { CaseSkipped } from '../engine/case-errors.ts';
import { EventLog } from '../engine/event-log.ts';
import type { ServerCase } from '../engine/lab-case.ts';
import { type CaseReport, type LabReport, reportVersion, type SanityReport } from '../engine/lab-report.ts';
import { randomOfCase } from '../engine/random.ts';
import { interrupted, runCase } from '../engine/run-case.ts';
import { runAll, type ScheduleOptions } from '../engine/schedule.ts';
import { LabSession } from './lab-session.ts';
import { unmetNeed } from './needs.ts';
import { checkSanity } from './sanity.ts';
import { Scratch } from './scratch.ts';
import { Presence } from './presence.ts';
import { ServerLab } from './server-lab.ts';
import { defaultTimeouts, type LabTimeouts, type ServerTarget } from './server-target.ts';

export interface ServerLabOptions extends ScheduleOptions {
  readonly target: ServerTarget;
  /** The target as it may be shown. */
  readonly targetText: string;
  readonly cases: readonly ServerCase[];
  readonly seed: number;
  readonly tool: string;
  /** How a user repeats the run, up to the options that choose cases. Default: `twinline lab server` and the target. */
  readonly repeat?: string;
  readonly timeouts?: Partial<LabTimeouts>;
  /** Runs the cases that flood, fill, ban or leave something behind as well. */
  readonly intrusive?: boolean;
  /** Hears of the folder on the server that the run works in, and `undefined` when it is removed. */
  onFolder?(folder: string | undefined): void;
}

export async function runServerLab(options: ServerLabOptions): Promise<LabReport> {
  const startedAt = new Date();
  const run = new ServerRun(options);
  const before = await run.begin();
  // Where nobody can be judged, that is one sentence and not one for each case.
  const onReport = before.ok ? options.onReport : undefined;
  const cases = await runAll(options.cases, (record) => run.runOne(record, before), { ...options, onReport });
  const { after, notes } = await run.finish(before, cases.length);
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

/** How long the plain transfer may take to its end when the user ends the run, in milliseconds. */
const leaveMs = 2_000;

class ServerRun {
  /** The greeting. */
  product: string | undefined;
  readonly #options: ServerLabOptions;
  readonly #timeouts: LabTimeouts;
  readonly #log: EventLog;
  readonly #presence: Presence;
  /** Those that belong to no case: a handful. */
  readonly #sessions: LabSession[] = [];
  #scratch: Scratch | undefined;

  constructor(options: ServerLabOptions) {
    this.#options = options;
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts };
    this.#log = new EventLog([options.target.password]);
    this.#presence = new Presence(async () => (await this.#open()).leave());
  }

  /** A session that belongs to no case. */
  readonly #open = async (): Promise<LabSession> => {
    const session = await LabSession.connect(0, this.#options.target, this.#timeouts, new EventLog());
    this.#sessions.push(session);
    try {
      const greeting = (await session.greeted()).lines.join(' ').replaceAll(/\b220[- ]/g, '');
      this.product = this.#log.maskSentence(greeting);
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
      this.#options.onFolder?.(this.#scratch.folder);
      return await this.#checkSanity(this.#scratch);
    } catch (error) {
      return { ok: false, says: this.#sentence(error) };
    }
  }

  async #checkSanity(scratch: Scratch): Promise<SanityReport> {
    const { signal } = this.#options;
    const { promise: left, resolve } = Promise.withResolvers<SanityReport>();
    let timer: NodeJS.Timeout | undefined;
    // What it has begun is ended in order where that goes quickly, so that nothing is written behind the removal.
    const leave = (): void => {
      timer = setTimeout(() => {
        for (const session of this.#sessions) session.destroy();
        resolve({ ok: false, says: interrupted });
      }, leaveMs);
    };
    if (signal?.aborted === true) leave();
    signal?.addEventListener('abort', leave, { once: true });
    try {
      const { ok, says } = await Promise.race([checkSanity(this.#open, scratch), left]);
      if (signal?.aborted === true) return { ok: false, says: interrupted };
      return { ok, says: this.#log.maskSentence(says) };
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
    }
  }

  #sentence(error: unknown): string {
    return this.#log.maskSentence(error instanceof Error ? error.message : String(error));
  }

  async runOne(record: ServerCase, sanity: SanityReport): Promise<CaseReport> {
    const { target, signal } = this.#options;
    const log = new EventLog([target.password]);
    const scratch = this.#scratch;
    const repeat = this.#repeat(record);
    const unable = sanity.ok ? this.#presence.absence : sanity.says;
    if (unable !== undefined || scratch === undefined) {
      const skip = () => Promise.reject(new CaseSkipped(unable ?? sanity.says));
      const report = await runCase(record, log, skip, nothing, repeat);
      return { ...report, verdict: 'INFRA' };
    }
    const unmet = unmetNeed(record, this.#options, scratch);
    if (unmet !== undefined) {
      return runCase(record, log, () => Promise.reject(new CaseSkipped(unmet)), nothing, repeat);
    }
    const lab = new ServerLab(target, this.#timeouts, randomOfCase(this.#options.seed, record.id), log, scratch);
    const run = () => record.run(lab);
    const report = await runCase(record, log, run, () => lab.close(), repeat, signal);
    if (signal?.aborted !== true) await this.#presence.heard(report.verdict, (error) => this.#sentence(error));
    return report;
  }

  #repeat(record: ServerCase): string {
    const { seed, targetText, repeat = `twinline lab server ${targetText}` } = this.#options;
    const intrusive = record.intrusive === true ? ' --intrusive' : '';
    return `${repeat} --only ${record.id} --seed ${seed}${intrusive}`;
  }

  async finish(before: SanityReport, casesRun: number): Promise<{ after: SanityReport; notes: readonly string[] }> {
    const scratch = this.#scratch;
    const { signal, cases } = this.#options;
    const notes = signal?.aborted === true ? [`Interrupted: ${casesRun} of ${cases.length} cases were begun.`] : [];
    if (scratch === undefined) return { after: before, notes };
    // Whoever could not do it before, or has gone, is not asked again.
    const { absence } = this.#presence;
    const known = absence === undefined ? before : { ok: false, says: absence };
    const after = known.ok && signal?.aborted !== true ? await this.#checkSanity(scratch) : known;
    const left = await scratch.remove();
    if (left.length === 0) this.#options.onFolder?.(undefined);
    return { after, notes: [...notes, ...left.map((path) => `${path} could not be removed from the server`)] };
  }
}

const nothing = (): Promise<void> => Promise.resolve();
