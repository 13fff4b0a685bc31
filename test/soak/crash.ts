/** Kills a server in the middle of parallel uploads, again and again, and looks at what the next one finds. */

import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';
import type { Durability } from '../../src/storage/index.ts';
import { DoomedServer } from './doomed-server.ts';
import { LineLost } from './light-line.ts';
import { LossyDisk } from './lossy-disk.ts';
import { examineFolder, type FolderFindings, leastMarkedBytes, markedBytes } from './marked-content.ts';
import { randomOf } from './random.ts';
import type { Random } from '../../src/testing/index.ts';
import { UploadSession } from './upload-client.ts';

/** One upload as its client knows it. */
export interface Attempt {
  readonly name: string;
  readonly length: number;
  readonly seed: number;
  /** 150 has come: the server may have bytes of it. */
  begun: boolean;
  /** 226 has come: the server must have all of it. */
  answered: boolean;
}

export interface CrashReport {
  readonly kills: number;
  readonly killsDuringStart: number;
  readonly answered226: number;
  readonly interrupted: number;
  readonly resumedByRest: number;
  readonly resumedByAppe: number;
  /** Whole under the final name although 226 did not come. */
  readonly wholeUnanswered: number;
  /** Of which the server had no byte yet. */
  readonly begunAgain: number;
  /** What the sweeps at start have reported. */
  readonly sweptKept: number;
  readonly sweptRemoved: number;
  readonly bytesAnswered: number;
  readonly durationMs: number;
  /** One sentence for each thing that is not as it should be. */
  readonly complaints: readonly string[];
}

type HiddenFiles = FolderFindings['hidden'];

const uploadsAtOnce = 6;
/** A name that every round overwrites: its old content must stand until the new one is whole. */
const steadyName = 'steady.bin';

/** Lengths of the hidden files of `name`, by the digest of it that is part of their names. */
function hiddenSizesOf(name: string, hidden: HiddenFiles): number[] {
  const digest = createHash('sha256').update(basename(name)).digest('hex').slice(0, 32);
  return [...hidden].filter(([path]) => basename(path).split('-')[3] === digest).map(([, size]) => size);
}

export interface CrashOptions {
  readonly root: string;
  readonly dataDir: string;
  readonly seed: number;
  readonly durability?: Durability;
  /** What else goes when the server is to die: called before the kill. */
  readonly beforeKill?: () => Promise<void>;
  /** Called when the server is dead. */
  readonly afterKill?: () => Promise<void>;
  /** Each server finds a machine that was restarted; see `DoomedServerOptions`. */
  readonly bootIdFile?: string;
}

