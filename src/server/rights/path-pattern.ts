/** The paths of rules: names that may hold wildcards, and `**` for any number of names. A rule fits everything below, too. */

import { compileGlob, hasGlob } from '../../protocol/index.ts';

/** One name of a pattern, or any number of names. */
type Part = '**' | { readonly literal: string } | { readonly matches: (name: string) => boolean };

/** The names of a virtual path. */
export function namesOf(path: string): readonly string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

function partOf(name: string): Part {
  if (name === '**') return '**';
  const matches = hasGlob(name) ? compileGlob(name) : undefined;
  return matches === undefined ? { literal: name } : { matches };
}

function accepts(part: Part | undefined, name: string): boolean {
  if (part === undefined || part === '**') return false;
  return 'literal' in part ? part.literal === name : part.matches(name);
}

/** A compiled pattern. Both questions take time that grows with the product of the lengths at most. */
export class PathPattern {
  readonly #parts: readonly Part[];
  /** More specific patterns come first in this order: compared field by field, greater first. */
  readonly specificity: readonly [literalBeginning: number, names: number, literalChars: number];

  constructor(path: string) {
    this.#parts = namesOf(path).map(partOf);
    const literals = this.#parts.map((part) => (part !== '**' && 'literal' in part ? part.literal : undefined));
    const firstWild = literals.indexOf(undefined);
    this.specificity = [
      firstWild === -1 ? literals.length : firstWild,
      this.#parts.filter((part) => part !== '**').length,
      literals.reduce((sum, literal) => sum + (literal?.length ?? 0), 0),
    ];
  }

  /** True for `**` and one name behind it: it fits a thing by its own name, wherever that stands. */
  get isByName(): boolean {
    return this.#parts.length === 2 && this.#parts[0] === '**';
  }

  /** Whether the pattern names this path or a folder above it. */
  fits(names: readonly string[]): boolean {
    let part = 0;
    let name = 0;
    let starPart = -1;
    let retryName = 0;
    while (part < this.#parts.length) {
      const next = names[name];
      if (this.#parts[part] === '**') {
        starPart = part++;
        retryName = name;
      } else if (next !== undefined && accepts(this.#parts[part], next)) {
        part += 1;
        name += 1;
      } else if (starPart !== -1 && retryName < names.length) {
        retryName += 1;
        name = retryName;
        part = starPart + 1;
      } else {
        return false;
      }
    }
    return true;
  }

  /** Whether it can name something below this path without fitting the path itself. */
  fitsBelow(names: readonly string[]): boolean {
    if (this.fits(names)) return false;
    let open = this.#withStars(new Set([0]));
    for (const name of names) {
      const next = new Set<number>();
      for (const at of open) {
        if (this.#parts[at] === '**') next.add(at);
        else if (accepts(this.#parts[at], name)) next.add(at + 1);
      }
      open = this.#withStars(next);
    }
    return open.size > 0;
  }

  /** `**` may stand for no name at all. */
  #withStars(open: Set<number>): Set<number> {
    for (const at of open) if (this.#parts[at] === '**') open.add(at + 1);
    return open;
  }
}
