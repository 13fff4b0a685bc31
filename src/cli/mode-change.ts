/** Modes as chmod takes them: octal, or symbolic on top of the mode that is there. */

import { UsageError } from './usage-error.ts';

/** What to make of a mode; `needsPresent` where that depends on the one that is there. */
export interface ModeChange {
  readonly needsPresent: boolean;
  apply(present: number, isFolder: boolean): number;
}

const whoBits: Readonly<Record<string, number>> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };
const whatBits: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, s: 0o6000, t: 0o1000 };

/** Reads `644`, `u+rwx,go-w`, `a=r,u+w`, `+X`. Throws `UsageError`. */
export function parseModeChange(text: string): ModeChange {
  if (/^[0-7]{1,4}$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    return { needsPresent: false, apply: () => mode };
  }
  const clauses = text.split(',').map((clause) => parseClause(clause, text));
  return {
    needsPresent: true,
    apply: (present, isFolder) => clauses.reduce((mode, change) => change(mode, isFolder), present),
  };
}

function parseClause(clause: string, whole: string): (mode: number, isFolder: boolean) => number {
  const [, who = '', sign = '', what = ''] = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(clause) ?? [];
  if (sign === '') {
    throw new UsageError(`"${whole}" is no mode; write an octal one such as 644, or changes such as u+w,go-rwx.`);
  }
  const reach = (who === '' ? 'a' : who).split('').reduce((bits, letter) => bits | (whoBits[letter] ?? 0), 0);
  return (mode, isFolder) => {
    const runs = isFolder || (mode & 0o111) !== 0;
    const wanted = what
      .split('')
      .reduce((bits, letter) => bits | (letter === 'X' ? (runs ? 0o111 : 0) : (whatBits[letter] ?? 0)), 0);
    const bits = wanted & reach;
    if (sign === '+') return mode | bits;
    if (sign === '-') return mode & ~bits;
    return (mode & ~(reach & 0o777)) | bits;
  };
}
