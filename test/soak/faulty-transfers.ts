/** Transfers over lines that break: each ends with the file bit-exact or with an honest failure that resumes. */

import { createHash } from 'node:crypto';
import { chown, mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, seededBytes } from '../../src/testing/index.ts';
import { type CommandRun, runTwinline } from '../fixtures/command-run.ts';
import type { FaultRelay } from '../fixtures/fault-relay.ts';
import { runTwinline as runTwinlineProcess } from '../fixtures/serve-process.ts';
import { Tally } from './tally.ts';
import { RandomFaults, type TransferPlan, transferPlanOf, type Verb, verbs } from './transfer-plan.ts';
import { callWords, startSite, type TransferSite } from './transfer-site.ts';

export interface FaultyTransferOptions {
  readonly seed: number;
  /** `twinline` or the name of a peer. */
  readonly server?: string;
  readonly workers?: number;
  readonly verbs?: readonly Verb[];
  /** Does only this one, to see it again. */
  readonly only?: number;
  readonly say?: (text: string) => void;
}

export interface FaultyTransferReport {
  readonly transfers: number;
  readonly durationMs: number;
  /** Transfers by verb and exit code. */
  readonly exits: Readonly<Record<string, number>>;
  /** Lines that were broken, by channel and kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Files that were reported as whole and were not. */
  readonly silentCorruptions: number;
  /** One for each thing that is not as it should be. */
  readonly complaints: readonly string[];
}

/** Runs `count` transfers, several at a time, and judges each of them. */
export async function runFaultyTransfers(count: number, options: FaultyTransferOptions): Promise<FaultyTransferReport> {
  const { server = 'twinline', workers = 8, only } = options;
  const startedMs = performance.now();
  const report = { exits: new Tally(), faults: new Tally(), silentCorruptions: 0, complaints: [] as string[] };
  const site = await startSite(server, workers);
  await using folder = await createTempFolder('twinline-faulty-');
  try {
    const indexes = only === undefined ? Array.from({ length: count }, (_, index) => index) : [only];
    const work = async (relay: FaultRelay): Promise<void> => {
      for (let index = indexes.shift(); index !== undefined; index = indexes.shift()) {
        const transfer = new FaultyTransfer(site, relay, folder.path, index, options);
        await transfer.run();
        report.exits.add(`${transfer.plan.verb} ${transfer.exitCode}`);
        for (const fault of transfer.fired) report.faults.add(fault.split(' ').slice(0, 2).join(' '));
        if (transfer.isSilentlyCorrupt) report.silentCorruptions += 1;
        report.complaints.push(...transfer.complaints);
        options.say?.(transfer.summary);
      }
    };
    await Promise.all(site.relays.map(work));
    await site.check();
  } finally {
    await site[Symbol.asyncDispose]();
  }
  const { exits, faults, silentCorruptions, complaints } = report;
  const durationMs = performance.now() - startedMs;
  return { transfers: count, durationMs, exits: exits.counts, faults: faults.counts, silentCorruptions, complaints };
}

/** Exits that say that a line was at fault: incomplete, TLS, no connection, a deadline. */
const honestExits: ReadonlySet<number> = new Set([69, 75, 76, 124]);

/** What a message about a broken line names: which line, or which step on it. */
const namesTheLine =
  /control connection|data connection|data port|TLS handshake|The server did not (?:answer|greet|say)|bytes here|ended the session|connection to/i;

class FaultyTransfer {
  readonly plan: TransferPlan;
  exitCode = -1;
  fired: readonly string[] = [];
  isSilentlyCorrupt = false;
  readonly complaints: string[] = [];
  readonly #site: TransferSite;
  readonly #relay: FaultRelay;
  readonly #index: number;
  readonly #seed: number;
  readonly #content: Buffer;
  readonly #old: Buffer | undefined;
  readonly #local: string;
  readonly #remoteName: string;
  readonly #remote: string;
  #stderr = '';

  constructor(site: TransferSite, relay: FaultRelay, folder: string, index: number, options: FaultyTransferOptions) {
    this.#site = site;
    this.#relay = relay;
    this.#index = index;
    this.#seed = options.seed;
    this.plan = transferPlanOf(options.seed, index, { verbs: options.verbs ?? verbs, protections: site.protections });
    const { size, before } = this.plan;
    this.#content = seededBytes(size, index);
    const oldSize = before === 'same size' ? size : Math.floor(size * 1.3) + 7;
    this.#old = before === 'nothing' ? undefined : seededBytes(oldSize, index + 1_000_000);
    this.#local = join(folder, `f${index}`, 'file');
    this.#remoteName = `f${index}.bin`;
    this.#remote = join(site.root, this.#remoteName);
  }

