/** Makes an input that fails as small as it goes: leaves out ever smaller pieces for as long as it still fails. */

const budgetMs = 20_000;

/** `fails` tells whether an input still fails; pieces are cut at `pieceBytes` borders where that is given. */
export async function shrink(
  input: Uint8Array,
  fails: (candidate: Uint8Array) => Promise<boolean>,
  split: (input: Uint8Array) => Uint8Array[] = (bytes) => Array.from(bytes, (byte) => Uint8Array.of(byte)),
): Promise<Uint8Array> {
  const until = performance.now() + budgetMs;
  let pieces = split(input);
  for (let size = Math.ceil(pieces.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < pieces.length && performance.now() < until;) {
      const fewer = pieces.toSpliced(at, size);
      if (await fails(joined(fewer))) pieces = fewer;
      else at += size;
    }
  }
  return joined(pieces);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(pieces);
}
