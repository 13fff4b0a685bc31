/** The words of a rule, where text in double quotes is one word. */

export class RuleWords {
  readonly #words: readonly { readonly text: string; readonly isQuoted: boolean }[];
  #at = 0;

  constructor(rule: string) {
    this.#words = [...rule.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, plain = '']) =>
      quoted === undefined
        ? { text: plain, isQuoted: false }
        : { text: quoted.replace(/\\(.)/g, '$1'), isQuoted: true },
    );
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  /** Whether the next word stands in quotes. */
  get isQuoted(): boolean {
    return this.#words[this.#at]?.isQuoted === true;
  }

  peek(): string | undefined {
    return this.#words[this.#at]?.text;
  }

  take(): string | undefined {
    const word = this.#words[this.#at]?.text;
    this.#at += 1;
    return word;
  }
}
