/** Counts what a mirror does and tells it, so that the sums and the events cannot disagree. */

import type { TransferResult } from '../transfer-result.ts';
import type { CopyReason } from './compare.ts';
import type { MirrorEvent, MirrorFailure, MirrorResult } from './mirror-options.ts';
import type { FilePair } from './pairing.ts';

/** Failures that are kept for the result; all of them are told as they come. */
const keptFailures = 100;

export class MirrorTally {
  readonly #onEvent: (event: MirrorEvent) => void;
  readonly #errors: MirrorFailure[] = [];
  readonly #sums = {
    copied: 0,
    bytes: 0,
    same: 0,
    foldersMade: 0,
    removed: 0,
    skipped: 0,
    unconfirmed: 0,
    failures: 0,
  };
  #expectedFiles = 0;
  #expectedBytes: number | undefined = 0;
  #lastId = 0;

  constructor(onEvent: ((event: MirrorEvent) => void) | undefined) {
    this.#onEvent = onEvent ?? (() => undefined);
  }

  get result(): MirrorResult {
    return { ...this.#sums, errors: this.#errors };
  }

  get failures(): number {
    return this.#sums.failures;
  }

  tell(event: MirrorEvent): void {
    this.#onEvent(event);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  same(): void {
    this.#sums.same += 1;
  }

  skipped(path: string, why: string): void {
    this.#sums.skipped += 1;
    this.tell({ kind: 'skipped', path, why });
  }

  /** Files of a folder that will be copied, or may be. */
  expect(pairs: readonly FilePair[]): void {
    if (pairs.length === 0) return;
    this.#expectedFiles += pairs.length;
    for (const { source } of pairs) {
      if (source.size === undefined) this.#expectedBytes = undefined;
      else if (this.#expectedBytes !== undefined) this.#expectedBytes += source.size;
    }
    this.tell({ kind: 'expect', files: this.#expectedFiles, bytes: this.#expectedBytes });
  }

  /** One that was expected is the same after all. */
  expectLess({ source }: FilePair): void {
    this.#expectedFiles -= 1;
    if (this.#expectedBytes !== undefined) this.#expectedBytes -= source.size ?? 0;
    this.same();
  }

  copied(id: number, result: TransferResult): void {
    this.#sums.copied += 1;
    this.#sums.bytes += result.bytes;
    if (result.outcome === 'unconfirmed') this.#sums.unconfirmed += 1;
    this.tell({ kind: 'copied', id, result });
  }

  /** The server turned out to have something else: what was told as copied is to be copied again. */
  disproved(pair: FilePair, bytes: number): void {
    this.#sums.copied -= 1;
    this.#sums.bytes -= bytes;
    this.expect([pair]);
  }

  wouldCopy({ path, source }: FilePair, why: CopyReason): void {
    this.#sums.copied += 1;
    this.tell({ kind: 'would-copy', path, why, size: source.size });
  }

  changed(kind: 'folder-made' | 'file-removed' | 'folder-removed', path: string, shown: string, dryRun: boolean): void {
    if (kind === 'folder-made') this.#sums.foldersMade += 1;
    else this.#sums.removed += 1;
    this.tell({ kind, path, shown, dryRun });
  }

  /** `id` of the copy that failed, which is told of by itself. */
  failed(path: string, error: unknown, id?: number): void {
    this.#sums.failures += 1;
    if (this.#errors.length < keptFailures) this.#errors.push({ path, error });
    this.tell(id === undefined ? { kind: 'failed', path, error } : { kind: 'copy-failed', id, error });
  }
}
