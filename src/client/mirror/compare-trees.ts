/** Compares a folder of the server with a local one and moves nothing: what a mirror would copy, make or remove. */

import { TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { FileFacts } from './compare.ts';
import { FileJudge } from './file-judge.ts';
import { Filters } from './filters.ts';
import type { CompareTreesOptions, SessionLender } from './mirror-options.ts';
import { parallelOf } from './mirror.ts';
import type { FilePair, Pairing } from './pairing.ts';
import { type MirrorDirection, nameRule, openSides, sourceOf, targetOf, type TreeSides } from './tree-sides.ts';
import { TreeWalk } from './tree-walk.ts';

/** `missing`: only the source has it; `extra`: only the target. */
export interface TreeDifference {
  readonly kind: 'missing' | 'extra' | 'size' | 'time' | 'checksum';
  /** Below the top of the source, or of the target for what is extra. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly source: FileFacts | undefined;
  readonly target: FileFacts | undefined;
}

export interface CompareTreesResult {
  /** Files that are the same on both sides. */
  readonly same: number;
  readonly differences: number;
  /** Left out as documented: links and devices. */
  readonly skipped: number;
  /** What could not be compared. */
  readonly failures: number;
}

export interface CompareTreesCalls {
  readonly onDifference?: (difference: TreeDifference) => void;
  readonly onSkipped?: (path: string, why: string) => void;
  /** Something could not be compared, and the comparison goes on. */
  readonly onFailure?: (path: string, error: unknown) => void;
}

/** See `on-demand.ts`, which loads it. */
export async function compareTrees(
  sessions: SessionLender,
  direction: MirrorDirection,
  paths: { readonly remote: string; readonly local: string },
  options: CompareTreesOptions & CompareTreesCalls = {},
): Promise<CompareTreesResult> {
  const filters = new Filters(options.filters ?? []);
  parallelOf(options);
  const signal = options.signal ?? new AbortController().signal;
  const sides = await openSides(sessions, direction, paths, false, signal);
  try {
    return await new Comparison(sessions, sides, filters, options).run();
  } finally {
    await sides.local?.close();
  }
}

class Comparison {
  readonly #options: CompareTreesOptions & CompareTreesCalls;
  readonly #judge: FileJudge;
  readonly #walk: TreeWalk;
  readonly #sums = { same: 0, differences: 0, skipped: 0, failures: 0 };

  constructor(
    sessions: SessionLender,
    sides: TreeSides,
    filters: Filters,
    options: CompareTreesOptions & CompareTreesCalls,
  ) {
    this.#options = options;
    this.#judge = new FileJudge(sides, { newer: false, checksum: options.checksum === true, keepTime: true });
    this.#walk = new TreeWalk({
      sessions,
      source: sourceOf(sides),
      target: targetOf(sides),
      rules: { filters, nameOf: nameRule(sides.direction), ignoresCase: false },
      parallel: parallelOf(options),
      retry: options.retry,
      signal: options.signal,
      onMissingFolder: async ({ path }) => this.#meetMissingFolder(path, filters),
      onPairing: (pairing) => this.#compare(pairing),
      onFailure: (path, error) => this.#failed(path, error),
    });
  }

  async run(): Promise<CompareTreesResult> {
    await this.#walk.run();
    return this.#sums;
  }

  /** Where only some files count, a folder is no more than what is in it. */
  #meetMissingFolder(path: string, filters: Filters): boolean {
    if (path === '' || filters.isSelective) return true;
    this.#differs({ kind: 'missing', path, isFolder: true, source: undefined, target: undefined });
    return false;
  }

  #compare({ files, extras, notes }: Pairing): void {
    for (const { kind, path, why } of notes) {
      if (kind === 'skipped') {
        this.#sums.skipped += 1;
        this.#options.onSkipped?.(path, why);
      } else if (kind === 'refused') {
        const message = `"${printable(path)}" cannot be compared: ${why}.`;
        this.#failed(path, new TwinlineError('ERR_TWINLINE_LEFT_OUT', message));
      }
    }
    for (const { path, entry } of extras) {
      const isFolder = entry.type === 'directory';
      this.#differs({ kind: 'extra', path, isFolder, source: undefined, target: entry });
    }
    for (const pair of files) this.#compareFile(pair);
  }

  #compareFile(pair: FilePair): void {
    const comparison = this.#judge.compare(pair);
    if (comparison.kind === 'copy') this.#fileDiffers(pair, comparison.why);
    else if (comparison.kind === 'examine') {
      const { what } = comparison;
      this.#walk.addFile(pair.path, async (client, signal) => {
        const why = await this.#judge.examine(pair, what, client, signal);
        if (why === undefined) this.#sums.same += 1;
        else this.#fileDiffers(pair, why);
      });
    } else this.#sums.same += 1;
  }

  #fileDiffers({ path, source, target }: FilePair, why: string): void {
    const kinds = { missing: 'missing', size: 'size', checksum: 'checksum' } as const;
    const kind = kinds[why as keyof typeof kinds] ?? 'time';
    this.#differs({ kind, path, isFolder: false, source, target });
  }

  #differs(difference: TreeDifference): void {
    this.#sums.differences += 1;
    this.#options.onDifference?.(difference);
  }

  #failed(path: string, error: unknown): void {
    this.#sums.failures += 1;
    this.#options.onFailure?.(path, error);
  }
}
