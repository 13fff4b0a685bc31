/** Matches the entries of a folder of the source with those of its copy: what belongs together, what is extra, what is left out. Pure. */

import { createHash } from 'node:crypto';
import { printable } from '../../protocol/index.ts';
import { caseKeyOf, isOwnName, type LocalName } from '../local-names.ts';
import type { Filters } from './filters.ts';
import { childPath, type TreeEntry, type TreeListing } from './tree.ts';

/** A file of the source, with the entry of the target that it would replace. */
export interface FilePair {
  /** Below the top of the source. */
  readonly path: string;
  /** Below the top of the target; differs where a name was escaped. */
  readonly targetPath: string;
  readonly source: TreeEntry;
  readonly target: TreeEntry | undefined;
}

export interface FolderPair {
  readonly path: string;
  readonly targetPath: string;
  /** The target has it. */
  readonly exists: boolean;
}

/** `skipped`: as documented, no error. `refused`: the copy lacks it. `escaped`: it has another name there. */
export interface PairNote {
  readonly kind: 'skipped' | 'refused' | 'escaped';
  readonly path: string;
  readonly why: string;
}

export interface Pairing {
  readonly files: readonly FilePair[];
  readonly folders: readonly FolderPair[];
  /** Entries of the target that no entry of the source stands for. */
  readonly extras: readonly { readonly path: string; readonly entry: TreeEntry }[];
  readonly notes: readonly PairNote[];
}

export interface PairingRules {
  readonly filters: Filters;
  /** The name on the other side. */
  readonly nameOf: (name: string) => LocalName;
  /** The target takes `README` and `readme` for one. */
  readonly ignoresCase: boolean;
}

/** The hidden file beside `name` in which a download grows; it cannot be the name of anything that is copied. */
export function ownPartName(name: string): string {
  return `.twinline-${createHash('sha256').update(name, 'utf16le').digest('hex').slice(0, 32)}.part`;
}

export function pairEntries(
  folder: { readonly path: string; readonly targetPath: string },
  source: TreeListing,
  target: TreeListing,
  rules: PairingRules,
): Pairing {
  const pairer = new Pairer(folder, target, rules);
  for (const entry of source.entries) pairer.add(entry);
  return pairer.finish(source);
}

class Pairer {
  readonly #folder: { readonly path: string; readonly targetPath: string };
  readonly #rules: PairingRules;
  /** By name, or by what the target takes for the same name. */
  readonly #targets = new Map<string, TreeEntry>();
  readonly #claimed = new Map<string, string>();
  readonly #files: FilePair[] = [];
  readonly #folders: FolderPair[] = [];
  readonly #notes: PairNote[] = [];

  constructor(
    folder: { readonly path: string; readonly targetPath: string },
    target: TreeListing,
    rules: PairingRules,
  ) {
    this.#folder = folder;
    this.#rules = rules;
    for (const entry of target.entries) this.#targets.set(this.#keyOf(entry.name), entry);
  }

  #keyOf(name: string): string {
    return this.#rules.ignoresCase ? caseKeyOf(name) : name;
  }

  #note(kind: PairNote['kind'], path: string, why: string): void {
    this.#notes.push({ kind, path, why });
  }

  add(entry: TreeEntry): void {
    const path = childPath(this.#folder.path, entry.name);
    const local = this.#rules.nameOf(entry.name);
    if (local.kind === 'refused') {
      this.#note('refused', path, `the name ${local.why}`);
      return;
    }
    const key = this.#keyOf(local.name);
    const rival = this.#claimed.get(key);
    if (rival === undefined) this.#claimed.set(key, entry.name);
    if (!this.#rules.filters.takes(path, entry.type === 'directory')) return;
    if (rival !== undefined) {
      const why = `"${printable(rival)}" of the same folder has the same name there`;
      this.#note('refused', path, why);
      return;
    }
    if (entry.type !== 'file' && entry.type !== 'directory') {
      const why = entry.type === 'symlink' ? 'it is a symbolic link' : 'it is neither a file nor a folder';
      this.#note('skipped', path, why);
      return;
    }
    if (local.kind === 'escaped') this.#note('escaped', path, `it is named "${printable(local.name)}" there`);
    this.#pair(entry, path, local.name, this.#targets.get(key));
  }

  #pair(source: TreeEntry, path: string, name: string, target: TreeEntry | undefined): void {
    const targetPath = childPath(this.#folder.targetPath, name);
    if (target !== undefined && target.type !== source.type) {
      const words = { file: 'a file', directory: 'a folder', symlink: 'a symbolic link', other: 'something else' };
      this.#note('refused', path, `${words[target.type]} of that name is in the way; remove it first`);
      return;
    }
    if (source.type === 'file') this.#files.push({ path, targetPath, source, target });
    else this.#folders.push({ path, targetPath, exists: target !== undefined });
  }

  finish(source: TreeListing): Pairing {
    return { files: this.#files, folders: this.#folders, extras: this.#extras(source), notes: this.#notes };
  }

  #extras(source: TreeListing): Pairing['extras'] {
    const found = [...this.#targets].flatMap(([key, entry]) => (this.#claimed.has(key) ? [] : [entry]));
    const { path } = this.#folder;
    if (found.length === 0) return [];
    if (source.unknownLines.length > 0) {
      const [line = ''] = source.unknownLines;
      this.#note('refused', path, `a line of its listing is not understood: "${printable(line.slice(0, 120))}"`);
      return [];
    }
    if (!source.isExact && source.entries.length === 0) {
      this.#note(
        'skipped',
        path,
        'what is extra there is let be: LIST does not tell an empty folder from a closed one',
      );
      return [];
    }
    const parts = new Set([...this.#claimed.values()].map((name) => ownPartName(this.#localNameOf(name))));
    return found.flatMap((entry) => {
      const extraPath = childPath(this.#folder.targetPath, entry.name);
      // LIST shows no hidden files.
      if (!source.isExact && entry.name.startsWith('.')) return [];
      if (isOwnName(entry.name)) return parts.has(entry.name) ? [] : [{ path: extraPath, entry }];
      const isTaken = this.#rules.filters.takes(extraPath, entry.type === 'directory');
      return isTaken ? [{ path: extraPath, entry }] : [];
    });
  }

  #localNameOf(name: string): string {
    const local = this.#rules.nameOf(name);
    return local.kind === 'refused' ? name : local.name;
  }
}
