/** The client as a program uses it: one login, one method per operation, reconnecting only where a file is resumed. */

import { LocalProtocolError } from '../errors/index.ts';
import { LiveCounts, type TlsFacts } from '../net/index.ts';
import type { Entry, FeatureList, ParsedReply } from '../protocol/index.ts';
import { openSession } from './connect.ts';
import * as directories from './operations/directories.ts';
import { download, type DownloadOptions } from './operations/download.ts';
import { downloadFile, type DownloadFileOptions } from './operations/download-file.ts';
import { modified, size } from './operations/facts.ts';
import { list, type ListedEntry, type ListOptions } from './operations/list.ts';
import { stat } from './operations/stat.ts';
import { upload, type UploadOptions } from './operations/upload.ts';
import { uploadFile, type UploadFileOptions } from './operations/upload-file.ts';
import type { SourcePlace } from './local-source.ts';
import { type ConnectOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import type { PartPlace } from './part-file.ts';
import type { DownloadTarget, UploadSource } from './payload.ts';
import type { SessionSource } from './resume.ts';
import type { Session } from './session.ts';
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
  const resolved = resolveOptions(options);
  const counts = new LiveCounts();
  return new Client(resolved, await openSession(resolved, counts, options.signal), counts);
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

  #run<Result>(work: (session: Session) => Promise<Result>): Promise<Result> {
    return this.#turns.run(() => work(this.#session));
  }

  /** The present session, or a new one in the same directory where it is lost. */
  readonly #source: SessionSource = {
    session: async (signal) => {
      if (this.#session.isAlive) return this.#session;
      if (this.#hasEnded)
        throw new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', 'The session has ended; connect again.');
      this.#session.control.destroy();
      const session = await openSession(this.#options, this.counts, signal);
      if (this.#directory !== undefined) await directories.changeDirectory(session, this.#directory, signal);
      session.passiveVerb = this.#session.passiveVerb;
      this.#session = session;
      return session;
    },
  };

  /** Entries of a folder, as they arrive. The iteration throws when the listing was cut. */
  async *list(path?: string, options: ListOptions = {}): AsyncGenerator<ListedEntry, void, undefined> {
    const release = await this.#turns.acquire();
    try {
      yield* list(this.#session, path, options);
    } finally {
      release();
    }
  }

  /** Facts of one file or folder. */
  stat(path: string, { signal }: OperationOptions = {}): Promise<Entry> {
    return this.#run((session) => stat(session, path, signal));
  }

  /** Bytes. */
  size(path: string, { signal }: OperationOptions = {}): Promise<number> {
    return this.#run((session) => size(session, path, signal));
  }

  /** Milliseconds since 1970 UTC. */
  modified(path: string, { signal }: OperationOptions = {}): Promise<number> {
    return this.#run((session) => modified(session, path, signal));
  }

  /** Downloads into a stream or sink, which is left open. */
  download(path: string, target: DownloadTarget, options: DownloadOptions = {}): Promise<TransferResult> {
    return this.#run((session) => download(session, path, target, options));
  }

  /** Uploads from a stream, bytes, or a source with positions. */
  upload(path: string, source: UploadSource, options: UploadOptions = {}): Promise<TransferResult> {
    return this.#run((session) => upload(session, path, source, options));
  }

  /** Downloads to a local file, which appears under its name only when it is whole; retries on a new session. */
  downloadFile(
    path: string,
    localPath: string | PartPlace,
    options: DownloadFileOptions = {},
  ): Promise<TransferResult> {
    return this.#turns.run(() => downloadFile(this.#source, this.#options.retry, path, localPath, options));
  }

  /** Uploads a local file; retries on a new session. */
  uploadFile(localPath: string | SourcePlace, path: string, options: UploadFileOptions = {}): Promise<TransferResult> {
    return this.#turns.run(() => uploadFile(this.#source, this.#options.retry, localPath, path, options));
  }

  makeDirectory(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.makeDirectory(session, path, signal));
  }

  removeDirectory(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.removeDirectory(session, path, signal));
  }

  /** Removes a file. */
  remove(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.removeFile(session, path, signal));
  }

  rename(from: string, to: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run((session) => directories.rename(session, from, to, signal));
  }

  workingDirectory({ signal }: OperationOptions = {}): Promise<string> {
    return this.#run((session) => directories.workingDirectory(session, signal));
  }

  changeDirectory(path: string, { signal }: OperationOptions = {}): Promise<void> {
    return this.#run(async (session) => {
      await directories.changeDirectory(session, path, signal);
      this.#directory = await directories.workingDirectory(session, signal);
    });
  }

  /** What FEAT says; asked once. */
  features({ signal }: OperationOptions = {}): Promise<FeatureList> {
    return this.#run((session) => session.features(signal));
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
      session.forgetType();
      return session.ask(verb, space === -1 ? undefined : command.slice(space + 1), signal);
    });
  }

  /** Ends the session in order, behind what is still running. A second call does nothing. */
  quit(): Promise<void> {
    return this.#run(async ({ control, options }) => {
      this.#hasEnded = true;
      if (control.loss === undefined) {
        await control.command('QUIT', undefined, { timeoutMs: options.deadlines.quitMs }).catch(() => undefined);
        control.end();
      } else control.destroy();
      await control.closed;
    });
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
