/** What a user may do under which paths: the rights by name, rules for paths, and their text form `PATH=RIGHT,RIGHT`. */

import { ConfigError } from '../../errors/index.ts';

/** Every right, with the commands that need it. None includes another. */
export const rightNames = [
  /** LIST, NLST, MLSD, MLST, STAT, SIZE, MDTM: to see that something is there, and its facts. */
  'list',
  /** RETR, and commands that look into a file, as HASH does. SIZE and MDTM, too. */
  'read',
  /** STOR, STOU, APPE of a name that is not there yet. */
  'write',
  /** STOR, REST and RNTO that change or replace what a file holds. */
  'overwrite',
  /** APPE, and REST at the end, of a file that is there. */
  'append',
  /** DELE. */
  'delete',
  /** RNFR and RNTO: it is needed for both names. */
  'rename',
  'mkdir',
  'rmdir',
  /** MFMT, SITE UTIME, SITE CHMOD. */
  'attributes',
  /** SITE SYMLINK. */
  'symlink',
] as const;
export type Right = (typeof rightNames)[number];

/** What may be done with a path and everything below it, as long as no more specific rule fits. */
export interface PathRule {
  /** Virtual path of the user; names may hold `*`, `?`, `[…]`, and `**` stands for any number of names. */
  readonly path: string;
  /** In the order of `rightNames`. */
  readonly allow: readonly Right[];
}

/** Words that stand for several rights. */
const groups: Readonly<Record<string, readonly Right[]>> = {
  all: rightNames,
  none: [],
  'read-only': ['list', 'read'],
};

/** Rules of one user, and characters of their paths: they are held against every name of a listing. */
export const maxPathRules = 100;
export const maxRulePathChars = 512;

/** An absolute path without `.`, `..`, empty names and control characters. */
export function isVirtualPath(path: string): boolean {
  if (path === '/') return true;
  const [first, ...names] = path.split('/');
  return (
    first === '' &&
    names.length > 0 &&
    !/\p{Cc}/u.test(path) &&
    names.every((name) => name !== '' && name !== '.' && name !== '..')
  );
}

function wrong(text: string, why: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', `The rule "${text}" ${why}.`);
}

function applyWord(rights: Set<Right>, text: string, word: string): void {
  const name = word.replace(/^-/, '');
  const named = Object.hasOwn(groups, name) ? groups[name] : rightNames.filter((right) => right === name);
  if (named === undefined || (named.length === 0 && name !== 'none')) {
    throw wrong(text, `names "${name}"; the rights are ${rightNames.join(', ')}, or all, none, read-only`);
  }
  for (const right of named) {
    if (word.startsWith('-')) rights.delete(right);
    else rights.add(right);
  }
}

/** A rule as text: `/incoming=list,write`, `/=all,-delete`, `/logs-[0-9]*=read-only`. Throws `ConfigError`. */
export function parsePathRule(text: string): PathRule {
  const equals = text.lastIndexOf('=');
  if (equals === -1) throw wrong(text, 'must have the form PATH=RIGHT,RIGHT, for example /incoming=list,write');
  const path = text.slice(0, equals);
  if (!isVirtualPath(path))
    throw wrong(text, 'must begin with an absolute path without "." and "..", such as /incoming');
  if (path.length > maxRulePathChars) throw wrong(text, `has a path of more than ${maxRulePathChars} characters`);
  const rights = new Set<Right>();
  for (const word of text.slice(equals + 1).split(',')) applyWord(rights, text, word.trim());
  return { path, allow: rightNames.filter((right) => rights.has(right)) };
}

export function serialisePathRule({ path, allow }: PathRule): string {
  const text = allow.join(',');
  const group = Object.entries(groups).find(([, rights]) => rights.join(',') === text);
  return `${path}=${group?.[0] ?? text}`;
}

/** The rules of one user. Throws `ConfigError` when two name the same path, or there are too many. */
export function parsePathRules(texts: readonly string[]): readonly PathRule[] {
  const rules = texts.map(parsePathRule);
  if (rules.length > maxPathRules) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `A user may have ${maxPathRules} rules; these are ${rules.length}.`);
  }
  const twice = rules.find(({ path }, index) => rules.findIndex((other) => other.path === path) !== index);
  if (twice === undefined) return rules;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `There are two rules for ${twice.path}: put their rights into one.`);
}
