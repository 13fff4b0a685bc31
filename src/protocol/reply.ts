/** Replies (RFC 959 section 4.2): the value, how it is written, and a parser for bytes that come in any pieces. */

import { PeerProtocolError } from '../errors/index.ts';
import { ByteQueue } from './byte-queue.ts';
import { decodePathText, encodePathText, escapeControlCharacters, printable } from './path-text.ts';
import { doubleIac } from './telnet.ts';

const lf = 0x0a;
/** How much of a line that is no reply an error message shows. */
const shownCharacters = 80;

/** A reply: three digits and one or more lines of text, without code, hyphen, CR or LF. */
export interface Reply {
  readonly code: number;
  /** At least one line; path text. */
  readonly lines: readonly string[];
  /** Writes the code before every line, `220-a`, `220-b`, `220 c`, as some welcome texts have it; else only first and last. */
  readonly everyLineNumbered?: boolean;
}

/** A reply as it came. `lines` are without the reply's own `code-` or `code `; other lines are as they were sent. */
export interface ParsedReply extends Reply {
  /** The lines with their codes, as path text, for traces. */
  readonly rawLines: readonly string[];
}

/**
 * The bytes of a reply. Control characters are written as `\xNN`, so that no text can end a line or start another
 * reply. An inner line that begins with three digits gets a space in front, so that it cannot be taken for the end.
 */
export function serialiseReply(reply: Reply): Uint8Array {
  const lines = reply.lines.length === 0 ? [''] : reply.lines.map(escapeControlCharacters);
  let text = '';
  for (const [index, line] of lines.entries()) {
    if (index === lines.length - 1) text += `${reply.code} ${line}\r\n`;
    else if (index === 0 || reply.everyLineNumbered === true) text += `${reply.code}-${line}\r\n`;
    else text += /^\d{3}/.test(line) ? ` ${line}\r\n` : `${line}\r\n`;
  }
  return doubleIac(encodePathText(text));
}

export interface ReplyParserOptions {
  /** Longest reply with all its lines and line ends; 65536 unless told. */
  readonly maxReplyBytes?: number;
}

/**
 * Reads what a server sends, behind a `TelnetFilter`. A reply of several lines ends only at its own code followed by a
 * space or by the end of the line. Lines end with CRLF or a bare LF.
 *
 * `next` throws `PeerProtocolError`: `ERR_TWINLINE_BAD_REPLY` for a line that is no reply or holds NUL,
 * `ERR_TWINLINE_REPLY_TOO_LONG` as soon as a reply passes its bound. Every later call throws the same error.
 */
export class ReplyParser {
  readonly #queue = new ByteQueue();
  readonly #maxReplyBytes: number;
  #rawLines: string[] = [];
  /** Offset in the queue at which the line that is being read starts. */
  #lineStart = 0;
  /** Offset in the queue before which no LF of that line is. */
  #scanned = 0;
  #failure: PeerProtocolError | undefined;

  constructor(options: ReplyParserOptions = {}) {
    this.#maxReplyBytes = options.maxReplyBytes ?? 65536;
  }

  push(bytes: Uint8Array): void {
    if (this.#failure === undefined) this.#queue.append(bytes);
  }

  /** The next whole reply, or undefined until more bytes come. */
  next(): ParsedReply | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    for (;;) {
      const end = this.#queue.indexOf(lf, this.#scanned);
      this.#scanned = end === -1 ? this.#queue.length : end + 1;
      if (this.#scanned > this.#maxReplyBytes)
        throw this.#fail('ERR_TWINLINE_REPLY_TOO_LONG', 'The reply is too long.');
      if (end === -1) return undefined;
      const reply = this.#acceptLine(decodePathText(this.#queue.view(this.#lineStart, end)).replace(/\r$/, ''));
      this.#lineStart = this.#scanned;
      if (reply === undefined) continue;
      this.#queue.drop(this.#scanned);
      this.#startReply();
      return reply;
    }
  }

  /** Bytes behind the last whole reply, lines of an unfinished one included. */
  get pendingBytes(): number {
    return this.#queue.length;
  }

  /** Those bytes; the parser is as new afterwards. For the switch to TLS. */
  takePending(): Uint8Array {
    this.#startReply();
    return this.#queue.take(this.#queue.length);
  }

  #startReply(): void {
    this.#rawLines = [];
    this.#lineStart = 0;
    this.#scanned = 0;
  }

  #acceptLine(line: string): ParsedReply | undefined {
    const first = this.#rawLines[0] ?? line;
    if (!/^[1-5]\d\d(?:[ -]|$)/.test(first) || line.includes('\0')) {
      throw this.#fail('ERR_TWINLINE_BAD_REPLY', `Not an FTP reply: ${printable(line.slice(0, shownCharacters))}`);
    }
    this.#rawLines.push(line);
    const code = first.slice(0, 3);
    const isLast = line === code || line.startsWith(`${code} `);
    if (!isLast) return undefined;
    const lines = this.#rawLines.map((raw) => stripCode(raw, code));
    return { code: Number(code), lines, rawLines: this.#rawLines };
  }

  #fail(code: 'ERR_TWINLINE_BAD_REPLY' | 'ERR_TWINLINE_REPLY_TOO_LONG', message: string): PeerProtocolError {
    this.#failure = new PeerProtocolError(code, message);
    this.#startReply();
    this.#queue.drop(this.#queue.length);
    return this.#failure;
  }
}

function stripCode(line: string, code: string): string {
  const carriesCode = line === code || line.startsWith(`${code} `) || line.startsWith(`${code}-`);
  return carriesCode ? line.slice(code.length + 1) : line;
}
