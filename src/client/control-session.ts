/** The control line at work: commands go out, replies find their command, and the end of the line reaches everybody. */

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { LocalProtocolError, TimeoutError, TlsError, TwinlineError } from '../errors/index.ts';
import type { Scope } from '../net/index.ts';
import {
  ControlChannel,
  type Deadline,
  type LineEnding,
  type SocketAddress,
  startDeadline,
  type TlsFacts,
} from '../net/index.ts';
import {
  ClientConnection,
  displayCommand,
  isIpv4,
  nextState,
  normaliseAddress,
  type ParsedReply,
  printable,
  type SessionEvent,
} from '../protocol/index.ts';
import { type ControlLoss, controlLostError } from './control-loss.ts';
import type { ResolvedOptions } from './options.ts';
import { withoutSecret } from './replies.ts';
import { alertOf, traceStep } from './session-trace.ts';
import { handshakeReason } from './transfer-errors.ts';

/** How long the data line may outlive the control line, in milliseconds. */
const closeAfterLossMs = 500;

/** The reply to PWD, which nothing else gives. */
const markerCode = 257;

const greetingName = 'the greeting';

/** Who waits for the replies to one command. Exactly one of `final` and `lost` is called, once. */
export interface ReplyListener {
  /** A 1xx: another reply follows. */
  preliminary?(reply: ParsedReply): void;
  final(reply: ParsedReply): void;
  lost(loss: ControlLoss): void;
}

export interface CommandOptions {
  /** Default: `replyMs`. */
  readonly timeoutMs?: number;
}

export class ControlSession {
  readonly scope: Scope;
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>;
  /** How long a reply may take, in milliseconds. */
  replyMs: number;
  #family: 1 | 2 | undefined;
  readonly #options: ResolvedOptions;
  readonly #channel: ControlChannel;
  readonly #engine: ClientConnection;
  readonly #waiting: ReplyListener[] = [];
  readonly #lossListeners = new Set<(loss: ControlLoss) => void>();
  #greeting: ReplyListener | undefined;
  #loss: ControlLoss | undefined;
  #markerFound: (() => void) | undefined;
  #idle: Deadline | undefined;

