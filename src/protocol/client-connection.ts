/** The client's control line without its socket: commands to bytes, bytes to replies matched with commands, state in tables. */

import { LocalProtocolError } from '../errors/index.ts';
import { displayCommand, serialiseCommand } from './command-line.ts';
import { type ParsedReply, ReplyParser } from './reply.ts';
import { TelnetFilter } from './telnet.ts';
import type { SessionEvent } from './state/events.ts';
import { SessionMachine } from './state/machine.ts';
import type { SessionState } from './state/tables.ts';

/** A command that waits for its final reply. */
export interface SentCommand {
  readonly verb: string;
  /** The command as it may be shown: secrets masked. */
  readonly display: string;
}

/** A reply and what it answers; `command` is undefined for the greeting and for a reply that nobody asked for. */
export interface ReplyEvent {
  readonly reply: ParsedReply;
  readonly command: SentCommand | undefined;
  /** False for 1xx: another reply to the same command follows (RFC 959 section 4.2). */
  readonly isFinal: boolean;
  /** Place of the command among those that wait; 0 except for NOOP that is answered while a transfer runs. */
  readonly place: number;
}

export interface ClientConnectionOptions {
  /** Longest reply in bytes. Default 65,536 (`docs/limits.md`). */
  readonly maxReplyBytes?: number;
}

/** What a final reply to a verb does to the session: RFC 959 section 6, RFC 2228, RFC 4217. */
function eventOf(verb: string, code: number, argument: string): SessionEvent | undefined {
  const accepted = code >= 200 && code < 300;
  switch (verb) {
    case 'USER':
      if (code === 331 || code === 332) return 'user-named';
      return accepted ? 'login-accepted' : 'login-refused';
    case 'PASS':
    case 'ACCT':
      if (accepted) return 'login-accepted';
      return code === 332 ? undefined : 'login-refused';
    case 'REIN':
      return accepted ? 'session-reinitialised' : undefined;
    case 'AUTH':
      return code === 234 || code === 334 ? 'auth-accepted' : undefined;
    case 'PBSZ':
      return accepted ? 'buffer-size-set' : undefined;
    case 'PROT':
      if (!accepted) return undefined;
      return argument.toUpperCase() === 'P' ? 'protection-private-set' : 'protection-clear-set';
    case 'CCC':
      return accepted ? 'security-cleared' : undefined;
    case 'EPSV':
      if (!accepted) return undefined;
      return argument.toUpperCase() === 'ALL' ? 'epsv-all-accepted' : 'passive-opened';
    case 'PASV':
      return accepted ? 'passive-opened' : undefined;
    case 'PORT':
    case 'EPRT':
      return accepted ? 'address-given' : undefined;
    case 'REST':
      return code === 350 ? 'restart-given' : undefined;
    case 'RNFR':
      return code === 350 ? 'rename-source-given' : undefined;
    case 'RNTO':
      return 'pending-consumed';
    default:
      return undefined;
  }
}

const transferVerbs: ReadonlySet<string> = new Set(['RETR', 'STOR', 'STOU', 'APPE', 'LIST', 'NLST', 'MLSD']);

/** Replies to NOOP (RFC 959 section 5.4) that no transfer ends with once it has begun. */
const noopCodes: ReadonlySet<number> = new Set([200, 500, 501, 502, 503]);

/** One control line as the client sees it. */
export class ClientConnection {
  readonly #machine = new SessionMachine();
  readonly #maxReplyBytes: number;
  #telnet = new TelnetFilter();
  #replies: ReplyParser;
  #waiting: (SentCommand & { readonly argument: string })[] = [];

  constructor(options: ClientConnectionOptions = {}) {
    this.#maxReplyBytes = options.maxReplyBytes ?? 65_536;
    this.#replies = new ReplyParser({ maxReplyBytes: this.#maxReplyBytes });
  }

  get state(): SessionState {
    return this.#machine.state;
  }

  /** Commands sent whose final reply has not come. */
  get outstanding(): number {
    return this.#waiting.length;
  }

  /**
   * The bytes of a command. Throws `LocalProtocolError` on CR, LF or NUL in the argument (ERR_TWINLINE_COMMAND_TEXT)
   * and from AUTH until it is refused or TLS is established (ERR_TWINLINE_CALL_ORDER): what goes out behind AUTH goes in
   * clear.
   */
  send(verb: string, argument?: string): Uint8Array {
    if (this.state.security === 'upgrading' || this.#waiting.some((command) => command.verb === 'AUTH')) {
      throw new LocalProtocolError(
        'ERR_TWINLINE_CALL_ORDER',
        `${verb} cannot be sent while the control connection changes to TLS.`,
      );
    }
    const bytes = serialiseCommand(verb, argument);
    const upper = verb.toUpperCase();
    this.#waiting.push({ verb: upper, argument: argument ?? '', display: displayCommand(upper, argument ?? '') });
    return bytes;
  }

  receive(bytes: Uint8Array): void {
    this.#replies.push(this.#telnet.push(bytes));
  }

  /** Throws `PeerProtocolError` when the bytes are no reply or a reply grew beyond its bound. */
  nextEvent(): ReplyEvent | undefined {
    const reply = this.#replies.next();
    if (reply === undefined) return undefined;
    const isFinal = reply.code >= 200;
    // 421 may come at any time and answers whatever is outstanding (RFC 959 section 5.4).
    const place = isFinal ? this.#placeOf(reply.code) : 0;
    const command = isFinal ? this.#waiting.splice(place, 1)[0] : this.#waiting[0];
    if (command !== undefined && isFinal) {
      const event = eventOf(command.verb, reply.code, command.argument);
      if (event !== undefined && this.#machine.allows(event)) this.fire(event);
    }
    return { reply, command, isFinal, place };
  }

  /** A server may answer NOOP before the transfer in which it came is done; such a reply is none that ends a transfer. */
  #placeOf(code: number): number {
    if (!noopCodes.has(code) || !transferVerbs.has(this.#waiting[0]?.verb ?? '')) return 0;
    return Math.max(
      0,
      this.#waiting.findIndex(({ verb }) => verb === 'NOOP'),
    );
  }

  /** Bytes behind the last reply; behind the 234 reply to AUTH they are an injection. */
  get pendingBytes(): number {
    return this.#replies.pendingBytes + (this.#telnet.isInsideCommand ? 1 : 0);
  }

  /** Forgets the commands that wait, after the caller has found out that no reply to them is due any more. */
  forgetOutstanding(): void {
    this.#waiting = [];
  }

  fire(event: SessionEvent): void {
    this.#machine.fire(event);
    if (event === 'tls-established' || event === 'security-cleared') {
      this.#telnet = new TelnetFilter();
      this.#replies = new ReplyParser({ maxReplyBytes: this.#maxReplyBytes });
      this.#waiting = [];
    }
  }
}
