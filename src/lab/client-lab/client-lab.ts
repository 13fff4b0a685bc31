/** What a client case works with: a server that breaks one rule, and the client under test started against it. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type CommandResult,
  createTempFolder,
  type Random,
  runCommand,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
  type TestCertificate,
} from '../../peer/index.ts';
import { CaseSkipped, SetupFailed } from '../engine/case-errors.ts';
import type { EventLog } from '../engine/event-log.ts';
import type { Task } from '../engine/lab-case.ts';
import { observeLine } from '../engine/observe-line.ts';
import { type LocalFile, readLocalFile } from './local-file.ts';
import { type ClientUnderTest, fillCommand, labUser } from './client-under-test.ts';
import { startProblem } from './start-problem.ts';
import { endStrays } from './stray-processes.ts';

/** A program that prints more than this while it is tested is ended, in bytes. */
const maxOutputBytes = 32 * 1024 * 1024;

export interface RogueOptions extends ScriptedServerOptions {
  /** How long the client may take before it is ended, in milliseconds. Default 14,000. */
  readonly patienceMs?: number;
  /** How long the client is told to bear a line without progress, in seconds. Default 5. */
  readonly timeoutSeconds?: number;
  /** The content to be moved. Default 256 KiB of random bytes. */
  readonly content?: Buffer;
  /** What stands under the local name before the client starts, for a download. */
  readonly localBefore?: Buffer;
  /** What the client is started for, where it is not the task of the case. */
  readonly task?: Task;
  /** The run whose folder, with all that the client has left there, this one goes on in. */
  readonly continues?: ClientRun;
}

/** Whether a client puts its lines under TLS. */
export interface Protects {
  readonly control: boolean;
  readonly data: boolean;
}

/** What stands under the local name after a download, held against the content. */
export type LocalState = 'absent' | 'empty' | 'part' | 'whole' | 'other';

export interface ClientRun {
  readonly exitCode: number | null;
  /** The client was still running when its time was over. */
  readonly hung: boolean;
  /** Ended by a signal of its own: a crash. */
  readonly crashed: boolean;
  /** Exit code 0: the client says that all is well. */
  readonly claimsSuccess: boolean;
  readonly durationMs: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** For downloads. */
  readonly local: LocalState;
  readonly localBytes: number;
  readonly content: Buffer;
  /** Every command line of every session, in order. */
  readonly commands: readonly string[];
  readonly server: ScriptedServer;
  /** The folder that the client was started in; `local` lies in it. */
  readonly folder: string;
  readonly localPath: string;
  /** One sentence for reports: exit code, time, last line of what it printed, and the local file. */
  readonly facts: string;
}

export class ClientLab {
  readonly client: ClientUnderTest;
  readonly random: Random;
  readonly log: EventLog;
  /** Signs what the client trusts. */
  readonly authority: TestCertificate;
  /** The server's, where a case has no other. */
  readonly certificate: TestCertificate;
  readonly caFile: string;
  readonly #task: Task;
  readonly #patienceMs: number;
  readonly #signal: AbortSignal | undefined;
  /** Which lines the client puts under TLS for this task; undefined where nothing is known yet. */
  readonly protects: Protects | undefined;
  readonly #cleanUp: (() => Promise<unknown>)[] = [];

  constructor(setting: {
    readonly client: ClientUnderTest;
    readonly task: Task;
    readonly random: Random;
    readonly log: EventLog;
    readonly authority: TestCertificate;
    readonly certificate: TestCertificate;
    readonly patienceMs: number;
    readonly caFile: string;
    readonly signal?: AbortSignal | undefined;
    readonly protects?: Protects | undefined;
  }) {
    this.client = setting.client;
    this.random = setting.random;
    this.log = setting.log;
    this.authority = setting.authority;
    this.certificate = setting.certificate;
    this.#patienceMs = setting.patienceMs;
    this.caFile = setting.caFile;
    this.#task = setting.task;
    this.#signal = setting.signal;
    this.protects = setting.protects;
  }

  /** The name on the server of what is moved. */
  readonly remote = 'file.bin';
  readonly user = labUser.name;
  readonly password = labUser.password;

  fault(text: string, line?: string): void {
    this.log.add({ kind: 'fault', text, ...(line === undefined ? {} : { line }) });
  }

  note(text: string): void {
    this.log.add({ kind: 'note', text });
  }

  /** Done when the case is over. */
  atEnd(step: () => unknown): void {
    this.#cleanUp.push(async () => step());
  }

  /** A case about EPSV says nothing of a client that opens data connections by PASV alone. */
  needExtendedPassive(run: ClientRun): void {
    if (!run.commands.some((line) => /^epsv/i.test(line))) this.skip('the client sends no EPSV over IPv4');
  }

  skip(reason: string): never {
    throw new CaseSkipped(reason);
  }