  /** Where the file comes to stand. */
  get #target(): string {
    return this.plan.verb === 'get' ? this.#local : this.#remote;
  }

  get summary(): string {
    const { verb, protection, size, before, retries, asProcess } = this.plan;
    const how = `${verb} ${size} bytes, ${protection}, before: ${before}, --retry ${retries}${asProcess ? ', process' : ''}`;
    return `#${this.#index} ${how}; ${this.fired.join(' + ') || 'no fault'}; exit ${this.exitCode}`;
  }

  #complain(what: string): void {
    this.complaints.push(`${what}: seed ${this.#seed} ${this.summary}\n${this.#stderr.replace(/^/gm, '    ')}`);
  }

  async run(): Promise<void> {
    await this.#layFiles();
    this.#relay.follow(new RandomFaults(this.#seed, this.#index, this.plan));
    const run = await this.#call(['--retry', String(this.plan.retries), '--timeout', '1', '--connect-timeout', '1']);
    this.exitCode = run.exitCode;
    this.#stderr = run.stderr;
    this.fired = [...this.#relay.fired];
    if (run.exitCode === 0) await this.#judgeSuccess();
    else await this.#judgeFailure();
    this.#relay.follow();
    if (run.exitCode !== 0) await this.#goOn();
  }

  async #layFiles(): Promise<void> {
    await mkdir(join(this.#local, '..'));
    const [source, target] = this.plan.verb === 'get' ? [this.#remote, this.#local] : [this.#local, this.#remote];
    await writeFile(source, this.#content, { mode: 0o644 });
    if (this.#old === undefined) return;
    await writeFile(target, this.#old);
    // What is there of old is older, and belongs to who may replace it.
    await utimes(target, 1_600_000_000, 1_600_000_000);
    const { uid, gid } = await stat(this.#site.root);
    if (target === this.#remote) await chown(target, uid, gid);
  }

  #call(more: readonly string[]): Promise<CommandRun> {
    const { verb, protection, asProcess } = this.plan;
    const names = { verb, protection, host: this.#relay.host, local: this.#local, remote: this.#remoteName };
    const words = [...callWords(this.#site, names), ...more];
    return asProcess ? this.#callProcess(words) : runTwinline(...words);
  }

  async #callProcess(words: readonly string[]): Promise<CommandRun> {
    const { exitCode, stdout, stderr } = await runTwinlineProcess(words, { cwd: join(this.#local, '..') });
    return { exitCode: exitCode ?? -1, stdout, stderr };
  }

  async #judgeSuccess(): Promise<void> {
    if (!(await this.#isWhole())) {
      this.isSilentlyCorrupt = true;
      this.#complain('SILENT CORRUPTION');
    }
    if (this.plan.verb === 'get' && (await exists(`${this.#local}.part`)))
      this.#complain('a .part beside a whole file');
  }

  async #isWhole(): Promise<boolean> {
    const there = await readFile(this.#target).catch(() => undefined);
    return there !== undefined && hashOf(there) === hashOf(this.#content);
  }

  async #judgeFailure(): Promise<void> {
    if (!honestExits.has(this.exitCode)) this.#complain('the exit code does not say that a line was lost');
    const last = this.#stderr.trimEnd().split('\n').at(-1) ?? '';
    if (!last.startsWith('twinline: ') || !namesTheLine.test(last))
      this.#complain('the message does not name the line');
    if (this.fired.length === 0) this.#complain('a failure without a fault');
    await this.#judgeWhatIsThere();
  }

  /** Nothing under the name but what was there before, or the file as a whole. */
  async #judgeWhatIsThere(): Promise<void> {
    const { verb, protection } = this.plan;
    const there = await readFile(this.#target).catch(() => undefined);
    const isOld = there === undefined ? this.#old === undefined : this.#old?.equals(there) === true;
    if (verb === 'get') {
      if (!isOld) this.#complain('something new under the name of a file that is not whole');
      const part = await readFile(`${this.#local}.part`).catch(() => undefined);
      if (part !== undefined && !this.#content.subarray(0, part.length).equals(part)) {
        this.#complain('a .part that is no beginning of the file');
      }
      return;
    }
    if (!this.#site.keepsNamesWhole || isOld || there === undefined || this.#content.equals(there)) return;
    // In clear a line that is cut in order looks like the end of a file.
    const isBeginning = this.#content.subarray(0, there.length).equals(there);
    if (protection !== 'plain' || !isBeginning) this.#complain('a file on the server that is not whole');
  }

  /** The command that the failure has named, over lines that hold. */
  async #goOn(): Promise<void> {
    const run = await this.#call(['--resume', '--timeout', '20']);
    if (run.exitCode === 0 && (await this.#isWhole())) return;
    if (run.exitCode === 0) this.isSilentlyCorrupt = true;
    this.#stderr += `--- --resume: exit ${run.exitCode}\n${run.stderr}`;
    this.#complain(run.exitCode === 0 ? 'SILENT CORRUPTION by --resume' : '--resume over good lines failed');
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
