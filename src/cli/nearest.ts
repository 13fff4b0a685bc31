/** Finds the name that somebody probably meant, for one-sentence hints behind unknown words. */

/** Names at most this many edits away are worth suggesting; short names allow fewer. */
const maxEdits = 3;

/** The known name nearest to `word`, or undefined when none is near enough to be meant. */
export function nearestName(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  // The hyphens of an option are right in any case, and say nothing of how near the rest is.
  const letters = word.replace(/^-+/, '').length;
  let bestEdits = Math.min(maxEdits, Math.ceil(letters / 2)) + 1;
  for (const name of known) {
    const edits = name.startsWith(word) && word.length > 1 ? 1 : editDistance(word, name);
    if (edits < bestEdits) {
      best = name;
      bestEdits = edits;
    }
  }
  return best;
}

/** `; did you mean "serve"?`, or the empty string when nothing is near. */
export function suggestion(word: string, known: Iterable<string>): string {
  const name = nearestName(word, known);
  return name === undefined ? '' : `; did you mean "${name}"?`;
}

/** Insertions, removals, replacements and swaps of neighbours that turn `from` into `to`. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1);
      current.push(edits);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
