/** A log in the form of FileZilla Server, made of what passes on a control line in clear, for servers whose log is their own. */

const two = (value: number): string => String(value).padStart(2, '0');

/** `(000001)11/12/2012 22:33:35 PM - user (5.79.21.166)`. */
function prefix(session: number, user: string | undefined, peer: string): string {
  const time = new Date();
  const date = `${two(time.getMonth() + 1)}/${two(time.getDate())}/${time.getFullYear()}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const half = time.getHours() < 12 ? 'AM' : 'PM';
  return `(${String(session).padStart(6, '0')})${date} ${clock} ${half} - ${user ?? '(not logged in)'} (${peer})`;
}

/** Follows one control line until TLS hides it. */
export class WireLog {
  readonly #session: number;
  readonly #peer: string;
  readonly #write: (line: string) => void;
  readonly #rest = { client: '', server: '' };
  #asked: string | undefined;
  #user: string | undefined;
  #isHidden: boolean;

  /** `isHidden`: TLS from the first byte. */
  constructor(session: number, peer: string, isHidden: boolean, write: (line: string) => void) {
    this.#session = session;
    this.#peer = peer;
    this.#write = write;
    this.#isHidden = isHidden;
    if (isHidden) this.#sayHidden();
  }

  take(from: 'client' | 'server', bytes: Uint8Array): void {
    if (this.#isHidden) return;
    const lines = (this.#rest[from] + Buffer.from(bytes).toString()).split('\n');
    this.#rest[from] = (lines.pop() ?? '').slice(-1_000);
    for (const line of lines) this.#takeLine(from, line.replace(/\r$/, ''));
  }

  /** The lab or an end has ended the line. */
  say(text: string): void {
    this.#write(`${prefix(this.#session, this.#user, this.#peer)}> ${text}`);
  }

  #takeLine(from: 'client' | 'server', line: string): void {
    if (this.#isHidden) return;
    if (from === 'client') {
      const [, name] = /^USER (.*)$/i.exec(line) ?? [];
      this.#asked = name ?? this.#asked;
      this.say(/^PASS /i.test(line) ? 'PASS ********' : line);
      return;
    }
    if (/^230[ -]/.test(line)) this.#user = this.#asked;
    this.say(line);
    if (!/^234[ -]/.test(line)) return;
    this.#isHidden = true;
    this.#sayHidden();
  }

  #sayHidden(): void {
    this.say('(TLS from here on: the log of this server is its own, and the lab sees bytes and ends of lines)');
  }
}
