/** The files of the repository as the registry tests see them. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The folder of the repository. */
export const top = join(import.meta.dirname, '../..');

const skipped = new Set(['node_modules', 'dist', '.git', '.cache', 'twinline-data']);

function* walk(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skipped.has(entry.name)) yield* walk(path);
    } else if (entry.isFile()) yield path;
  }
}

/** Paths below `folder`, relative to the repository and with `/`, whose name ends with `ending`; sorted. */
export function filesBelow(folder: string, ending: string): string[] {
  const paths = [...walk(join(top, folder))].map((path) => relative(top, path).split(sep).join('/'));
  return paths.filter((path) => path.endsWith(ending)).sort();
}

export function textOf(path: string): string {
  return readFileSync(join(top, path), 'utf8');
}
