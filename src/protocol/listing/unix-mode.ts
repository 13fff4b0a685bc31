/** Permission bits as the nine letters of `ls -l`, setuid, setgid and sticky included. */

const plain = triads('-', 'x');
const setId = triads('S', 's');
const sticky = triads('T', 't');

/** The nine letters for the low twelve bits of `mode`. */
export function serialiseModeLetters(mode: number): string {
  const user = mode & 0o4000 ? setId : plain;
  const group = mode & 0o2000 ? setId : plain;
  const others = mode & 0o1000 ? sticky : plain;
  return `${user[(mode >> 6) & 7]}${group[(mode >> 3) & 7]}${others[mode & 7]}`;
}

/** The twelve bits that nine letters stand for; undefined where a letter stands in a place that is not its own. */
export function parseModeLetters(letters: string): number | undefined {
  if (letters.length !== 9) return undefined;
  let mode = 0;
  for (let who = 0; who < 3; who += 1) {
    const bits = triadBits(letters.slice(who * 3, who * 3 + 3), who);
    if (bits === undefined) return undefined;
    mode |= bits;
  }
  return mode;
}

/** `who` is 0 for the user, 1 for the group, 2 for others. `l` and `L` are System V's mandatory locking. */
function triadBits(letters: string, who: number): number | undefined {
  const special = who === 2 ? 'tT' : who === 1 ? 'sSlL' : 'sS';
  const [read = '', write = '', execute = ''] = letters;
  if (!'r-'.includes(read) || !'w-'.includes(write) || !`x-${special}`.includes(execute)) return undefined;
  const rwx = (read === 'r' ? 4 : 0) | (write === 'w' ? 2 : 0) | ('xst'.includes(execute) ? 1 : 0);
  const extra = special.includes(execute) ? 0o4000 >> who : 0;
  return (rwx << ((2 - who) * 3)) | extra;
}

function triads(off: string, on: string): readonly string[] {
  return ['--', '-w', 'r-', 'rw'].flatMap((readWrite) => [readWrite + off, readWrite + on]);
}
