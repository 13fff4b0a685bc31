/** The format of `.netrc`, as curl reads it: machines with login, password and account, in tokens with blanks between. */

/** Logins for one machine. */
export interface NetrcEntry {
  /** Undefined for `default`, which stands for every machine. */
  readonly machine: string | undefined;
  readonly login: string | undefined;
  readonly password: string | undefined;
  readonly account: string | undefined;
}

/** What is wrong in a file; lines count from 1. */
export interface NetrcProblem {
  readonly line: number;
  /** Fits behind the place, without a full stop. Never holds a value. */
  readonly reason: string;
}

interface Token {
  readonly text: string;
  readonly line: number;
  readonly isQuoted: boolean;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
/** A quoted text, a comment to the end of its line, an empty line (the end of a macro), or a word. */
const tokenForm = /"((?:[^"\\\n]|\\.)*)"(?=\s|$)|\n[ \t]*(?=\r?\n)|[^\s]+/g;

const keywords: ReadonlySet<string> = new Set(['machine', 'default', 'login', 'user', 'password', 'account', 'macdef']);
const fields: Readonly<Record<string, 'login' | 'password' | 'account'>> = {
  login: 'login',
  user: 'login',
  password: 'password',
  account: 'account',
};

/** Drops macros: from the line of a `macdef` to the next empty line. Lines keep their numbers. */
function withoutMacros(lines: readonly string[]): readonly string[] {
  let isMacro = false;
  return lines.map((line) => {
    if (isMacro) isMacro = line.trim() !== '';
    else if (/(?:^|\s)macdef(?:\s|$)/.test(line) && !line.trimStart().startsWith('#')) {
      isMacro = true;
      return line.replace(/(?:^|\s)macdef(?:\s.*)?$/, '');
    } else return line.trimStart().startsWith('#') ? '' : line;
    return '';
  });
}

function tokensOf(text: string): readonly Token[] {
  return withoutMacros(text.split(/\r?\n/)).flatMap((line, index) =>
    [...line.matchAll(tokenForm)].map(([word, quoted]) => ({
      text: quoted === undefined ? word : quoted.replace(/\\(.)/g, (_, letter: string) => escapes[letter] ?? letter),
      line: index + 1,
      isQuoted: quoted !== undefined,
    })),
  );
}

/** Reads a file; the entries keep their order, and the first that fits is the one that counts. */
export function parseNetrc(text: string): { readonly entries: readonly NetrcEntry[]; readonly problem?: NetrcProblem } {
  const entries: { -readonly [Field in keyof NetrcEntry]: NetrcEntry[Field] }[] = [];
  const tokens = tokensOf(text);
  let at = 0;
  const valueOf = (): Token | undefined => tokens[at++];
  while (at < tokens.length) {
    const token = tokens[at++];
    if (token === undefined) break;
    const keyword = token.isQuoted ? '' : token.text.toLowerCase();
    if (keyword.startsWith('#')) {
      while (tokens[at]?.line === token.line) at += 1;
      continue;
    }
    if (!keywords.has(keyword)) return { entries, problem: { line: token.line, reason: unknownReason(keyword) } };
    if (keyword === 'default') {
      entries.push({ machine: undefined, login: undefined, password: undefined, account: undefined });
      continue;
    }
    const value = valueOf();
    if (value === undefined) return { entries, problem: { line: token.line, reason: `"${keyword}" needs a value` } };
    const entry = entries.at(-1);
    const field = fields[keyword];
    if (field === undefined) {
      entries.push({ machine: value.text, login: undefined, password: undefined, account: undefined });
    } else if (entry === undefined) {
      return { entries, problem: { line: token.line, reason: `"${keyword}" stands before any "machine"` } };
    } else entry[field] = value.text;
  }
  return { entries };
}

/** A word in the wrong place may be a password with a blank in it, and is not shown. */
function unknownReason(keyword: string): string {
  return keyword === 'passwd' || keyword === 'username'
    ? `there is no "${keyword}": write "password" and "login"`
    : 'a word stands where "machine", "login" or "password" belongs; a value with blanks needs double quotes';
}

/** The entry for a host; with a user, the one that has him or no login at all. */
export function findNetrcEntry(
  entries: readonly NetrcEntry[],
  host: string,
  user: string | undefined,
): NetrcEntry | undefined {
  return entries.find(
    ({ machine, login }) =>
      (machine === undefined || machine.toLowerCase() === host.toLowerCase()) &&
      (user === undefined || login === undefined || login === user),
  );
}