  /** `raw` is connected and was made with `allowHalfOpen`. */
  constructor(raw: Socket, parent: Scope, options: ResolvedOptions) {
    this.#options = options;
    this.replyMs = Math.min(options.deadlines.openReplyMs, options.deadlines.replyMs);
    this.closed = new Promise((resolve) => raw.once('close', () => resolve()));
    this.#engine = new ClientConnection({ maxReplyBytes: options.limits.maxReplyBytes });
    this.#channel = new ControlChannel(raw, parent, {
      bytes: (chunk) => this.#receive(chunk),
      ended: (ending, error) => this.#lose({ ending, ...(error === undefined ? {} : { cause: error }) }),
    });
    this.scope = this.#channel.scope;
  }

  /** The address family as EPSV numbers it (RFC 2428 section 2). */
  get family(): 1 | 2 {
    return (this.#family ??= isIpv4(normaliseAddress(this.remote.host) ?? '') ? 1 : 2);
  }

  get remote(): SocketAddress {
    return this.#channel.remote;
  }

  get local(): SocketAddress {
    return this.#channel.local;
  }

  /** Undefined in clear. */
  get tlsFacts(): TlsFacts | undefined {
    return this.#channel.tls;
  }

  /** Why the line is gone; undefined while it lives. */
  get loss(): ControlLoss | undefined {
    return this.#loss;
  }

  /** Calls back when the line is lost, at once if it is; the result takes the wish back. */
  onLost(callback: (loss: ControlLoss) => void): () => void {
    if (this.#loss !== undefined) {
      callback(this.#loss);
      return () => undefined;
    }
    this.#lossListeners.add(callback);
    return () => this.#lossListeners.delete(callback);
  }

  #lose(loss: ControlLoss): void {
    if (this.#loss !== undefined) return;
    this.#loss = loss;
    const { ending, cause } = loss;
    const alert = alertOf(ending, cause);
    this.#options.onTrace({ kind: 'ended', channel: 'control', ending, alert, error: cause?.message });
    const listeners = [...this.#lossListeners];
    this.#lossListeners.clear();
    for (const listener of listeners) listener(loss);
    const waiting = this.#waiting.splice(0);
    if (this.#greeting !== undefined) waiting.unshift(this.#greeting);
    for (const listener of waiting) listener.lost(loss);
    // A transfer may still take in what has arrived; then everything that belongs to the session goes.
    if (loss.ending !== 'local') startDeadline(this.scope, closeAfterLossMs, () => this.scope.close());
  }

  #receive(chunk: Buffer): void {
    this.#engine.receive(chunk);
    try {
      for (;;) {
        // Behind the 234 to AUTH nothing in clear is a reply any more.
        if (this.#loss !== undefined || this.#engine.state.security === 'upgrading') return;
        const event = this.#engine.nextEvent();
        if (event === undefined) return;
        const reply = withoutSecret(event.reply, this.#secretBehind(event.command?.verb));
        this.#options.onTrace({
          kind: 'reply',
          channel: 'control',
          code: reply.code,
          lines: reply.rawLines.map(printable),
        });
        this.#dispatch(reply, event.isFinal, event.command === undefined ? undefined : event.place);
      }
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** What a server could repeat in its reply to this command. */
  #secretBehind(verb: string | undefined): string | undefined {
    if (verb === 'PASS') return this.#options.password;
    return verb === 'ACCT' ? this.#options.account : undefined;
  }

  /** `place` is that of the command which it answers; undefined where nobody has asked. */
  #dispatch(reply: ParsedReply, isFinal: boolean, place: number | undefined): void {
    // 421 may come at any time and is the end of the session (RFC 959 section 5.4).
    if (reply.code === 421) {
      this.#lose({ ending: 'fin', reply });
      return;
    }
    if (reply.code === markerCode && this.#markerFound !== undefined) {
      this.#markerFound();
      return;
    }
    const listener = place === undefined ? this.#greeting : this.#waiting[place];
    if (listener === undefined) {
      this.#refuseUnasked(reply);
      return;
    }
    if (!isFinal) {
      listener.preliminary?.(reply);
      return;
    }
    if (place === undefined) this.#greeting = undefined;
    else this.#waiting.splice(place, 1);
    this.#idle?.restart();
    // Read no further before TLS has been taken up: what stands behind the 234 is not ours to read in clear.
    if (this.#engine.state.security === 'upgrading') this.#channel.pause();
    listener.final(reply);
  }

  /** A reply that nobody asked for: noted under TLS, and the end of a session that is still to be protected. */
  #refuseUnasked(reply: ParsedReply): void {
    const isExposed = this.#options.security !== 'plain' && this.tlsFacts === undefined;
    if (!isExposed) return;
    throw new TlsError(
      'ERR_TWINLINE_TLS_REFUSED',
      `The server sent "${printable(reply.rawLines.join(' / '))}" unasked before TLS was established; nothing secret was sent.`,
      { channel: 'control' },
    );
  }

  /** Commands whose final reply has not come. */
  get outstanding(): number {
    return this.#waiting.length;
  }

  /** Sends NOOP whenever nothing has been asked for `everyMs`: servers end sessions that are idle. */
  keepAlive(everyMs: number): void {
    this.#idle = startDeadline(this.scope, everyMs, () => {
      this.keepAlive(everyMs);
      // Losing the line is what the next command finds out.
      if (this.#waiting.length === 0 && this.#loss === undefined) this.command('NOOP').catch(() => undefined);
    });
  }

  /** Sends a command. Its replies and the loss of the line come to `listener`; nothing here limits the time. */
  start(verb: string, argument: string | undefined, listener: ReplyListener): void {
    if (this.#loss !== undefined) {
      listener.lost(this.#loss);
      return;
    }
    const bytes = this.#engine.send(verb, argument);
    this.#waiting.push(listener);
    this.#options.onTrace({ kind: 'command', channel: 'control', text: displayCommand(verb, argument) });
    this.#channel.write(bytes);
  }

  /** Sends a command and resolves with its final reply, whatever that is. Out of time, the session is given up. */
  command(verb: string, argument?: string, options: CommandOptions = {}): Promise<ParsedReply> {
    return this.#await(verb, options, (listener) => this.start(verb, argument, listener));
  }

  /**
   * Finds out where the server is after ABOR, which servers answer once, twice or three times: sends PWD, whose 257
   * is unlike any of those replies, and takes everything before it as past. False when it does not come in time.
   */
  resynchronise(timeoutMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const deadline = startDeadline(this.scope, timeoutMs, () => settle(false));
      const settle = (found: boolean): void => {
        deadline.stop();
        this.#markerFound = undefined;
        resolve(found);
      };
      this.#markerFound = () => {
        this.#engine.forgetOutstanding();
        this.#waiting.length = 0;
        settle(true);
      };
      this.start('PWD', undefined, {
        // A server without PWD says so in its turn.
        final: (reply) => reply.code >= 500 && settle(true),
        lost: () => settle(false),
      });
    });
  }

  /** The server's greeting (220, or 120 before it). */
  greeting(): Promise<ParsedReply> {
    return this.#await(greetingName, {}, (listener) => {
      if (this.#loss === undefined) this.#greeting = listener;
      else listener.lost(this.#loss);
    });
  }

  #await(what: string, options: CommandOptions, begin: (listener: ReplyListener) => void): Promise<ParsedReply> {
    const timeoutMs = options.timeoutMs ?? this.replyMs;
    return new Promise((resolve, reject) => {
      const deadline = startDeadline(this.scope, timeoutMs, () => {
        const isGreeting = what === greetingName;
        const said = isGreeting ? 'greet' : `answer ${what}`;
        const message = `The server did not ${said} within ${timeoutMs / 1000} s.`;
        const phase = isGreeting ? 'greeting' : 'reply';
        this.destroy(new TimeoutError('ERR_TWINLINE_TIMEOUT', message, { channel: 'control', phase, timeoutMs }));
      });
      const listener: ReplyListener = {
        final: (reply) => {
          deadline.stop();
          resolve(reply);
        },
        lost: (loss) => {
          deadline.stop();
          reject(controlLostError(loss, { phase: what }));
        },
      };
      try {
        begin(listener);
      } catch (error) {
        deadline.stop();
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Tells the state tables what happened on the data line; events that are out of place there are left out. */
  note(event: SessionEvent): void {
    if (nextState(this.#engine.state, event) !== undefined) this.#engine.fire(event);
  }

  /**
   * Goes over to TLS. Refuses when bytes in clear stand behind the 234 (ERR_TWINLINE_PLAINTEXT_AFTER_AUTH): whoever is
   * on the way could have put them there. Rejects with `TlsError`, and the line is then dead.
   */
  async startTls(wrap: (raw: Socket) => TLSSocket): Promise<void> {
    if (this.#loss !== undefined) throw controlLostError(this.#loss, { phase: 'TLS' });
    if (this.#engine.pendingBytes > 0) {
      const message =
        'Bytes in clear came behind the reply to AUTH; the session was ended before anything secret was sent.';
      const error = new TlsError('ERR_TWINLINE_PLAINTEXT_AFTER_AUTH', message, { channel: 'control' });
      this.destroy(error);
      throw error;
    }
    const startedMs = performance.now();
    try {
      await this.#channel.startTls(wrap, this.#options.deadlines.tlsMs, 'secureConnect');
    } catch (error) {
      // Ended by us, for a reason that says more than the broken handshake.
      const { loss } = this;
      if (loss?.cause instanceof TwinlineError) throw loss.cause;
      if (loss?.ending === 'timeout') throw this.#handshakeTimeout(error);
      throw this.#handshakeError(error);
    }
    traceStep(this.#options.onTrace, 'control', 'tls', startedMs);
    this.#engine.fire('tls-established');
  }

  #handshakeError(error: unknown): TwinlineError {
    const cause = error instanceof Error ? error : new Error(String(error));
    const message = `The TLS handshake with ${this.#options.host} failed: ${handshakeReason(cause)}.`;
    return new TlsError('ERR_TWINLINE_TLS_HANDSHAKE', message, { channel: 'control', cause });
  }

  #handshakeTimeout(cause: unknown): TimeoutError {
    const { host, deadlines } = this.#options;
    const timeoutMs = deadlines.tlsMs;
    const message = `The TLS handshake with ${host} was not done within ${timeoutMs / 1000} s.`;
    return new TimeoutError('ERR_TWINLINE_TIMEOUT', message, { channel: 'control', phase: 'tls', timeoutMs, cause });
  }

  get tlsSocket(): TLSSocket | undefined {
    return this.#channel.tlsSocket;
  }

  /** Ends the line in order, behind what was written. */
  end(): void {
    this.#channel.end();
  }

  /** Gives the session up: whoever waits for a reply gets `cause`. Idempotent. */
  destroy(cause?: Error, ending: LineEnding = 'local'): void {
    this.#lose({ ending, ...(cause === undefined ? {} : { cause }) });
    this.scope.close();
  }

  /** Throws when the line is gone, before a command is tried on it. */
  requireAlive(): void {
    if (this.#loss === undefined) return;
    if (this.#loss.ending === 'local' && this.#loss.cause === undefined) {
      throw new LocalProtocolError('ERR_TWINLINE_CALL_ORDER', 'The session has ended; connect again.');
    }
    throw controlLostError(this.#loss, { phase: 'idle' });
  }
}
