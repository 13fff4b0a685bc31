/** Blanks what stands behind PASS and ACCT on a control line, in however many pieces it comes. */

const secretVerb = /^(?:pass|acct) /i;
const verbLength = 5;

export class SecretCover {
  /** The beginning of the line that has not ended yet. */
  #begun = '';

  /** What may be shown of the next piece of the line. */
  cover(text: string): string {
    return text
      .split(/(?<=\n)/)
      .map((piece) => this.#coverPiece(piece))
      .join('');
  }

  #coverPiece(piece: string): string {
    const before = this.#begun;
    const whole = before + piece;
    const end = /\r?\n$/.exec(piece)?.[0] ?? '';
    this.#begun = end.endsWith('\n') ? '' : whole.slice(0, verbLength + 1);
    if (!secretVerb.test(whole)) return piece;
    if (before.length > verbLength) return end;
    const shown = piece.slice(0, verbLength - before.length);
    return whole.length === verbLength ? shown : `${shown}********${end}`;
  }
}
