/** What one user may do at each path: rules by path, of which the most specific that fits counts. */

import { type PathRule, type Right, rightNames } from '../../users/index.ts';
import { namesOf, PathPattern } from './path-pattern.ts';

/** A set of rights: one bit each. */
type RightSet = number;

const bits = Object.fromEntries(rightNames.map((name, index) => [name, 1 << index])) as Readonly<Record<Right, number>>;
const everything: RightSet = (1 << rightNames.length) - 1;
const onlyReading: RightSet = bits.list | bits.read;

interface CompiledRule {
  readonly pattern: PathPattern;
  readonly allow: RightSet;
}

/** What the rights of a user are made of. */
export interface RightsSource {
  readonly rules: readonly PathRule[];
  /** The user may only read, whatever the rules say. */
  readonly readOnly: boolean;
  /** Paths below which, themselves included, everybody may only read. */
  readonly readOnlyBelow?: readonly string[];
}

function moreSpecificFirst(one: CompiledRule, other: CompiledRule): number {
  for (const [index, value] of one.pattern.specificity.entries()) {
    const difference = (other.pattern.specificity[index] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The rights of one user. */
export class AccessRights {
  /** The most specific first; of equals, the one that stands later in the list of the user. */
  readonly #rules: readonly CompiledRule[];
  readonly #readOnly: boolean;
  readonly #readOnlyBelow: readonly string[];

  constructor({ rules, readOnly, readOnlyBelow = [] }: RightsSource) {
    this.#rules = rules
      .map(({ path, allow }) => ({
        pattern: new PathPattern(path),
        allow: allow.reduce((set, right) => set | bits[right], 0),
      }))
      .toReversed()
      .sort(moreSpecificFirst);
    this.#readOnly = readOnly;
    this.#readOnlyBelow = readOnlyBelow;
  }

  /** Whether all of these rights are there at a path. */
  may(path: string, ...rights: readonly Right[]): boolean {
    const set = this.#at(path);
    return rights.every((right) => (set & bits[right]) !== 0);
  }

  mayAny(path: string, ...rights: readonly Right[]): boolean {
    const set = this.#at(path);
    return rights.some((right) => (set & bits[right]) !== 0);
  }

  /** Whether there is any right at all at a path or, for a folder, somewhere below it. */
  mayEnter(path: string): boolean {
    return this.#loosest(namesOf(path), path) !== 0;
  }

  /**
   * Whether whoever comes from `from` to `to` gains nothing: each right at `to` is there at `from`. For a folder the same
   * holds for everything below, and rules that fit things by their names count as the same in both places.
   */
  gainsNothing(from: string, to: string, isFolder: boolean): boolean {
    if ((this.#at(to) & ~this.#at(from)) !== 0) return false;
    if (!isFolder) return true;
    const [source, target] = [namesOf(from), namesOf(to)];
    if (this.#isSameBelow(source, target) && this.#at(from) === this.#at(to)) return true;
    return (this.#loosest(target, to) & ~this.#strictest(source, from)) === 0;
  }

  #at(path: string): RightSet {
    const names = namesOf(path);
    const rule = this.#rules.find(({ pattern }) => pattern.fits(names));
    return (rule?.allow ?? everything) & this.#mask(path);
  }

  #mask(path: string): RightSet {
    const isReadOnly =
      this.#readOnly || this.#readOnlyBelow.some((folder) => path === folder || path.startsWith(`${folder}/`));
    return isReadOnly ? onlyReading : everything;
  }

  /** Rules that can count for something below a path in place of the one that counts for the path itself. */
  #rulesBelow(names: readonly string[]): readonly CompiledRule[] {
    const own = this.#rules.findIndex(({ pattern }) => pattern.fits(names));
    const stronger = own === -1 ? this.#rules : this.#rules.slice(0, own);
    return stronger.filter(({ pattern }) => pattern.fitsBelow(names));
  }

  #loosest(names: readonly string[], path: string): RightSet {
    const rules = this.#rulesBelow(names);
    return rules.reduce((set, { allow }) => set | (allow & this.#mask(path)), this.#at(path));
  }

  #strictest(names: readonly string[], path: string): RightSet {
    return this.#rulesBelow(names).reduce((set, { allow }) => set & allow, this.#at(path));
  }

  #isSameBelow(one: readonly string[], other: readonly string[]): boolean {
    const [first, second] = [this.#rulesBelow(one), this.#rulesBelow(other)];
    return first.length === second.length && first.every((rule, i) => rule === second[i] && rule.pattern.isByName);
  }
}