/** One run of kills over one folder. */
export class CrashRun {
  readonly #options: CrashOptions;
  readonly #root: string;
  readonly #startedAt = performance.now();
  readonly #complaints: string[] = [];
  readonly #report = {
    kills: 0,
    killsDuringStart: 0,
    answered226: 0,
    interrupted: 0,
    resumedByRest: 0,
    resumedByAppe: 0,
    wholeUnanswered: 0,
    begunAgain: 0,
    sweptKept: 0,
    sweptRemoved: 0,
    bytesAnswered: 0,
  };
  /** Interrupted by the last kill. */
  #open: Attempt[] = [];
  /** One of these must stand under the steady name. */
  #steady: readonly Attempt[] = [];
  #nextFile = 0;

  constructor(options: CrashOptions) {
    this.#options = options;
    this.#root = options.root;
  }

  get report(): CrashReport {
    return { ...this.#report, durationMs: performance.now() - this.#startedAt, complaints: this.#complaints };
  }

  /** One kill: starts, completes what the last kill has interrupted, uploads, kills, looks. */
  async round(number: number): Promise<void> {
    const random = randomOf(this.#options.seed, number);
    if (random.chance(0.15)) await this.#killDuringStart(random);
    const { hidden } = await examineFolder(this.#root);
    const found = new Map([...hidden].map(([path, size]) => [path, this.#trustedSize(path, size)]));
    const server = this.#startServer();
    try {
      const port = await server.online();
      await this.#checkSweep(server, found);
      await this.#resumeAll(port, found, random);
      await this.#examine('after resuming');
      const attempts = await this.#uploadUntilKilled(port, random, () => this.#kill(server));
      this.#open = attempts.filter(({ begun, answered }) => begun && !answered);
      await this.#judge(attempts, number);
    } finally {
      await server.kill();
    }
  }

  #startServer(): DoomedServer {
    const { root, dataDir, durability = 'fsync', bootIdFile } = this.#options;
    return new DoomedServer({ root, dataDir, durability, bootIdFile });
  }

  async #kill(server: DoomedServer): Promise<void> {
    await this.#options.beforeKill?.();
    await server.kill();
    await this.#options.afterKill?.();
    this.#report.kills += 1;
  }

  async #killDuringStart(random: Random): Promise<void> {
    const server = this.#startServer();
    await sleep(random.between(50, 600));
    await this.#kill(server);
    this.#report.killsDuringStart += 1;
  }

  /** What a hidden file is worth: all of it, but after a restart of the machine only what its name says is synced. */
  #trustedSize(path: string, size: number): number {
    if (this.#options.bootIdFile === undefined || !basename(path).startsWith('.twinline-up-')) return size;
    return Math.min(size, Number.parseInt(path.slice(path.lastIndexOf('-') + 1), 36));
  }

  /** The sweep must report what it found. */
  async #checkSweep(server: DoomedServer, hidden: HiddenFiles): Promise<void> {
    if (hidden.size === 0) return;
    const swept = await server.event('swept');
    const expected = [...hidden.values()].filter((size) => size > 0).length;
    this.#report.sweptKept += Number(swept['kept']);
    this.#report.sweptRemoved += Number(swept['removed']);
    if (swept['kept'] !== expected || swept['removed'] !== hidden.size - expected) {
      this.#complaints.push(
        `of ${hidden.size} hidden files, ${expected} with bytes, the sweep says ${JSON.stringify(swept)}`,
      );
    }
  }

  async #resumeAll(port: number, found: HiddenFiles, random: Random): Promise<void> {
    const waiting = [...this.#open];
    const worker = async (tls: boolean): Promise<void> => {
      const session = await UploadSession.open({ port, tls });
      for (let attempt = waiting.pop(); attempt !== undefined; attempt = waiting.pop()) {
        await this.#resume(session, attempt, found, random.chance(0.5) ? 'REST' : 'APPE');
      }
      await session.command('QUIT');
      session.close();
    };
    await Promise.all([worker(false), worker(true)]);
    this.#open = [];
  }

  async #resume(session: UploadSession, attempt: Attempt, found: HiddenFiles, by: 'REST' | 'APPE'): Promise<void> {
    const { name, length, seed } = attempt;
    const bytes = markedBytes(length, seed);
    const hidden = hiddenSizesOf(name, found).filter((size) => size > 0);
    const size = await session.size(name);
    if (hidden.length > 0 && size !== hidden[0]) {
      this.#complaints.push(`${name}: ${hidden.join(' and ')} bytes lay hidden, and SIZE says ${size ?? 'nothing'}`);
    }
    // Without a hidden file SIZE tells of what stands under the final name.
    const have = hidden.length > 0 ? (size ?? 0) : 0;
    if (hidden.length === 0 && (await this.#isWhole(attempt))) {
      this.#report.wholeUnanswered += 1;
      return;
    }
    let reply: string;
    if (have === 0) {
      this.#report.begunAgain += 1;
      reply = await session.send(`STOR ${name}`, bytes);
    } else if (by === 'REST') {
      this.#report.resumedByRest += 1;
      await session.command(`REST ${have}`);
      reply = await session.send(`STOR ${name}`, bytes.subarray(have));
    } else {
      this.#report.resumedByAppe += 1;
      reply = await session.send(`APPE ${name}`, bytes.subarray(have));
    }
    if (!reply.startsWith('226')) this.#complaints.push(`${name}: resumed by ${by} at ${have}, and got ${reply}`);
    else if (!(await this.#isWhole(attempt)))
      this.#complaints.push(`${name}: resumed by ${by} at ${have}, and not whole`);
    if (name === steadyName) this.#steady = [attempt];
  }

  async #isWhole({ name, length, seed }: Attempt): Promise<boolean> {
    const content = await readFile(join(this.#root, name)).catch(() => undefined);
    return content !== undefined && content.equals(markedBytes(length, seed));
  }

  async #uploadUntilKilled(port: number, random: Random, kill: () => Promise<void>): Promise<Attempt[]> {
    const attempts: Attempt[] = [];
    const state = { isEnding: false, isOver: false };
    const worker = async (index: number): Promise<void> => {
      try {
        const session = await UploadSession.open({ port, tls: index % 2 === 1 });
        try {
          while (!state.isOver) await this.#uploadOne(session, attempts, index, random, state);
        } finally {
          session.close();
        }
      } catch (error) {
        const isExpected = error instanceof LineLost || (error as NodeJS.ErrnoException).code !== undefined;
        if (!state.isEnding || !isExpected) this.#complaints.push(`before the kill: ${(error as Error).message}`);
      }
    };
    const workers = Array.from({ length: uploadsAtOnce }, (_, index) => worker(index));
    await sleep(random.between(60, 900));
    state.isEnding = true;
    await kill();
    state.isOver = true;
    await Promise.all(workers);
    return attempts;
  }

  async #uploadOne(
    session: UploadSession,
    attempts: Attempt[],
    index: number,
    random: Random,
    state: { readonly isEnding: boolean },
  ): Promise<void> {
    // Some are long enough to be synced in steps while they arrive.
    const isLong = index === 5 && random.chance(0.3);
    const length = random.between(leastMarkedBytes, isLong ? 90_000_000 : random.pick([2_000, 300_000, 6_000_000]));
    const attempt: Attempt = {
      name: index === 0 ? steadyName : await this.#newName(session, index),
      length,
      seed: random.between(0, 0x7fff_ffff),
      begun: false,
      answered: false,
    };
    attempts.push(attempt);
    // Some are interrupted by their own client before the server is.
    const isCut = index > 2 && random.chance(0.2);
    const reply = await session.send(`STOR ${attempt.name}`, markedBytes(length, attempt.seed), {
      begun: () => (attempt.begun = true),
      pauseMs: random.chance(0.5) ? random.between(1, 300) : 0,
      cutAfter: isCut ? random.between(0, length - 1) : undefined,
    });
    attempt.answered = reply.startsWith('226');
    if (attempt.answered === isCut && !state.isEnding)
      this.#complaints.push(`${attempt.name}: before the kill: ${reply}`);
  }

  /** One of the workers makes a new folder for each file: it must be there as long as the file. */
  async #newName(session: UploadSession, index: number): Promise<string> {
    const number = this.#nextFile++;
    if (index !== 1) return `file-${number}.bin`;
    await session.command(`MKD folder-${number}`);
    return `folder-${number}/file-${number}.bin`;
  }

  async #judge(attempts: readonly Attempt[], round: number): Promise<void> {
    const { files } = await this.#examine(`after kill ${round}`);
    const answered = attempts.filter((attempt) => attempt.answered);
    this.#report.answered226 += answered.length;
    this.#report.interrupted += this.#open.length;
    for (const attempt of answered) {
      this.#report.bytesAnswered += attempt.length;
      if (attempt.name === steadyName || (await this.#isWhole(attempt))) continue;
      this.#complaints.push(`${attempt.name}: answered with 226, and not whole after kill ${round}`);
    }
    await this.#judgeSteady(attempts, round);
    const isWhole = ({ name }: Attempt): boolean => name !== steadyName && files.includes(name);
    this.#report.wholeUnanswered += this.#open.filter(isWhole).length;
    this.#open = this.#open.filter((attempt) => !isWhole(attempt));
    for (const name of files) if (name !== steadyName) await rm(join(this.#root, name));
  }

  /** The last content that was answered with 226 stands, or one that was begun later and came through unanswered. */
  async #judgeSteady(attempts: readonly Attempt[], round: number): Promise<void> {
    const steady = attempts.filter(({ name }) => name === steadyName);
    const last = steady.findLastIndex(({ answered }) => answered);
    this.#steady = last === -1 ? [...this.#steady, ...steady] : steady.slice(last);
    const mustStand = this.#steady.some(({ answered }) => answered);
    for (const attempt of this.#steady) if (await this.#isWhole(attempt)) return;
    if (mustStand) this.#complaints.push(`${steadyName} is none of the contents that it may be after kill ${round}`);
  }

  async #examine(when: string): Promise<FolderFindings> {
    const findings = await examineFolder(this.#root);
    for (const flaw of findings.flaws) this.#complaints.push(`${when}: ${flaw}`);
    return findings;
  }
}

/** Kills `kills` times, and up to four times as often until `isEnough`. */
export async function runCrashes(
  kills: number,
  seed: number,
  isEnough: (report: CrashReport) => boolean = () => true,
): Promise<CrashReport> {
  await using folder = await createTempFolder('twinline-crash-');
  await mkdir(folder.join('root'));
  const run = new CrashRun({ root: folder.join('root'), dataDir: folder.join('data'), seed });
  const isDone = (): boolean => run.report.kills >= kills && (run.report.kills >= 4 * kills || isEnough(run.report));
  for (let round = 1; !isDone(); round += 1) await run.round(round);
  return run.report;
}

/** Cuts the power `cuts` times: the server dies, and with it every byte that was not synced. */
export async function runPowerCuts(cuts: number, seed: number, durability: Durability): Promise<CrashReport> {
  await using folder = await createTempFolder('twinline-power-');
  await using disk = await LossyDisk.create();
  const root = join(disk.path, 'root');
  await mkdir(root);
  // The folder itself is there before the server is.
  await runCommand('sync', ['-f', disk.path]);
  const run = new CrashRun({
    root,
    dataDir: folder.join('data'),
    seed,
    durability,
    bootIdFile: folder.join('boot-id'),
    beforeKill: () => disk.cutPower(),
    afterKill: () => disk.restorePower(),
  });
  for (let round = 1; run.report.kills < cuts; round += 1) await run.round(round);
  return run.report;
}
