/** The client as a program uses it: one login, one method per operation, reconnecting only where a file is resumed. */

import { LocalProtocolError } from '../errors/index.ts';
import { LiveCounts, type TlsFacts } from '../net/index.ts';
import type { Entry, FeatureList, ParsedReply } from '../protocol/index.ts';
import { onAbort, throwIfAborted } from './cancellation.ts';
import { openSession } from './connect.ts';
import type { ControlSession } from './control-session.ts';
import { changeMode } from './operations/change-mode.ts';
import * as directories from './operations/directories.ts';
import { download, type DownloadOptions } from './operations/download.ts';
import { downloadFile, type DownloadFileOptions } from './operations/download-file.ts';
import { exists } from './operations/exists.ts';
import { modified, size } from './operations/facts.ts';
import { type FileHash, hash, hashAlgorithms, type HashOptions } from './operations/hash.ts';
import { list, type ListedEntry, type ListOptions } from './operations/list.ts';
import { makeDirectories } from './operations/make-directories.ts';
import { removeTree, type RemoveTreeOptions, type RemoveTreeResult } from './operations/remove-tree.ts';
import { setModified } from './operations/set-modified.ts';
import { stat } from './operations/stat.ts';
import {
  type AppendOptions,
  appendTo,
  type UniqueUploadOptions,
  type UniqueUploadResult,
  upload,
  type UploadOptions,
  uploadUnique,
} from './operations/upload.ts';
import { uploadFile, type UploadFileOptions } from './operations/upload-file.ts';
import type { SourcePlace } from './local-source.ts';
import { walk, type WalkedEntry, type WalkOptions } from './operations/walk.ts';
import { type ConnectOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import type { PartPlace } from './part-file.ts';
import { type DownloadTarget, letGo, requireSource, requireTarget, type UploadSource } from './payload.ts';
import { DownloadStream, webStreamOf } from './read-stream.ts';
import type { SessionSource } from './resume.ts';
import type { Session } from './session.ts';
import { settled } from './settled.ts';
import type { TransferResult } from './transfer-result.ts';
import { TurnLock } from './turn-lock.ts';

/** Every operation takes a signal; an operation that it ends rejects with ERR_TWINLINE_ABORTED and keeps the session. */
export interface OperationOptions {
  readonly signal?: AbortSignal;
}

/** Verbs whose replies or side effects the session itself must see. */
const ownVerbs: ReadonlySet<string> = new Set(
  'USER PASS ACCT REIN QUIT AUTH PBSZ PROT CCC PASV EPSV PORT EPRT RETR STOR STOU APPE LIST NLST MLSD REST ABOR MODE'.split(
    ' ',
  ),
);

/** Connects and logs in. Rejects with an error that says which step failed; nothing is left open then. */
export async function connect(options: ConnectOptions): Promise<Client> {
  return openClient(resolveOptions(options), new LiveCounts(), options.signal);
}

/** As `connect`, with counts that several clients may share. */
export async function openClient(
  options: ResolvedOptions,
  counts: LiveCounts,
  signal: AbortSignal | undefined,
): Promise<Client> {
  return new Client(options, await openSession(options, counts, signal), counts);
}

/** A logged-in client. Operations run one after the other. `await using` ends the session in order. */
export class Client implements AsyncDisposable {
  /** What lives at the moment; all zero after `quit` or `destroy`. */
  readonly counts: LiveCounts;
  readonly #options: ResolvedOptions;
  readonly #turns = new TurnLock();
  #session: Session;
  /** Set by `changeDirectory`, and again on a new session. */
  #directory: string | undefined;
  #hasEnded = false;

  /** For `connect`, which is the way to get one. */
  constructor(options: ResolvedOptions, session: Session, counts: LiveCounts) {
    this.#options = options;
    this.#session = session;
    this.counts = counts;
  }

  /** TLS of the control line; undefined in clear. */
  get tls(): TlsFacts | undefined {
    return this.#session.control.tlsFacts;
  }

  /** False once the control line is lost or ended. */
  get isConnected(): boolean {
    return this.#session.isAlive;
  }

  #run<Result>(work: (session: Session) => Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    return this.#turns.run(() => work(this.#session), signal);
  }

  /** As `#run`; a stream that was to be sent does not outlive the failure, also where it was never begun. */
  async #send<Result>(
    source: UploadSource,
    work: (session: Session) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    requireSource(source);
    try {
      return await this.#run(work, signal);
    } catch (error) {
      letGo(source);
      throw error;
    }
  }

  /** The present session, or a new one in the same directory where it is lost. */
  readonly #source: SessionSource = {
    session: async (signal) => {
      if (this.#session.isAlive && !this.#session.isToBeReplaced) return this.#session;
      if (this.#hasEnded)
        throw new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', 'The session has ended; connect again.');
      this.#session.control.destroy();
      const session = await openSession(this.#options, this.counts, signal);
      if (this.#directory !== undefined) await directories.changeDirectory(session, this.#directory, signal);
      this.#session = session;
      return session;
    },
  };

  /**
   * Entries of a folder, as they arrive. The iteration throws when the listing was cut. Other operations may be called
   * while it runs: the rest of the listing is then taken in first.
   */
  async *list(path?: string, options: ListOptions = {}): AsyncGenerator<ListedEntry, void, undefined> {
    const hurry = new AbortController();
    const { signal } = options;
    const done = await this.#turns.acquire({ signal, onWaitedFor: () => hurry.abort() });
    try {
      yield* list(this.#session, path, options, { hurried: hurry.signal, done });
    } finally {
      done();
    }
  }

  /**
   * All entries below a folder, each folder before what is in it. Links are shown and never followed. Between two entries
   * the session is free for other operations.
   */
  walk(path = '', options: WalkOptions = {}): AsyncGenerator<WalkedEntry, void, undefined> {
    const { signal } = options;
    const listFolder = async (folder: string | undefined): Promise<ListedEntry[]> => {
      const entries: ListedEntry[] = [];
      for await (const entry of this.list(folder, signal === undefined ? {} : { signal })) entries.push(entry);
      return entries;
    };
    return walk(listFolder, path, options);
  }

  /** Facts of one file or folder. */
  stat(path: string, { signal }: OperationOptions = {}): Promise<Entry> {
    return this.#run((session) => stat(session, path, signal), signal);
  }

  /** Bytes. */
  size(path: string, { signal }: OperationOptions = {}): Promise<number> {
    return this.#run((session) => size(session, path, signal), signal);
  }

  /** Milliseconds since 1970 UTC. */
  modified(path: string, { signal }: OperationOptions = {}): Promise<number> {
    return this.#run((session) => modified(session, path, signal), signal);
  }

  /** Downloads into a stream or sink, which is left open. */
  async download(path: string, target: DownloadTarget, options: DownloadOptions = {}): Promise<TransferResult> {
    requireTarget(target);
    return this.#run((session) => download(session, path, target, options), options.signal);
  }

  /** Uploads from a stream of Node or the Web, an async iterable, bytes, a blob, or a source with positions. */
  upload(path: string, source: UploadSource, options: UploadOptions = {}): Promise<TransferResult> {
    return this.#send(source, (session) => upload(session, path, source, options), options.signal);
  }

  /**
   * A file as a stream of Node. The download begins with the first read; the stream ends only when the file is complete and
   * is destroyed with the error otherwise. Destroying it aborts the download and keeps the session, which is free for other
   * operations when `close` comes, and not before.
   */
  createReadStream(path: string, options: DownloadOptions = {}): DownloadStream {
    return new DownloadStream((sink, stop) => {
      const signal = options.signal === undefined ? stop : AbortSignal.any([options.signal, stop]);
      return this.download(path, sink, { ...options, signal });
    });
  }

  /** As `createReadStream`, as a stream of the Web. `cancel` aborts the download and keeps the session. */
  readableStream(path: string, options: DownloadOptions = {}): ReadableStream<Uint8Array> {
    return webStreamOf(this.createReadStream(path, options));
  }

  /** Writes behind the end of a file there, or makes one. The result's `offset` says where the new bytes begin. */
  appendFile(path: string, source: UploadSource, options: AppendOptions = {}): Promise<TransferResult> {
    return this.#send(source, (session) => appendTo(session, path, source, options), options.signal);
  }

  /** Uploads under a new name that the server chooses in the working directory; the result's `name` says which. */
  uploadUnique(source: UploadSource, options: UniqueUploadOptions = {}): Promise<UniqueUploadResult> {
    return this.#send(source, (session) => uploadUnique(session, source, options), options.signal);
  }

  /** Downloads to a local file, which appears under its name only when it is whole; retries on a new session. */
  downloadFile(
    path: string,
    localPath: string | PartPlace,
    options: DownloadFileOptions = {},
  ): Promise<TransferResult> {
    const { retry } = this.#options;
    return this.#turns.run(() => downloadFile(this.#source, retry, path, localPath, options), options.signal);
  }

  /** Uploads a local file; retries on a new session. */
  uploadFile(localPath: string | SourcePlace, path: string, options: UploadFileOptions = {}): Promise<TransferResult> {
    const { retry } = this.#options;
    return this.#turns.run(() => uploadFile(this.#source, retry, localPath, path, options), options.signal);
  }

  makeDirectory(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.makeDirectory(session, path, signal), signal);
  }

  removeDirectory(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.removeDirectory(session, path, signal), signal);
  }

  /** Makes a folder and all that are missing above it; resolves with those that were made, the outermost first. */
  makeDirectories(path: string, { signal }: OperationOptions = {}): Promise<string[]> {
    return this.#run((session) => makeDirectories(session, path, signal), signal);
  }

  /** Removes a file, or a folder with all that is in it, but never what a link leads to. */
  removeTree(path: string, options: RemoveTreeOptions = {}): Promise<RemoveTreeResult> {
    return this.#run((session) => removeTree(session, path, options), options.signal);
  }

  /** Whether there is a file or folder of that name, as far as the server shows it. */
  exists(path: string, { signal }: OperationOptions = {}): Promise<boolean> {
    return this.#run((session) => exists(session, path, signal), signal);
  }

  /** Sets permission bits, as 0o644 (SITE CHMOD). */
  changeMode(path: string, mode: number, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => changeMode(session, path, mode, signal), signal);
  }

  /** Sets the modification time, milliseconds since 1970 UTC, to a whole second. */
  setModified(path: string, modifiedMs: number, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => setModified(session, path, modifiedMs, signal), signal);
  }

  /** The server's digest of a file. Rejects with `NotSupportedError` where it has no command for that. */
  hash(path: string, options: HashOptions = {}): Promise<FileHash> {
    return this.#run((session) => hash(session, path, options), options.signal);
  }

  /** The algorithms that `hash` can use here, best first; empty where the server has none. */
  hashAlgorithms({ signal }: OperationOptions = {}): Promise<string[]> {
    return this.#run((session) => hashAlgorithms(session, signal), signal);
  }

  /** Removes a file. */
  remove(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.removeFile(session, path, signal), signal);
  }

  rename(from: string, to: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.rename(session, from, to, signal), signal);
  }

  workingDirectory({ signal }: OperationOptions = {}): Promise<string> {
    return this.#run((session) => directories.workingDirectory(session, signal), signal);
  }

  changeDirectory(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run(
      (session) =>
        settled(session, signal, async () => {
          await directories.changeDirectory(session, path);
          this.#directory = await directories.workingDirectory(session);
        }),
      signal,
    );
  }

  /** What `changeDirectory` has set last; undefined while it is the folder of the login. */
  get directory(): string | undefined {
    return this.#directory;
  }

  /** Where the login has led; undefined where the server does not say. */
  get loginDirectory(): string | undefined {
    return this.#session.loginDirectory;
  }

  /** What FEAT says; asked once. */
  features({ signal }: OperationOptions = {}): Promise<FeatureList> {
    return this.#run((session) => session.features(signal), signal);
  }

  /**
   * Sends a command as it is and resolves with the final reply, whatever it says. Throws `LocalProtocolError` for
   * commands that open or use data connections, log in, or change protection: the session itself must know of those.
   */
  raw(command: string, { signal }: OperationOptions = {}): Promise<ParsedReply> {
    const space = command.indexOf(' ');
    const verb = space === -1 ? command : command.slice(0, space);
    if (ownVerbs.has(verb.toUpperCase())) {
      const message = `${verb.toUpperCase()} cannot be sent as a raw command; use the operation that it belongs to.`;
      return Promise.reject(new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', message));
    }
    return this.#run((session) => {
      session.forgetSettings();
      return session.ask(verb, space === -1 ? undefined : command.slice(space + 1), signal);
    }, signal);
  }

  /**
   * Ends the session in order, behind what is still running. A second call does nothing. When the signal fires, the
   * session ends at once with whatever is running, and the call rejects.
   */
  async quit({ signal }: OperationOptions = {}): Promise<void> {
    const leave = onAbort(signal, () => this.destroy());
    try {
      await this.#run(({ control }) => this.#end(control), signal);
      throwIfAborted(signal);
    } finally {
      leave();
    }
  }

  async #end(control: ControlSession): Promise<void> {
    this.#hasEnded = true;
    if (control.loss === undefined) {
      const { quitMs } = this.#options.deadlines;
      await control.command('QUIT', undefined, { timeoutMs: quitMs }).catch(() => undefined);
      control.end();
    } else control.destroy();
    await Promise.all([control.closed, this.#options.knowledge.flush()]);
  }

  /** Ends the session at once, with whatever is running. */
  destroy(): void {
    this.#hasEnded = true;
    this.#session.control.destroy();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.quit();
  }
}
