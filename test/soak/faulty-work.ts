/** What all work over lines that break has in common: its plan, its relay, and how its failures are judged. */

import { runTwinline, type CommandRun } from '../fixtures/command-run.ts';
import type { FaultRelay } from '../fixtures/fault-relay.ts';
import { runTwinline as runTwinlineProcess } from '../fixtures/serve-process.ts';
import { RandomFaults, type TransferPlan } from './transfer-plan.ts';
import type { TransferSite } from './transfer-site.ts';

export interface WorkSetting {
  readonly site: TransferSite;
  readonly relay: FaultRelay;
  /** For local files. */
  readonly folder: string;
  readonly index: number;
  readonly seed: number;
  readonly plan: TransferPlan;
}

/** Exits that say that a line was at fault: incomplete, TLS, no connection, a deadline. */
const honestExits: ReadonlySet<number> = new Set([69, 75, 76, 124]);

/** What a message about a broken line names: which line, or which step on it. */
const namesTheLine =
  /control connection|data connection|data port|TLS handshake|The server did not (?:answer|greet|say)|bytes here|ended the session|connection to/i;

/** One command over lines that break, and the same again over lines that hold where it failed. */
export abstract class FaultyWork {
  readonly plan: TransferPlan;
  exitCode = -1;
  fired: readonly string[] = [];
  isSilentlyCorrupt = false;
  readonly complaints: string[] = [];
  protected readonly setting: WorkSetting;
  protected stderr = '';

  constructor(setting: WorkSetting) {
    this.setting = setting;
    this.plan = setting.plan;
  }

  get summary(): string {
    const { verb, protection, size, before, retries, asProcess } = this.plan;
    const how = `${verb} ${size} bytes, ${protection}, before: ${before}, --retry ${retries}${asProcess ? ', process' : ''}`;
    return `#${this.setting.index} ${how}; ${this.fired.join(' + ') || 'no fault'}; exit ${this.exitCode}`;
  }

  protected complain(what: string): void {
    this.complaints.push(`${what}: seed ${this.setting.seed} ${this.summary}\n${this.stderr.replace(/^/gm, '    ')}`);
  }

  async run(): Promise<void> {
    const { relay, seed, index } = this.setting;
    await this.layFiles();
    relay.follow(new RandomFaults(seed, index, this.plan));
    const run = await this.#call(['--retry', String(this.plan.retries), '--timeout', '1', '--connect-timeout', '1']);
    this.exitCode = run.exitCode;
    this.stderr = run.stderr;
    this.fired = [...relay.fired];
    if (run.exitCode === 0) await this.#judgeSuccess();
    else await this.#judgeFailure();
    relay.follow();
    if (run.exitCode !== 0) await this.#goOn();
  }

  /** Makes the files that are moved, and what has their names before. */
  protected abstract layFiles(): Promise<void>;
  /** The command with its session options. */
  protected abstract words(): string[];
  /** Whether everything stands where it should. */
  protected abstract isWhole(): Promise<boolean>;
  /** Complains about what must not be there after a failure. */
  protected abstract judgeWhatIsThere(): Promise<void>;
  /** What the command is repeated with. */
  protected abstract readonly resumeWords: readonly string[];

  async #call(more: readonly string[]): Promise<CommandRun> {
    const words = [...this.words(), ...more];
    if (!this.plan.asProcess) return runTwinline(...words);
    const { exitCode, stdout, stderr } = await runTwinlineProcess(words, { cwd: this.setting.folder });
    return { exitCode: exitCode ?? -1, stdout, stderr };
  }

  async #judgeSuccess(): Promise<void> {
    if (await this.isWhole()) return;
    this.isSilentlyCorrupt = true;
    this.complain('SILENT CORRUPTION');
  }

  async #judgeFailure(): Promise<void> {
    if (!honestExits.has(this.exitCode)) this.complain('the exit code does not say that a line was lost');
    if (!namesTheLine.test(this.stderr)) this.complain('the message does not name the line');
    // Where the machine is busy, a second may be too short for lines that hold.
    if (this.fired.length === 0 && this.exitCode !== 124) this.complain('a failure without a fault');
    await this.judgeWhatIsThere();
  }

  /** The command that goes on, over lines that hold. */
  async #goOn(): Promise<void> {
    const run = await this.#call([...this.resumeWords, '--timeout', '20']);
    if (run.exitCode === 0 && (await this.isWhole())) return;
    if (run.exitCode === 0) this.isSilentlyCorrupt = true;
    this.stderr += `--- again: exit ${run.exitCode}\n${run.stderr}`;
    this.complain(run.exitCode === 0 ? 'SILENT CORRUPTION by going on' : 'going on over good lines failed');
  }
}
