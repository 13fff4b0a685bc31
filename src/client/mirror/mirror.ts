/** Mirrors a folder of the server to a local one, or the other way: what differs is copied, by several sessions at once. */

import { LocalProtocolError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { Client } from '../client.ts';
import type { TransferResult } from '../transfer-result.ts';
import type { CopyReason } from './compare.ts';
import { copyDown, copyUp, type CopyCall, type CopyOptions } from './copy-file.ts';
import { Deletions } from './deletions.ts';
import { FileJudge } from './file-judge.ts';
import { Filters } from './filters.ts';
import { Journal } from './journal.ts';
import type { CompareTreesOptions, MirrorOptions, MirrorResult, SessionLender } from './mirror-options.ts';
import { MirrorTally } from './mirror-tally.ts';
import type { FilePair, FolderPair, Pairing, PairingRules } from './pairing.ts';
import { splitPath } from './tree.ts';
import {
  bothSides,
  type MirrorDirection,
  nameRule,
  openSides,
  sourceOf,
  targetOf,
  type TreeSides,
} from './tree-sides.ts';
import { isDiskFull, TreeWalk } from './tree-walk.ts';
import { type SentFile, UploadProof } from './upload-proof.ts';

const defaultParallel = 4;
/** Sessions of one mirror: more than servers let in from one address. */
const maxParallel = 64;

/** The number of sessions. Throws `LocalProtocolError` for one that is none. */
export function parallelOf({ parallel = defaultParallel }: CompareTreesOptions): number {
  if (Number.isInteger(parallel) && parallel >= 1 && parallel <= maxParallel) return parallel;
  const message = `${parallel} is no number of sessions from 1 to ${maxParallel}.`;
  throw new LocalProtocolError('ERR_TWINLINE_ARGUMENT', message);
}

/** See `on-demand.ts`, which loads it. */
export function mirrorDown(
  sessions: SessionLender,
  remoteDir: string,
  localDir: string,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  return mirror(sessions, 'down', { remote: remoteDir, local: localDir }, options);
}

/** As `mirrorDown`, from the local folder to the folder of the server. */
export function mirrorUp(
  sessions: SessionLender,
  localDir: string,
  remoteDir: string,
  options: MirrorOptions = {},
): Promise<MirrorResult> {
  return mirror(sessions, 'up', { remote: remoteDir, local: localDir }, options);
}

async function mirror(
  sessions: SessionLender,
  direction: MirrorDirection,
  paths: { readonly remote: string; readonly local: string },
  options: MirrorOptions,
): Promise<MirrorResult> {
  const filters = new Filters(options.filters ?? []);
  parallelOf(options);
  const signal = options.signal ?? new AbortController().signal;
  const sides = await openSides(sessions, direction, paths, options.dryRun !== true, signal);
  let journal: Journal | undefined;
  let isComplete = false;
  try {
    journal = await openJournal(sides, options);
    const run = new MirrorRun(sessions, sides, filters, journal, options);
    const result = await run.run(await ignoresCase(sides, options));
    isComplete = result.failures === 0;
    return result;
  } finally {
    await journal?.close(isComplete);
    await sides.local?.close();
  }
}

async function openJournal(sides: TreeSides, options: MirrorOptions): Promise<Journal | undefined> {
  const { journalPath, dryRun, filters = [], newer = false, checksum = false } = options;
  if (journalPath === undefined || dryRun === true) return undefined;
  const ends = [sourceOf(sides), targetOf(sides)].map((tree) => tree?.show('') ?? '');
  return Journal.open(journalPath, JSON.stringify([sides.direction, ...ends, filters, newer, checksum]));
}

/** A dry run writes nothing, not even to find out. */
async function ignoresCase({ direction, local }: TreeSides, { dryRun }: MirrorOptions): Promise<boolean> {
  if (direction === 'up' || local === undefined) return false;
  return dryRun === true ? process.platform === 'darwin' || process.platform === 'win32' : local.ignoresCase();
}

class MirrorRun {
  readonly #sessions: SessionLender;
  readonly #sides: TreeSides;
  readonly #filters: Filters;
  readonly #journal: Journal | undefined;
  readonly #options: MirrorOptions;
  readonly #copyOptions: CopyOptions;
  readonly #judge: FileJudge;
  readonly #tally: MirrorTally;
  readonly #deletions: Deletions | undefined;
  readonly #proof: UploadProof | undefined;
  /** Folders that are made when the first file goes into them, and those that are being made. */
  readonly #missing = new Map<string, Promise<void> | undefined>();
  #hasSource = false;

  constructor(
    sessions: SessionLender,
    sides: TreeSides,
    filters: Filters,
    journal: Journal | undefined,
    options: MirrorOptions,
  ) {
    const { keepTime = true, newer = false, checksum = false, sync = false, retry, rateLimit } = options;
    this.#sessions = sessions;
    this.#sides = sides;
    this.#filters = filters;
    this.#journal = journal;
    this.#options = options;
    const share = rateLimit === undefined ? undefined : Math.max(1, Math.floor(rateLimit / parallelOf(options)));
    this.#copyOptions = { keepTime, sync, retry, rateLimit: share };
    this.#judge = new FileJudge(sides, { newer, checksum, keepTime });
    this.#tally = new MirrorTally(options.onEvent);
    this.#deletions = this.#planDeletions();
    const { direction, remote } = sides;
    if (direction === 'up' && remote !== undefined && !this.#isDryRun) this.#proof = new UploadProof(remote);
  }

  get #isDryRun(): boolean {
    return this.#options.dryRun === true;
  }

  #planDeletions(): Deletions | undefined {
    const target = targetOf(this.#sides);
    if (this.#options.delete !== true || target === undefined) return undefined;
    const { maxDelete } = this.#options;
    return new Deletions({ target, filters: this.#filters, tally: this.#tally, dryRun: this.#isDryRun, maxDelete });
  }

  async run(caseIsIgnored: boolean): Promise<MirrorResult> {
    if (this.#journal?.isResumed === true) {
      this.#tally.tell({ kind: 'notice', text: 'Going on with a mirror that did not come to its end.' });
    }
    const nameOf = nameRule(this.#sides.direction);
    const rules: PairingRules = { filters: this.#filters, nameOf, ignoresCase: caseIsIgnored };
    const walk = new TreeWalk({
      sessions: this.#sessions,
      source: sourceOf(this.#sides),
      target: targetOf(this.#sides),
      rules,
      parallel: parallelOf(this.#options),
      retry: this.#options.retry,
      signal: this.#options.signal,
      onMissingFolder: (pair, client, signal) => this.#meetMissingFolder(pair, client, signal),
      onPairing: (pairing) => this.#plan(pairing, walk),
      onFailure: (path, error) => this.#tally.failed(path, error),
    });
    await walk.run();
    await this.#removeExtras(walk);
    return this.#tally.result;
  }

  async #meetMissingFolder({ targetPath }: FolderPair, client: Client, signal: AbortSignal): Promise<boolean> {
    if (targetPath === '') return true;
    this.#missing.set(targetPath, undefined);
    if (!this.#filters.isSelective) await this.#makeFolder(targetPath, client, signal);
    return true;
  }

  /** Makes a folder that is missing, and those above it. */
  async #makeFolder(path: string, client: Client, signal: AbortSignal): Promise<void> {
    if (!this.#missing.has(path)) return;
    const making = this.#missing.get(path) ?? this.#makeNow(path, client, signal);
    this.#missing.set(path, making);
    try {
      await making;
      this.#missing.delete(path);
    } catch (error) {
      // Whoever comes next tries again.
      if (this.#missing.get(path) === making) this.#missing.set(path, undefined);
      throw error;
    }
  }

  async #makeNow(path: string, client: Client, signal: AbortSignal): Promise<void> {
    await this.#makeFolder(splitPath(path)[0], client, signal);
    const target = targetOf(this.#sides);
    if (!this.#isDryRun) await target?.makeFolder(path, client, signal);
    this.#tally.changed('folder-made', path, target?.show(path) ?? path, this.#isDryRun);
  }

  #plan({ files, folders, extras, notes }: Pairing, walk: TreeWalk): void {
    this.#hasSource ||= files.length + folders.length + notes.length > 0;
    for (const { kind, path, why } of notes) {
      if (kind === 'skipped') this.#tally.skipped(path, why);
      else if (kind === 'escaped') this.#tally.tell({ kind: 'notice', text: `${printable(path)}: ${why}` });
      else {
        const message = `"${printable(path)}" is left out: ${why}.`;
        this.#tally.failed(path, new TwinlineError('ERR_TWINLINE_LEFT_OUT', message));
      }
    }
    this.#deletions?.add(extras);
    const wanted = files.filter((pair) => this.#isWanted(pair));
    this.#tally.expect(wanted);
    this.#proof?.plan(wanted, files.length + folders.length + extras.length);
    for (const pair of wanted) {
      const work = (client: Client, signal: AbortSignal): Promise<void> => this.#perform(pair, client, signal);
      walk.addFile(pair.path, work, () => this.#settled(pair, walk));
    }
  }

  /** False for files that are known to be the same; counts those. */
  #isWanted(pair: FilePair): boolean {
    const { source, target, path } = pair;
    const state = this.#journal?.stateOf(path, source);
    const isDone = state === 'done' && target !== undefined && target.size === source.size;
    if (!isDone && state === 'begun') return true;
    const isSame = isDone || ['same', 'kept'].includes(this.#judge.compare(pair).kind);
    if (isSame) this.#tally.same();
    return !isSame;
  }

  async #perform(pair: FilePair, client: Client, signal: AbortSignal): Promise<void> {
    const isBegun = this.#journal?.stateOf(pair.path, pair.source) === 'begun';
    const comparison = this.#judge.compare(pair);
    let why: CopyReason | undefined = isBegun ? 'unfinished' : undefined;
    if (why === undefined && comparison.kind === 'copy') ({ why } = comparison);
    if (why === undefined && comparison.kind === 'examine') {
      why = await this.#judge.examine(pair, comparison.what, client, signal);
    }
    if (why === undefined) this.#tally.expectLess(pair);
    else if (this.#isDryRun) this.#tally.wouldCopy(pair, why);
    else await this.#copy(pair, why, client, signal);
  }

  async #copy(pair: FilePair, why: CopyReason, client: Client, signal: AbortSignal): Promise<void> {
    await this.#makeFolder(splitPath(pair.targetPath)[0], client, signal);
    const { path, targetPath, source } = pair;
    const { direction } = this.#sides;
    const { local, remote } = bothSides(this.#sides);
    const isDown = direction === 'down';
    const id = this.#tally.nextId();
    // What an earlier run left may be more than it should be.
    const isProvedLater = why !== 'unfinished' && this.#proof?.covers(pair) === true;
    this.#tally.tell({
      kind: 'start',
      id,
      direction: isDown ? 'download' : 'upload',
      path,
      remote: remote.pathOf(isDown ? path : targetPath),
      local: local.show(isDown ? targetPath : path),
      why,
      size: source.size,
    });
    try {
      const result = await this.#move(pair, { id, why, isProvedLater }, client, signal);
      if (isProvedLater) this.#proof?.sent(pair, result.offset + result.bytes);
      this.#journal?.done(path, source);
      this.#tally.copied(id, result);
    } catch (error) {
      this.#tally.failed(path, error, id);
      // What stops the whole mirror is for the walk to see.
      if (signal.aborted || isDiskFull(error)) throw error;
    }
  }

  /** Behind the last of a folder: what its listing does not prove is asked for one by one, and sent again where it is wrong. */
  #settled(pair: FilePair, walk: TreeWalk): void {
    const proof = this.#proof;
    const sent = proof?.settle(pair) ?? [];
    if (proof === undefined || sent.length === 0) return;
    walk.addFile(splitPath(pair.path)[0], async (client, signal) => {
      for (const file of await proof.unproved(sent, client, signal)) {
        walk.addFile(file.pair.path, async (other, until) => {
          if (!(await proof.isProvable(file, other, until))) await this.#copyAgain(file, other, until);
        });
      }
    });
  }

  async #copyAgain({ pair, bytes }: SentFile, client: Client, signal: AbortSignal): Promise<void> {
    const text = `${printable(pair.path)}: the server has confirmed it and does not have its ${bytes} bytes; it is sent again`;
    this.#tally.tell({ kind: 'notice', text });
    this.#tally.disproved(pair, bytes);
    await this.#copy(pair, 'size', client, signal);
  }

  async #move(
    { path, targetPath, source }: FilePair,
    { id, why, isProvedLater }: { readonly id: number; readonly why: CopyReason; readonly isProvedLater: boolean },
    client: Client,
    signal: AbortSignal,
  ): Promise<TransferResult> {
    const { local, remote } = bothSides(this.#sides);
    const isDown = this.#sides.direction === 'down';
    const call: CopyCall = {
      client,
      signal,
      // The part of a download is ours alone; what lies under the name on a server may be anything.
      resume: isDown || why === 'unfinished',
      onProgress: (progress) => this.#tally.tell({ kind: 'progress', id, progress }),
      onRetry: (notice) => this.#tally.tell({ kind: 'retry', id, notice }),
      isProvedLater,
    };
    if (isDown) {
      const from = { tree: remote, path, facts: source };
      return copyDown(from, { tree: local, path: targetPath }, call, this.#copyOptions);
    }
    this.#journal?.begun(path, source);
    return copyUp({ tree: local, path }, { tree: remote, path: targetPath }, call, this.#copyOptions);
  }

  async #removeExtras(walk: TreeWalk): Promise<void> {
    const deletions = this.#deletions;
    if (deletions === undefined || deletions.count === 0) return;
    let refusal: string | undefined;
    if (!walk.isWhole) refusal = 'not every folder could be read to its end';
    else if (!this.#hasSource && this.#options.maxDelete === undefined) {
      refusal = 'the source is empty, and all of the target would go; allow it with --max-delete if that is meant';
    }
    try {
      if (refusal !== undefined)
        throw new TwinlineError('ERR_TWINLINE_NOT_REMOVED', `Nothing was removed: ${refusal}.`);
      await walk.withSession((client, signal) => deletions.run(client, signal));
    } catch (error) {
      if (this.#options.signal?.aborted === true) throw error;
      this.#tally.failed('', error);
    }
  }
}
