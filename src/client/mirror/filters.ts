/** Which entries a mirror takes: include and exclude patterns in their order, over paths below the top. Pure. */

import { ConfigError } from '../../errors/index.ts';
import { compileGlob, maxGlobChars, printable } from '../../protocol/index.ts';

/** One `--include` or `--exclude`. */
export interface MirrorFilter {
  readonly kind: 'include' | 'exclude';
  /**
   * `*`, `?` and `[…]` stay within a name, `**` as a whole name stands for any number of folders, also none. With a `/` in
   * front or in the middle it counts from the top, otherwise it is a name in any folder. A `/` at the end: folders only.
   */
  readonly pattern: string;
}

type Segment = '**' | ((name: string) => boolean);

interface Rule {
  readonly takes: boolean;
  readonly foldersOnly: boolean;
  readonly segments: readonly Segment[];
}

/**
 * The first rule that matches decides. What none matches is taken, unless every rule is an include: then files that no
 * rule matches are left out. A folder that is left out is not entered.
 */
export class Filters {
  readonly #rules: readonly Rule[];
  /** Only what is included: folders are then made when a file goes into them. */
  readonly isSelective: boolean;

  /** Throws `ConfigError` for a pattern that is empty, too long or has an empty name in it. */
  constructor(filters: readonly MirrorFilter[]) {
    this.#rules = filters.map(parseRule);
    this.isSelective = filters.length > 0 && filters.every(({ kind }) => kind === 'include');
  }

  /** `path` has no `/` in front. */
  takes(path: string, isFolder: boolean): boolean {
    const names = path.split('/');
    for (const rule of this.#rules) {
      if (rule.foldersOnly && !isFolder) continue;
      if (matches(rule.segments, names)) return rule.takes;
    }
    return isFolder || !this.isSelective;
  }
}

function parseRule({ kind, pattern }: MirrorFilter): Rule {
  const foldersOnly = pattern.endsWith('/');
  const body = foldersOnly ? pattern.slice(0, -1) : pattern;
  const isAnchored = body.includes('/');
  const names = (body.startsWith('/') ? body.slice(1) : body).split('/');
  if (names.includes('')) {
    const message = `The pattern "${printable(pattern)}" for --${kind} has an empty name in it; write for example *.tmp, /top/ or **/cache/.`;
    throw new ConfigError('ERR_TWINLINE_CONFIG', message);
  }
  const segments = names.map((name) => parseSegment(name, pattern));
  return { takes: kind === 'include', foldersOnly, segments: isAnchored ? segments : ['**', ...segments] };
}

function parseSegment(name: string, pattern: string): Segment {
  if (name === '**') return '**';
  const glob = compileGlob(name);
  if (glob !== undefined) return glob;
  const message = `The pattern "${printable(pattern.slice(0, 40))}…" has a name of more than ${maxGlobChars} characters; shorten it.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

/** One place to go back to is enough: a later `**` makes every earlier one settled. */
function matches(segments: readonly Segment[], names: readonly string[]): boolean {
  let at = 0;
  let nameAt = 0;
  let anyAt = -1;
  let retryAt = 0;
  while (nameAt < names.length) {
    const segment = segments[at];
    if (segment === '**') {
      // At the end it stands for what lies below, which is at least one name.
      if (at === segments.length - 1) return true;
      anyAt = at++;
      retryAt = nameAt;
    } else if (segment?.(names[nameAt] ?? '') === true) {
      at += 1;
      nameAt += 1;
    } else if (anyAt !== -1) {
      retryAt += 1;
      nameAt = retryAt;
      at = anyAt + 1;
    } else {
      return false;
    }
  }
  return at === segments.length;
}
