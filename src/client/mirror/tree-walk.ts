/** Goes through two trees side by side with several sessions, and does the work that is found on the way. */

import { TwinlineError } from '../../errors/index.ts';
import { abortError, onAbort } from '../cancellation.ts';
import type { Client } from '../client.ts';
import { defaultRetry, type RetryOptions } from '../options.ts';
import { isWorthReconnect, pause, retryDelayMs } from '../retry.ts';
import type { SessionLender } from './mirror-options.ts';
import { type FolderPair, pairEntries, type Pairing, type PairingRules } from './pairing.ts';
import { maxTreeDepth, type Tree, type TreeListing } from './tree.ts';
import { WorkQueue } from './work-queue.ts';

/** Entries of the source in all; a day's work at a hundred files a second. */
const maxTreeEntries = 10_000_000;

const nothing: TreeListing = { entries: [], isExact: true, unknownLines: [] };

/** Work on one file, with a session. */
export type FileWork = (client: Client, signal: AbortSignal) => Promise<void>;

export interface TreeWalkParts {
  readonly sessions: SessionLender;
  readonly source: Tree;
  /** Undefined where the target does not exist and nothing may be made. */
  readonly target: Tree | undefined;
  readonly rules: PairingRules;
  readonly parallel: number;
  readonly retry: Partial<RetryOptions> | undefined;
  readonly signal: AbortSignal | undefined;
  /** Called for a folder of the source that the target does not have, before what is in it; false leaves it out. */
  onMissingFolder(pair: FolderPair, client: Client, signal: AbortSignal): Promise<boolean>;
  /** Called with what a folder holds; adds the work that follows from it. */
  onPairing(pairing: Pairing): void;
  /** Something failed for good, and the walk goes on. */
  onFailure(path: string, error: unknown): void;
}

interface FolderTask extends FolderPair {
  readonly kind: 'folder';
  readonly depth: number;
}

interface FileTask {
  readonly kind: 'file';
  readonly path: string;
  readonly work: FileWork;
  readonly settled: () => void;
}

export class TreeWalk {
  readonly #parts: TreeWalkParts;
  readonly #queue = new WorkQueue<FolderTask | FileTask>();
  readonly #stop = new AbortController();
  readonly #retry: RetryOptions;
  #entries = 0;
  #isWhole = true;
  #fatal: { readonly error: unknown } | undefined;

  constructor(parts: TreeWalkParts) {
    this.#parts = parts;
    this.#retry = { ...defaultRetry, ...parts.retry };
  }

  /** Every folder of both sides was read to its end. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Adds work on a file, to be done by any session. `settled` is called behind it, also where it failed or no session was to be had. */
  addFile(path: string, work: FileWork, settled: () => void = () => undefined): void {
    this.#queue.addFile({ kind: 'file', path, work, settled });
  }

  /** Resolves when everything is done; rejects when nothing can go on, or with the abort error. */
  async run(): Promise<void> {
    const { signal, parallel, target } = this.#parts;
    const leave = onAbort(signal, () => signal && this.#end(abortError(signal)));
    try {
      this.#queue.addFolder({ kind: 'folder', path: '', targetPath: '', exists: target !== undefined, depth: 0 });
      await Promise.all(Array.from({ length: parallel }, () => this.#work()));
    } finally {
      leave();
    }
    if (this.#fatal !== undefined) throw this.#fatal.error;
  }

  #end(error: unknown): void {
    this.#fatal ??= { error };
    this.#queue.stop();
    this.#stop.abort(error);
  }

  async #work(): Promise<void> {
    for (let task = await this.#queue.take(); task !== undefined; task = await this.#queue.take()) {
      try {
        await this.withSession((client) => this.#perform(task, client), task.kind === 'file');
      } catch (error) {
        this.#failed(task, error);
      } finally {
        if (task.kind === 'file') task.settled();
        this.#queue.done();
      }
    }
  }

  /**
   * Runs `work` with a session, and again with another one where that is lost; work that `mendsItself` has tried that
   * already when it fails.
   */
  async withSession<Result>(
    work: (client: Client, signal: AbortSignal) => Promise<Result>,
    mendsItself = false,
  ): Promise<Result> {
    const { signal } = this.#stop;
    for (let tried = 0; ; tried += 1) {
      let hasSession = false;
      try {
        return await this.#parts.sessions.use(
          (client) => {
            hasSession = true;
            return work(client, signal).catch((error: unknown) => {
              hasSession = mendsItself || client.isConnected;
              throw error;
            });
          },
          { signal },
        );
      } catch (error) {
        if (signal.aborted) throw abortError(signal);
        if (hasSession) throw error;
        if (!isWorthReconnect(error) || tried >= this.#retry.tries) {
          if (!isWorthReconnect(error) || isUnreachable(error)) this.#end(error);
          throw error;
        }
        await pause(retryDelayMs(this.#retry, tried + 1), signal);
      }
    }
  }

  #failed(task: FolderTask | FileTask, error: unknown): void {
    if (this.#stop.signal.aborted) return;
    if (task.kind === 'folder') this.#isWhole = false;
    if (isDiskFull(error)) this.#end(error);
    else this.#parts.onFailure(task.path, error);
  }

  async #perform(task: FolderTask | FileTask, client: Client): Promise<void> {
    const { signal } = this.#stop;
    if (task.kind === 'file') await task.work(client, signal);
    else await this.#enter(task, client, signal);
  }

  async #enter(task: FolderTask, client: Client, signal: AbortSignal): Promise<void> {
    const { source, target, rules } = this.#parts;
    const listing = await source.list(task.path, client, signal);
    this.#count(listing);
    const isNew = !task.exists;
    if (isNew && !(await this.#parts.onMissingFolder(task, client, signal))) return;
    const there = isNew || target === undefined ? nothing : await target.list(task.targetPath, client, signal);
    const pairing = pairEntries(task, listing, there, rules);
    this.#parts.onPairing(pairing);
    for (const pair of pairing.folders) this.#addFolder(pair, task.depth + 1);
  }

  #addFolder(pair: FolderPair, depth: number): void {
    if (depth <= maxTreeDepth) {
      this.#queue.addFolder({ kind: 'folder', ...pair, depth });
      return;
    }
    this.#isWhole = false;
    const message = `The folder lies more than ${maxTreeDepth} levels deep and was left out; a link to a folder above it may be the reason.`;
    this.#parts.onFailure(pair.path, new TwinlineError('ERR_TWINLINE_LISTING_TOO_LONG', message));
  }

  #count(listing: TreeListing): void {
    this.#entries += listing.entries.length;
    if (listing.unknownLines.length > 0) this.#isWhole = false;
    if (this.#entries <= maxTreeEntries) return;
    const message = `The tree has more than ${maxTreeEntries} entries; mirror its folders one by one.`;
    this.#end(new TwinlineError('ERR_TWINLINE_LISTING_TOO_LONG', message));
  }
}

/** No session could be had at all. */
function isUnreachable(error: unknown): boolean {
  return error instanceof TwinlineError && error.code === 'ERR_TWINLINE_CONNECT';
}

/** What every other file would meet as well. */
export function isDiskFull(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code === 'ENOSPC' || cause?.code === 'EDQUOT' || cause?.code === 'EROFS';
}
