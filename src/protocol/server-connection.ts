/** The server's control line without its socket: bytes in, commands out, replies to bytes, state in tables. */

import { type CommandLine, parseCommandLine } from './command-line.ts';
import { LineSplitter } from './line-splitter.ts';
import { type Reply, serialiseReply } from './reply.ts';
import type { SessionEvent } from './state/events.ts';
import { SessionMachine } from './state/machine.ts';
import type { SessionState } from './state/tables.ts';
import { TelnetFilter } from './telnet.ts';

export interface ServerConnectionOptions {
  /** Longest command line in bytes, CRLF included. Default 8192 (`docs/limits.md`). */
  readonly maxLineBytes?: number;
}

/** What the client's bytes turned out to be. */
export type ServerConnectionEvent =
  | { readonly kind: 'command'; readonly command: CommandLine }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'malformed'; readonly reason: 'bare-cr' | 'bare-lf' | 'nul' };

/**
 * One control line as the server sees it. `receive` takes bytes in any pieces, `nextEvent` gives what is whole. The
 * owner answers each command with `reply` and moves the state with `fire`.
 */
export class ServerConnection {
  readonly #machine = new SessionMachine();
  readonly #maxLineBytes: number;
  #lines: LineSplitter;
  #telnet = new TelnetFilter();

  constructor(options: ServerConnectionOptions = {}) {
    this.#maxLineBytes = options.maxLineBytes ?? 8192;
    this.#lines = new LineSplitter({ maxLineBytes: this.#maxLineBytes });
  }

  get state(): SessionState {
    return this.#machine.state;
  }

  /** Takes bytes of the control line as they came from the network (or from TLS). */
  receive(bytes: Uint8Array): void {
    this.#lines.push(this.#telnet.push(bytes));
  }

  /** Bytes to send back for Telnet option requests (RFC 854), usually none. */
  takeTelnetAnswers(): Uint8Array {
    return this.#telnet.takeAnswers();
  }

  nextEvent(): ServerConnectionEvent | undefined {
    const line = this.#lines.next();
    if (line === undefined) return undefined;
    return line.kind === 'line' ? { kind: 'command', command: parseCommandLine(line.bytes) } : line;
  }

  /**
   * A command whose CR has come and whose LF has not. Python's ftplib sends the LF of `ABOR` as the urgent byte, which
   * does not arrive in line, and the transfer may have ended by itself while it was on its way.
   */
  takeUnterminatedAbort(): CommandLine | undefined {
    const pending = this.#lines.peekUnterminated();
    if (pending === undefined) return undefined;
    const command = parseCommandLine(pending);
    if (command.verb !== 'ABOR') return undefined;
    this.#lines.takeUnterminated();
    return command;
  }

  /** Bytes received and not yet part of a whole line; an unfinished Telnet command counts as one. */
  get pendingBytes(): number {
    return this.#lines.pendingBytes + (this.#telnet.isInsideCommand ? 1 : 0);
  }

  /**
   * Takes what stands behind the last line that was handed out: after `AUTH` it is the start of TLS or an injection. An
   * unfinished Telnet command is dropped, so that it cannot swallow the bytes that come next.
   */
  takePending(): Uint8Array {
    this.#telnet = new TelnetFilter();
    return this.#lines.takePending();
  }

  reply(reply: Reply): Uint8Array {
    return serialiseReply(reply);
  }

  allows(event: SessionEvent): boolean {
    return this.#machine.allows(event);
  }

  fire(event: SessionEvent): void {
    this.#machine.fire(event);
    // A new parser: no half line that came in clear can be completed under TLS.
    if (event === 'tls-established' || event === 'security-cleared') {
      this.#lines = new LineSplitter({ maxLineBytes: this.#maxLineBytes });
      this.#telnet = new TelnetFilter();
    }
  }
}