  /** Starts the server, runs the client against it, and looks at what came of it. */
  async run(options: RogueOptions = {}): Promise<ClientRun> {
    const { patienceMs = 14_000, content = this.random.bytes(256 * 1024), localBefore, task = this.#task } = options;
    const template = this.client.commands[task];
    if (template === undefined) throw new CaseSkipped(`no command for the task "${task}" was given`);
    const folder = options.continues?.folder ?? (await this.#makeFolder());
    const local = join(folder, this.remote);
    const before = task === 'upload' ? content : localBefore;
    if (before !== undefined) await writeFile(local, before);
    const server = await this.#startServer(options, content);
    const patience = Math.min(patienceMs, this.#patienceMs);
    const words = fillCommand(template, {
      host: '127.0.0.1',
      port: server.port,
      user: this.user,
      password: this.password,
      remote: this.remote,
      local,
      cacert: this.caFile,
      timeout: String(options.timeoutSeconds ?? 5),
      patience: String(Math.max(1, Math.floor(patience / 1000) - 1)),
    });
    const result = await this.#start(words, folder, patience);
    const found = await readLocalFile(local, content.length);
    return { ...this.#describe(result, server, content, found, task), folder, localPath: local };
  }

  async #makeFolder(): Promise<string> {
    const folder = await createTempFolder('twinline-lab-');
    this.#cleanUp.push(async () => {
      await endStrays(folder.path);
      await folder.remove();
    });
    return folder.path;
  }

  async #startServer(options: RogueOptions, content: Buffer): Promise<ScriptedServer> {
    const names = new Map<number, number>();
    const server = await startScriptedServer({
      certificate: this.certificate,
      files: { [this.remote]: content },
      ...options,
      observe: (line, session) => {
        if (line === 'control') return observeLine(this.log, `control ${session}`, 'text');
        const number = (names.get(session) ?? 0) + 1;
        names.set(session, number);
        return observeLine(this.log, `data ${session}.${number}`, 'bytes');
      },
    });
    this.#cleanUp.push(() => server.stop());
    return server;
  }

  async #start(words: readonly string[], cwd: string, timeoutMs: number): Promise<CommandResult> {
    const [program = '', ...args] = words;
    this.log.add({ kind: 'process', text: `started: ${words.join(' ')}` });
    try {
      const env = { ...this.client.env, HOME: cwd, XDG_CONFIG_HOME: cwd, XDG_CACHE_HOME: cwd };
      const bounds = { timeoutMs, maxOutputBytes, ownGroup: true, signal: this.#signal };
      const result = await runCommand(program, args, { cwd, env, ...bounds });
      if (this.#signal?.aborted === true) throw new CaseSkipped('the run was interrupted');
      this.log.add({ kind: 'process', text: `ended: ${howEnded(result)}` });
      return result;
    } catch (error) {
      if (error instanceof CaseSkipped) throw error;
      throw new SetupFailed(startProblem(program, error));
    }
  }

  #describe(
    result: CommandResult,
    server: ScriptedServer,
    content: Buffer,
    found: LocalFile | undefined,
    task: Task,
  ): Omit<ClientRun, 'folder' | 'localPath'> {
    const hung = result.timedOut || result.printedTooMuch;
    const local = stateOf(found?.bytes, content);
    const ended = hung ? howEnded(result) : `${howEnded(result)} after ${(result.durationMs / 1000).toFixed(1)} s`;
    const said = this.log.mask(lastLine(result.stderr));
    const file =
      task !== 'upload' && task !== 'list' && task !== 'tree'
        ? `; local file ${local}${found === undefined ? '' : ` (${found.size} bytes)`}`
        : '';
    return {
      exitCode: result.exitCode,
      hung,
      crashed: !hung && result.signal !== null,
      claimsSuccess: result.exitCode === 0,
      durationMs: result.durationMs,
      stdout: result.stdout,
      stderr: result.stderr,
      local,
      localBytes: found?.size ?? 0,
      content,
      commands: server.sessions.flatMap((session) => session.commands),
      server,
      facts: `${ended}${said === '' ? '' : `, says "${said}"`}${file}`,
    };
  }

  /** Closes the servers and removes the folders of the case. */
  async close(): Promise<void> {
    for (const step of this.#cleanUp.toReversed()) await step().catch(() => undefined);
  }
}

function stateOf(found: Buffer | undefined, content: Buffer): LocalState {
  if (found === undefined) return 'absent';
  if (found.length === 0 && content.length > 0) return 'empty';
  if (found.equals(content)) return 'whole';
  return content.subarray(0, found.length).equals(found) ? 'part' : 'other';
}

function howEnded({ timedOut, printedTooMuch, durationMs, exitCode, signal }: CommandResult): string {
  if (printedTooMuch) return `ended by the lab: it had printed more than ${maxOutputBytes / 1024 / 1024} MiB`;
  return timedOut ? `still running after ${Math.round(durationMs / 1000)} s` : `exit code ${exitCode ?? signal}`;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim().slice(0, 200) ?? '';
}
