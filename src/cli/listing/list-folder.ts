/** Folders of a tree, one listing after the other: a folder that cannot be listed is told and passed over. */

import { type Client, joinRemote, type ListedEntry, remoteNameProblem } from '../../client/index.ts';
import { ReplyError } from '../../errors/index.ts';
import type { ClientRun } from '../client-run/index.ts';

/** An entry with its path. */
export interface PlacedEntry {
  readonly entry: ListedEntry;
  /** On the server, from where the listing began. */
  readonly path: string;
}

/** No tree of people is deeper; links that servers show as folders make trees without an end. */
const maxDepth = 100;

export interface TreeOptions {
  /** Levels to go down; 1 is the folder itself. */
  readonly depth?: number;
  /** What it answers false to is left out, folders with all that is in them. */
  readonly filter?: (entry: ListedEntry, folder: string) => boolean;
  /** Told behind each listing. */
  readonly onListed?: (entries: number) => void;
}

/** What a tree is shown by. Both are told in the order of the tree, a folder before what is in it. */
export interface TreeVisitor {
  entry(placed: PlacedEntry, level: number, isLast: boolean): Promise<void> | void;
  /** Behind everything in a folder. */
  left?(path: string, level: number): Promise<void> | void;
}

/** Goes through the tree below `top`, by name. What cuts the connection is thrown; what is refused is reported. Resolves to false where that is `top`. */
export async function visitTree(
  client: Client,
  top: string,
  run: ClientRun,
  options: TreeOptions,
  visitor: TreeVisitor,
): Promise<boolean> {
  const { depth = maxDepth } = options;
  const visit = async (folder: string, level: number, above: ReadonlySet<string>): Promise<boolean> => {
    const entries = await listSorted(client, folder, run, options);
    if (entries === undefined) return false;
    for (const [index, entry] of entries.entries()) {
      const path = joinRemote(folder, entry.name);
      await visitor.entry({ entry, path }, level, index === entries.length - 1);
      const isLoop = entry.unique !== undefined && above.has(entry.unique);
      if (entry.type === 'directory' && !isLoop && level < Math.min(depth, maxDepth)) {
        await visit(path, level + 1, entry.unique === undefined ? above : new Set([...above, entry.unique]));
        await visitor.left?.(path, level);
      }
    }
    return true;
  };
  return visit(top, 1, new Set());
}

async function listSorted(
  client: Client,
  folder: string,
  { report, signal }: ClientRun,
  { filter, onListed }: TreeOptions,
): Promise<readonly ListedEntry[] | undefined> {
  const entries: ListedEntry[] = [];
  try {
    for await (const entry of client.list(folder === '' ? undefined : folder, { signal })) {
      report.countEntry();
      if (entry.raw !== undefined || remoteNameProblem(entry.name) !== undefined) {
        report.notice(`Left out, as it is no name: ${entry.name}`);
      } else if (filter?.(entry, folder) !== false) entries.push(entry);
      onListed?.(1);
    }
  } catch (error) {
    if (!(error instanceof ReplyError)) throw error;
    report.error(error, folder);
    return undefined;
  }
  return entries.sort(byName);
}

export function byName(a: ListedEntry, b: ListedEntry): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
