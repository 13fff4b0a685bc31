/** What Tab offers in the shell: commands, their options, names on the server, names here. */

import { readdir } from 'node:fs/promises';
import { posix, resolve } from 'node:path';
import type { CompletedCommand, Completion } from '../completion/completion-model.ts';
import { pathInShell, type ShellPlace } from './shell-place.ts';
import { quoteForShell, readShellLine } from './shell-words.ts';

/** A name in a folder. */
export interface NamedEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

export interface CompletionSources {
  /** Commands of the shell, its own ones among them. */
  readonly commandNames: readonly string[];
  /** The places of a command; undefined for one that is not there. */
  command(name: string): Promise<CompletedCommand | undefined>;
  /** Names in a folder of the server; empty where it cannot be listed. */
  listRemote(path: string): Promise<readonly NamedEntry[]>;
  readonly place: Pick<ShellPlace, 'directory'>;
}

/** Names of folders of this machine end in a slash. */
async function listLocal(path: string): Promise<readonly NamedEntry[]> {
  const entries = await readdir(resolve(path === '' ? '.' : path), { withFileTypes: true }).catch(() => []);
  return entries.map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
}

/** The folder part of a word as it was typed, with its slash, and the rest. */
function splitAtSlash(word: string): readonly [folder: string, rest: string] {
  const slash = word.lastIndexOf('/');
  return [word.slice(0, slash + 1), word.slice(slash + 1)];
}

async function pathsFor(
  word: string,
  list: (folder: string) => Promise<readonly NamedEntry[]>,
): Promise<readonly string[]> {
  const [folder, rest] = splitAtSlash(word);
  const entries = await list(folder);
  const isShown = ({ name }: NamedEntry): boolean => name.startsWith(rest) && (rest !== '' || !name.startsWith('.'));
  return entries.filter(isShown).map(({ name, isFolder }) => `${folder}${name}${isFolder ? '/' : ''}`);
}

/** As node:readline asks for it: what may stand in place of the end of the line, and that end. */
export async function completeShellLine(
  line: string,
  sources: CompletionSources,
): Promise<[candidates: string[], typed: string]> {
  const { commands, isBetweenWords } = readShellLine(line);
  const words = commands.at(-1) ?? [];
  const current = isBetweenWords ? undefined : words.at(-1);
  const before = (current === undefined ? words : words.slice(0, -1)).map(({ text }) => text);
  const candidates = await candidatesFor(current?.text ?? '', before, sources);
  const typed = current === undefined ? '' : line.slice(current.start);
  // A folder is not done yet; everything else is followed by a blank.
  return [candidates.map((word) => `${quoteForShell(word)}${word.endsWith('/') ? '' : ' '}`), typed];
}

async function candidatesFor(
  word: string,
  before: readonly string[],
  sources: CompletionSources,
): Promise<readonly string[]> {
  const [name, ...rest] = before;
  const starting = (all: readonly string[]): readonly string[] => all.filter((one) => one.startsWith(word));
  if (name === undefined) return starting(sources.commandNames);
  const command = await sources.command(name);
  if (command === undefined) return [];
  if (word.startsWith('-')) return starting(command.options.flatMap(({ names }) => names));
  const option = command.options.find(({ names }) => names.includes(before.at(-1) ?? ''));
  const place = option?.value ?? placeAt(command, positionOf(rest, command));
  return offered(word, place, sources);
}

/** How many of the words are no options and no values of options. */
function positionOf(words: readonly string[], { options }: CompletedCommand): number {
  const takesValue = new Set(options.filter(({ value }) => value !== undefined).flatMap(({ names }) => names));
  return words.filter((word, index) => !word.startsWith('-') && !takesValue.has(words[index - 1] ?? '')).length;
}

function placeAt({ arguments: places, repeatsLast }: CompletedCommand, position: number): Completion {
  return places[position] ?? (repeatsLast ? places.at(-1) : undefined) ?? { kind: 'unknown' };
}

async function offered(word: string, place: Completion, sources: CompletionSources): Promise<readonly string[]> {
  switch (place.kind) {
    case 'words':
      return place.words.filter((one) => one.startsWith(word));
    case 'path':
      return pathsFor(word, listLocal);
    case 'url':
      return pathsFor(word, (folder) => sources.listRemote(pathInShell(folder, sources.place)));
    default:
      return [];
  }
}

/** Keeps what a folder holds, so that a second Tab asks nobody; forgets it when a command has run. */
export class ListingCache {
  readonly #list: (path: string) => Promise<readonly NamedEntry[]>;
  readonly #known = new Map<string, Promise<readonly NamedEntry[]>>();

  constructor(list: (path: string) => Promise<readonly NamedEntry[]>) {
    this.#list = list;
  }

  list(path: string): Promise<readonly NamedEntry[]> {
    const key = posix.normalize(path === '' ? '.' : path);
    let entries = this.#known.get(key);
    if (entries === undefined) {
      entries = this.#list(path).catch(() => []);
      this.#known.set(key, entries);
    }
    return entries;
  }

  forget(): void {
    this.#known.clear();
  }
}
