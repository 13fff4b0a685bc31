/** A storm of disconnects against a server in a process of its own, and what the server still holds when it is over. */

import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createSecureContext } from 'node:tls';
import { createTempFolder, within } from '../../src/testing/index.ts';
import { clientHelloBytes } from './light-line.ts';
import { examineFolder, markedBytes } from './marked-content.ts';
import type { Answer, Holdings, Question, Reported } from './storm-server.ts';
import { planOf } from './storm-plan.ts';
import { bigFile, folderOfMany, runStormSession, smallFile, type StormTarget } from './storm-session.ts';
import { Tally } from './tally.ts';

const filesInFolderOfMany = 1_500;

/** What came of a number of disconnects. */
export interface StormReport {
  readonly seed: number;
  readonly disconnects: number;
  /** Sessions whose moment came; in the others the server was done first. */
  readonly cuts: number;
  readonly durationMs: number;
  /** How often each moment and way was cut: `during-data rst`. */
  readonly cells: Readonly<Record<string, number>>;
  /** First digits of the replies to transfers of which the data line alone was cut, or that were complete. */
  readonly verdicts: Readonly<Record<string, number>>;
  /** What the server did wrong, as seen by the clients. */
  readonly failures: readonly string[];
  readonly reported: Reported;
  /** What the server held when it had become quiet. */
  readonly after: Holdings;
}

/** Everything under final names when all storms are over. */
export interface FileReport {
  readonly uploadsAnswered226: number;
  readonly visibleFiles: number;
  /** Interrupted uploads that stay resumable. */
  readonly hiddenFiles: number;
  readonly flaws: readonly string[];
}

/** A server to be stormed. */
export class StormServer implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #folder: Awaited<ReturnType<typeof createTempFolder>>;
  readonly #target: StormTarget;
  readonly #uploaded = new Set<string>();
  #nextIndex = 0;

  private constructor(
    process: ChildProcess,
    folder: Awaited<ReturnType<typeof createTempFolder>>,
    target: StormTarget,
  ) {
    this.#process = process;
    this.#folder = folder;
    this.#target = target;
  }

  static async start(): Promise<StormServer> {
    const folder = await createTempFolder('twinline-storm-');
    await mkdir(folder.join(folderOfMany));
    for (const { name, length, seed } of [bigFile, smallFile]) {
      await writeFile(folder.join(name), markedBytes(length, seed));
    }
    for (let i = 0; i < filesInFolderOfMany; i += 1) {
      await writeFile(folder.join(folderOfMany, `a-file-with-a-name-of-some-length-${i}.bin`), markedBytes(16, i));
    }
    const program = fileURLToPath(new URL('storm-server.ts', import.meta.url));
    const child = fork(program, [folder.path], {
      execArgv: ['--expose-gc', '--disable-warning=ExperimentalWarning'],
    });
    const [{ port }] = (await within(once(child, 'message'), 'the server of the storm had started')) as [
      { port: number },
    ];
    const contexts = {
      'TLSv1.3': createSecureContext({ minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' }),
      'TLSv1.2': createSecureContext({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' }),
      'TLSv1.1': undefined,
      TLSv1: undefined,
    };
    return new StormServer(child, folder, { port, contexts, hello: await clientHelloBytes() });
  }

  async #ask<A extends Answer>(question: Question): Promise<A> {
    const answered = once(this.#process, 'message');
    this.#process.send(question);
    const [answer] = await within(answered, `the server had answered ${question.ask}`, 60_000);
    return answer as A;
  }

  /** What the server holds, once it has become quiet or 15 s have passed. */
  holdings(): Promise<Holdings> {
    return this.#ask({ ask: 'holdings' });
  }

  /** Lets `disconnects` sessions begin and be cut off, `parallel` at once. */
  async storm(
    disconnects: number,
    options: { readonly seed: number; readonly parallel?: number },
  ): Promise<StormReport> {
    const { seed, parallel = 40 } = options;
    const started = performance.now();
    const [cells, verdicts] = [new Tally(), new Tally()];
    const failures: string[] = [];
    let cuts = 0;
    const end = this.#nextIndex + disconnects;
    const worker = async (): Promise<void> => {
      while (this.#nextIndex < end) {
        const plan = planOf(seed, this.#nextIndex++);
        try {
          const { cut, verdict, uploaded } = await runStormSession(plan, this.#target);
          if (cut) cells.add(`${plan.moment} ${plan.way}`);
          if (cut) cuts += 1;
          if (verdict !== undefined) verdicts.add(verdict.slice(0, 3));
          if (uploaded !== undefined) this.#uploaded.add(uploaded);
        } catch (error) {
          failures.push(`${(error as Error).message} ${JSON.stringify(plan)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: parallel }, worker));
    const durationMs = performance.now() - started;
    const after = await this.holdings();
    const reported = await this.#ask<Reported>({ ask: 'reported' });
    return {
      seed,
      disconnects,
      cuts,
      durationMs,
      cells: cells.counts,
      verdicts: verdicts.counts,
      failures,
      reported,
      after,
    };
  }

  /** Holds every file under a final name against what it should be, and every upload answered with 226 against the disk. */
  async examineFiles(): Promise<FileReport> {
    const { files, flaws, hidden } = await examineFolder(this.#folder.path);
    const there = new Set(files);
    const lost = [...this.#uploaded].filter((name) => !there.has(name)).map((name) => `${name}: answered 226 and lost`);
    const inProgress = [...hidden.keys()].filter((name) => !name.includes('.twinline-part-'));
    return {
      uploadsAnswered226: this.#uploaded.size,
      visibleFiles: files.length,
      hiddenFiles: hidden.size,
      flaws: [...flaws, ...lost, ...inProgress.map((name) => `${name}: nobody writes to it any more`)],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 5_000);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await ended;
    clearTimeout(timer);
    await this.#folder.remove();
  }
}
