/** Holds back the lines of a log that belong to what was before: the lab's own sessions, and logins that nobody asked about. */

/** How the log of a session begins. */
export const sessionBegins = /> Connected, sending welcome message/;

/** Lets lines through from the first that fits to the last before the closing one. */
export class LogGate {
  #isOpen = false;
  #isOver = false;
  readonly #opener: RegExp;
  readonly #closer: RegExp | undefined;
  readonly #write: (line: string) => void;

  constructor(opener: RegExp, write: (line: string) => void, closer?: RegExp) {
    this.#opener = opener;
    this.#closer = closer;
    this.#write = write;
  }

  take(line: string): void {
    this.#isOpen ||= this.#opener.test(line);
    this.#isOver ||= this.#isOpen && this.#closer?.test(line) === true;
    if (this.#isOpen && !this.#isOver) this.#write(line);
  }
}
