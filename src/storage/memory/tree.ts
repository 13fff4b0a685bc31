/** The tree of files and folders that the storage in memory keeps. */

import type { Entry } from '../../protocol/index.ts';
import type { StorageUsage } from '../storage-backend.ts';
import { pathNames } from '../path-names.ts';
import { storageError } from '../storage-error.ts';

/** A file; its content never changes: an upload puts a new node in its place, so that open readers keep the old one. */
export interface FileNode {
  readonly kind: 'file';
  readonly id: number;
  readonly content: Buffer;
  modifiedMs: number;
  createdMs: number;
  mode: number;
}

/** An interrupted upload. */
export interface KeptPart {
  readonly content: Buffer;
  readonly modifiedMs: number;
}

export interface FolderNode {
  readonly kind: 'directory';
  readonly id: number;
  modifiedMs: number;
  createdMs: number;
  mode: number;
  readonly children: Map<string, TreeNode>;
  /** Interrupted uploads under `partKey(user, name)`. */
  readonly parts: Map<string, KeptPart>;
  /** Uploads in progress. */
  readonly uploads: Set<{ readonly length: number }>;
}

export type TreeNode = FileNode | FolderNode;

/** A name in a folder, whether or not something stands under it. */
export interface Place {
  readonly folder: FolderNode;
  readonly name: string;
  readonly node: TreeNode | undefined;
}

/** Finds nodes by virtual path and gives out ids. */
export class Tree {
  #lastId = 0;
  readonly root: FolderNode;

  constructor(nowMs: number) {
    this.root = this.createFolder(nowMs);
  }

  createFolder(modifiedMs: number): FolderNode {
    const times = { modifiedMs, createdMs: modifiedMs, mode: 0o755 };
    return {
      kind: 'directory',
      id: this.#nextId(),
      ...times,
      children: new Map(),
      parts: new Map(),
      uploads: new Set(),
    };
  }

  createFile(content: Buffer, modifiedMs: number): FileNode {
    return { kind: 'file', id: this.#nextId(), content, modifiedMs, createdMs: modifiedMs, mode: 0o644 };
  }

  /** The node at a path; throws `not-found`, `not-a-directory` or `name-not-allowed`. */
  find(path: string): TreeNode {
    const node = descend(this.root, pathNames(path), path);
    if (node === undefined) throw storageError('not-found', path);
    return node;
  }

  findFolder(path: string): FolderNode {
    const node = this.find(path);
    if (node.kind !== 'directory') throw storageError('not-a-directory', path);
    return node;
  }

  /** The folder that holds `path` and what stands there; undefined for the root, which nothing holds. */
  findPlace(path: string): Place | undefined {
    const names = pathNames(path);
    const name = names.at(-1);
    if (name === undefined) return undefined;
    const folder = descend(this.root, names.slice(0, -1), path);
    if (folder === undefined) throw storageError('not-found', path);
    if (folder.kind !== 'directory') throw storageError('not-a-directory', path);
    return { folder, name, node: folder.children.get(name) };
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

function descend(root: FolderNode, names: readonly string[], path: string): TreeNode | undefined {
  let node: TreeNode | undefined = root;
  for (const name of names) {
    if (node === undefined) return undefined;
    if (node.kind !== 'directory') throw storageError('not-a-directory', path);
    node = node.children.get(name);
  }
  return node;
}

/** Facts of a node under the name by which it was asked for. */
export function entryOf(name: string, node: TreeNode): Entry {
  const { modifiedMs, createdMs, mode } = node;
  const facts = { name, modifiedMs, createdMs, mode, unique: node.id.toString(16) };
  if (node.kind === 'directory') return { ...facts, type: 'directory' };
  return { ...facts, type: 'file', size: node.content.length };
}

/** True when `folder` is `node` or stands below it. */
export function holds(node: TreeNode, folder: FolderNode): boolean {
  if (node === folder) return true;
  if (node.kind !== 'directory') return false;
  for (const child of node.children.values()) {
    if (holds(child, folder)) return true;
  }
  return false;
}

/** What is under a node, itself included if `counted`. */
export function usageOf(node: TreeNode, counted = true): StorageUsage {
  const own = counted ? 1 : 0;
  if (node.kind === 'file') return { bytes: node.content.length, files: 1 };
  let bytes = [...node.parts.values()].reduce((sum, part) => sum + part.content.length, 0);
  let files = own;
  for (const upload of node.uploads) bytes += upload.length;
  for (const child of node.children.values()) {
    const below = usageOf(child);
    bytes += below.bytes;
    files += below.files;
  }
  return { bytes, files };
}

export function partKey(user: string, name: string): string {
  return `${user}\0${name}`;
}
