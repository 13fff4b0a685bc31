/** Shell patterns in names (`*`, `?`, `[...]`) without regular expressions, so that no pattern can blow up. */

/** Longest pattern in UTF-16 units. It bounds the work for a name to this number times the name's length. */
export const maxGlobChars = 512;

type Token =
  | { readonly kind: 'literal'; readonly codePoint: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'star' }
  | { readonly kind: 'set'; readonly negated: boolean; readonly ranges: readonly (readonly [number, number])[] };

/** True when the text holds a character that a pattern may begin with. The name itself may still exist as it is. */
export function hasGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * Compiles a pattern for whole names. `*` is any run of characters, `?` any one, `[a-z]`, `[!a-z]` and `[^a-z]` one of
 * (or none of) a set, in which `]` comes first and `-` first or last to stand for themselves; a `[` that nothing closes
 * is itself. There is no escape character: `[*]` names a star. A character is a Unicode code point or one escaped byte;
 * case counts; names with a leading dot are names like any other. Undefined when longer than `maxGlobChars`.
 */
export function compileGlob(pattern: string): ((name: string) => boolean) | undefined {
  if (pattern.length > maxGlobChars) return undefined;
  const tokens = tokenise(Array.from(pattern, (character) => character.codePointAt(0) ?? 0));
  const least = tokens.filter((token) => token.kind !== 'star').length;
  return (name) => name.length >= least && matches(tokens, name);
}

/** Two pointers and one place to go back to: a later `*` makes every earlier one settled. */
function matches(tokens: readonly Token[], name: string): boolean {
  let at = 0;
  let nameAt = 0;
  let starAt = -1;
  let retryAt = 0;
  while (nameAt < name.length) {
    const token = tokens[at];
    const codePoint = name.codePointAt(nameAt) ?? 0;
    if (token?.kind === 'star') {
      starAt = at++;
      retryAt = nameAt;
    } else if (token && accepts(token, codePoint)) {
      at += 1;
      nameAt += unitsOf(codePoint);
    } else if (starAt !== -1) {
      retryAt += unitsOf(name.codePointAt(retryAt) ?? 0);
      nameAt = retryAt;
      at = starAt + 1;
    } else {
      return false;
    }
  }
  while (tokens[at]?.kind === 'star') at += 1;
  return at === tokens.length;
}

function accepts(token: Token, codePoint: number): boolean {
  if (token.kind === 'literal') return token.codePoint === codePoint;
  if (token.kind !== 'set') return token.kind === 'any';
  return token.negated !== token.ranges.some(([low, high]) => low <= codePoint && codePoint <= high);
}

function unitsOf(codePoint: number): number {
  return codePoint > 0xffff ? 2 : 1;
}

function tokenise(pattern: readonly number[]): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at += 1) {
    const codePoint = pattern[at] ?? 0;
    const end = codePoint === code('[') ? endOfSet(pattern, at) : -1;
    if (end !== -1) {
      tokens.push(parseSet(pattern.slice(at + 1, end)));
      at = end;
    } else if (codePoint === code('*')) {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else {
      tokens.push(codePoint === code('?') ? { kind: 'any' } : { kind: 'literal', codePoint });
    }
  }
  return tokens;
}

/** Index of the `]` that closes the set opened at `open`; -1 if there is none. The first place is never the end. */
function endOfSet(pattern: readonly number[], open: number): number {
  const negated = isNegation(pattern[open + 1]);
  return pattern.indexOf(code(']'), open + (negated ? 3 : 2));
}

function parseSet(inside: readonly number[]): Token {
  const negated = isNegation(inside[0]);
  const members = negated ? inside.slice(1) : inside;
  const ranges: (readonly [number, number])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const low = members[at] ?? 0;
    const high = members[at + 1] === code('-') ? members[at + 2] : undefined;
    ranges.push([low, high ?? low]);
    if (high !== undefined) at += 2;
  }
  return { kind: 'set', negated, ranges };
}

function isNegation(codePoint: number | undefined): boolean {
  return codePoint === code('!') || codePoint === code('^');
}

function code(character: string): number {
  return character.codePointAt(0) ?? 0;
}
