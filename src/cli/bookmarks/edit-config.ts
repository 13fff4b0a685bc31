/** Changes bookmarks in the text of the configuration file, so that comments and everything else stay as they are. */

import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';

export type TomlValue = string | boolean | readonly string[];

/** A name with dots needs quotes in a header. */
function headerOf(name: string): string {
  return `[bookmark.${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}]`;
}

function valueText(value: TomlValue): string {
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'string'
    ? JSON.stringify(value)
    : `[${value.map((part) => JSON.stringify(part)).join(', ')}]`;
}

/** The text with one more bookmark at its end. */
export function withBookmark(source: string, name: string, values: Readonly<Record<string, TomlValue>>): string {
  const before = source === '' ? '' : `${source.replace(/\n*$/, '')}\n\n`;
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${valueText(value)}\n`);
  return `${before}${headerOf(name)}\n${lines.join('')}`;
}

/** Where the table of a bookmark begins and ends, in lines; undefined where it is not written as a table of its own. */
function tableLines(lines: readonly string[], name: string): readonly [first: number, end: number] | undefined {
  const isHeader = (line: string): boolean => /^\s*\[/.test(line);
  const ofName = (line: string): boolean => {
    const [, bare, quoted] = /^\s*\[\s*bookmark\s*\.\s*(?:([\w-]+)|["']([^"']*)["'])\s*\]/.exec(line) ?? [];
    return (bare ?? quoted) === name;
  };
  const first = lines.findIndex(ofName);
  if (first === -1) return undefined;
  const next = lines.findIndex((line, index) => index > first && isHeader(line));
  return [first, next === -1 ? lines.length : next];
}

/** The text without the bookmark; undefined where its table is not found. Comments right above the next table stay. */
export function withoutBookmark(source: string, name: string): string | undefined {
  const lines = source.split('\n');
  const found = tableLines(lines, name);
  if (found === undefined) return undefined;
  const [first, next] = found;
  let end = next;
  while (end < lines.length && end > first + 1 && /^\s*#/.test(lines[end - 1] ?? '')) end -= 1;
  return [...lines.slice(0, first), ...lines.slice(end)]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '');
}

/** The text with the bookmark under another name; undefined where its table is not found. */
export function withRenamed(source: string, from: string, to: string): string | undefined {
  const lines = source.split('\n');
  const found = tableLines(lines, from);
  if (found === undefined) return undefined;
  lines[found[0]] = (lines[found[0]] ?? '').replace(/\[[^\]]*\]/, headerOf(to));
  return lines.join('\n');
}

/** Puts the new text in the place of the old one at once, for its owner alone to read. */
export async function writeConfigText(path: string, text: string): Promise<void> {
  const next = `${path}.${process.pid}.new`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(next, text, { mode: 0o600 });
    await rename(next, path);
  } catch (cause) {
    const message = `The client configuration "${printable(path)}" cannot be written; check the folder and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}
