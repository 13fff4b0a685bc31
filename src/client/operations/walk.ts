/** A whole tree, entry by entry, one listing at a time and without following any link. */

import type { UnsafeNameError } from '../../errors/index.ts';
import { entryProblem, joinRemote } from '../remote-names.ts';
import type { ListedEntry } from './list.ts';

/** An entry of a tree. */
export interface WalkedEntry extends ListedEntry {
  /** From the beginning of the walk on, with `/` between names. */
  readonly path: string;
  /** 1 for the entries of the folder that the walk began with. */
  readonly depth: number;
}

/** What to do with entries of listings that no path may be made of. */
export interface RefusedNames {
  /** Is told each such entry, which is then passed over; without it the operation ends with the error. */
  readonly onRefused?: (error: UnsafeNameError) => void;
}

export interface WalkOptions extends RefusedNames {
  /** Levels to go down; 1 stays in the folder itself. Default 100. */
  readonly maxDepth?: number;
  /** What it answers false to is left out, folders with all that is in them. */
  readonly filter?: (entry: WalkedEntry) => boolean;
  readonly signal?: AbortSignal;
}

/** Lists one folder to its end. */
export type ListFolder = (path: string | undefined) => Promise<ListedEntry[]>;

/** No tree of people is deeper; a listing that shows a link as a folder can make one that has no end. */
export const maxWalkDepth = 100;

/** One folder on the way from the top to where the walk is. */
interface Level {
  readonly entries: Iterator<ListedEntry>;
  /** On the server. */
  readonly directory: string;
  /** From the beginning of the walk on. */
  readonly path: string;
  /** The `unique` facts of this folder and those above it. */
  readonly above: ReadonlySet<string>;
}

/**
 * Goes through the tree below `top` (the working directory where it is empty), each folder before what is in it. Memory
 * holds the listings of the folders on the way down, not the tree. Links are shown and not followed; a folder that is one
 * of those above it, as servers show links that lead upwards, is not gone into again.
 */
export async function* walk(
  listFolder: ListFolder,
  top: string,
  options: WalkOptions = {},
): AsyncGenerator<WalkedEntry, void, undefined> {
  const { maxDepth = maxWalkDepth, filter } = options;
  const first = await listFolder(top === '' ? undefined : top);
  const levels: Level[] = [{ entries: first.values(), directory: top, path: '', above: new Set() }];
  for (let level = levels.at(-1); level !== undefined; level = levels.at(-1)) {
    const { value: entry, done } = level.entries.next();
    if (done === true) {
      levels.pop();
      continue;
    }
    if (!isUsable(level.directory, entry, options)) continue;
    const path = joinRemote(level.path, entry.name);
    const walked: WalkedEntry = { ...entry, path, depth: levels.length };
    if (filter?.(walked) === false) continue;
    yield walked;
    const isLoop = entry.unique !== undefined && level.above.has(entry.unique);
    if (entry.type !== 'directory' || isLoop || levels.length >= maxDepth) continue;
    const directory = joinRemote(level.directory, entry.name);
    const above = entry.unique === undefined ? level.above : new Set([...level.above, entry.unique]);
    levels.push({ entries: (await listFolder(directory)).values(), directory, path, above });
  }
}

/** Whether a path may be made of the entry's name; tells of one that is passed over, or throws. */
export function isUsable(directory: string, entry: ListedEntry, { onRefused }: RefusedNames): boolean {
  const problem = entryProblem(directory, entry);
  if (problem === undefined) return true;
  if (onRefused === undefined) throw problem;
  onRefused(problem);
  return false;
}
