/** One FTP session: what it is and may do by now. Commands act on it; the command loop feeds it. */

import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { StorageError } from '../errors/index.ts';
import { ControlChannel, type Endpoints, errorWords, type LineEnding, Scope, startDeadline } from '../net/index.ts';
import {
  isIpv4,
  normaliseAddress,
  type Reply,
  resolvePath,
  ServerConnection,
  mlsxFacts,
  type MlsxFact,
  type SessionEvent,
  type SessionState,
  type TransferType,
} from '../protocol/index.ts';
import type { StorageBackend } from '../storage/index.ts';
import type { UserAccount, UserStore } from '../users/index.ts';
import type { ServerEventBody, SessionCause, SessionIdentity } from './audit.ts';
import { defaultChoices } from './choices.ts';
import type { LoginPauses } from './bans/login-delays.ts';
import { CommandLoop } from './command-loop.ts';
import { ControlTls } from './control-tls.ts';
import { controlCauses, handshakeCause } from './control-causes.ts';
import type { CommandTable } from './commands/define-command.ts';
import { commandTable } from './commands/index.ts';
import type { StartedChange } from './file-changes.ts';
import type { ServerSettings } from './settings.ts';
import type { HostedSession } from './hosted-session.ts';
import { type EvictionCause, type Standing, standingOf } from './limits/session-limits.ts';
import { replies } from './replies.ts';
import { Membership } from './membership.ts';
import { storageReply } from './storage-replies.ts';
import type { LongTask } from './tasks/long-task.ts';
import type { ServerCounts, SessionSurroundings } from './session-surroundings.ts';
import { DataSlot } from './transfers/data-slot.ts';
import { dataSlotSession } from './transfers/data-slot-session.ts';
import type { Transfer } from './transfers/transfer.ts';

/** How long a session that makes place for another may take to read why: in a flood there is no more time. */
const evictionLingerMs = 200;

/** A session from accept to the end of its last transfer. */
export class Session implements HostedSession {
  readonly number: number;
  readonly settings: ServerSettings;
  readonly scope: Scope;
  readonly channel: ControlChannel;
  readonly connection: ServerConnection;
  readonly slot: DataSlot;
  readonly membership: Membership;
  readonly tls: ControlTls;
  readonly implicit: boolean;
  readonly commands: CommandTable = commandTable;
  readonly startedAt = Date.now();
  /** The client's address, IPv4 also where it came mapped into IPv6: asked for with each line of the log. */
  readonly remoteHost: string;

  account: UserAccount | undefined;
  userName: string | undefined;
  workingDirectory = '/';
  type: TransferType = 'ascii';
  choices = defaultChoices();
  mlstFacts: readonly MlsxFact[] = mlsxFacts;
  restartOffset = 0;
  /** Size of the next upload as ALLO has announced it. */
  announcedBytes: number | undefined;
  renameSource: string | undefined;
  /** The verb of the command that is being answered, or was last. */
  verb = '';
  /** What that command changes, for the audit. */
  change: StartedChange | undefined;
  failedLogins = 0;
  /** Transfers begun so far. */
  transfers = 0;
  transfer: Transfer | undefined;
  /** Work without a data connection that a command waits for. */
  task: LongTask | undefined;

  readonly #surroundings: SessionSurroundings;
  readonly #loop: CommandLoop;
  #cause: { readonly cause: SessionCause; readonly detail: string } | undefined;
  #closed = false;
  #draining = false;
  #lost: LineEnding | undefined;
  /** The client has ended its half, and commands that it sent before are being answered on ours. */
  #answersAfterEnd = false;
  #reported = false;
  #work = 0;

  constructor(raw: Socket, number: number, implicit: boolean, surroundings: SessionSurroundings, seenAs?: Endpoints) {
    this.number = number;
    this.implicit = implicit;
    this.#surroundings = surroundings;
    this.membership = new Membership(surroundings, () => this.remoteHost);
    this.settings = surroundings.settings;
    this.scope = new Scope(surroundings.scope, undefined, 'session');
    this.tls = new ControlTls(this.settings);
    this.connection = new ServerConnection({ maxLineBytes: this.settings.limits.maxLineBytes });
    this.#loop = new CommandLoop(this);
    const handlers = {
      bytes: (chunk: Buffer) => this.#loop.receive(chunk),
      ended: (ending: LineEnding, error?: Error) => this.#controlEnded(ending, error),
    };
    this.channel = new ControlChannel(raw, this.scope, handlers, {
      // REIN takes TLS off (RFC 4217 section 13), but where TLS stands from the first byte.
      clearable: !implicit || this.settings.ccc,
      ...(seenAs === undefined ? {} : { seenAs }),
    });
    this.remoteHost = normaliseAddress(this.channel.remote.host) ?? this.channel.remote.host;
    this.slot = new DataSlot(dataSlotSession(this), {
      passivePorts: this.settings.passivePorts,
      dataConnectMs: this.settings.limits.dataConnectMs,
      tlsHandshakeMs: this.settings.limits.tlsHandshakeMs,
      proxies: { isTrusted: this.settings.isProxy, headerMs: this.settings.limits.proxyHeaderMs },
    });
  }

  get users(): UserStore {
    return this.#surroundings.users();
  }

  /** The files as this user may use them, under the user's own paths; before login, nothing. */
  get storage(): StorageBackend {
    return this.membership.storage;
  }

  get state(): SessionState {
    return this.connection.state;
  }

  /** Address of this server on the control connection, IPv4 also where it came mapped into IPv6. */
  get localHost(): string {
    return normaliseAddress(this.channel.local.host) ?? this.channel.local.host;
  }

  /** The address of the client as it can be connected to: with its zone where it is link-local. */
  get dialHost(): string {
    return isIpv4(this.remoteHost) ? this.remoteHost : this.channel.remote.host;
  }

  get identity(): SessionIdentity {
    return {
      session: this.number,
      remoteHost: this.remoteHost,
      remotePort: this.channel.remote.port,
      user: this.account?.name,
    };
  }

  get closed(): boolean {
    return this.#closed;
  }

  start(): void {
    this.emit({ type: 'session-opened', ...this.identity });
    this.#loop.start();
  }

  emit(event: ServerEventBody): void {
    this.#surroundings.emit(event);
  }

  fire(event: SessionEvent): void {
    const before = this.standing;
    this.connection.fire(event);
    if (this.standing !== before) this.#surroundings.standingChanged(this, this.standing);
  }

  get standing(): Standing {
    return standingOf(this.state, this.implicit);
  }

  /** Makes place for another session: a TLS handshake ends by reset, everything else with a reply. */
  evict(cause: EvictionCause): void {
    if (this.standing === 'handshake') {
      this.#cause ??= { cause, detail: 'a newer connection takes the place of this one in its TLS handshake' };
      this.channel.reset();
      return;
    }
    const detail = 'a newer connection takes the place of this one, which is not logged in';
    this.end(cause, detail, replies.tooManyUnauthenticated);
    startDeadline(this.channel.scope, evictionLingerMs, () => this.channel.scope.close());
  }

  /** Forgets everything that login and commands have set: REIN and the change to TLS. */
  forget(): void {
    this.account = undefined;
    this.membership.leave();
    this.userName = undefined;
    this.workingDirectory = '/';
    this.type = 'ascii';
    this.choices = defaultChoices();
    this.mlstFacts = mlsxFacts;
    this.restartOffset = 0;
    this.announcedBytes = undefined;
    this.renameSource = undefined;
    this.slot.clear();
  }

  /** Sends a reply, after it has been logged. A control connection that is gone leaves it in the log only. */
  send(reply: Reply): void {
    const sent = (!this.channel.ended || this.#answersAfterEnd) && !this.#closed;
    this.emit({ type: 'reply', code: reply.code, lines: reply.lines, sent, ...this.identity });
    if (!sent) return;
    this.channel.write(this.connection.reply(reply));
    if (this.channel.unsentBytes > this.settings.limits.maxUnreadReplyBytes) {
      this.end('overflow', 'the client does not read its replies');
    }
  }

  /** The virtual path that an argument names for this user. */
  path(argument: string): string {
    return resolvePath(this.workingDirectory, argument);
  }

  /** The reply to an error of a handler: the storage's kinds are mapped, all else is logged under a reference. */
  errorReply(error: unknown, path: string): Reply {
    if (error instanceof StorageError) return storageReply(error, path);
    return replies.internalError(this.report(error));
  }

  /** Puts an error into the log; the result is the reference under which it stands there. */
  report(error: unknown): string {
    const reference = randomUUID().slice(0, 8);
    this.emit({ type: 'internal-error', reference, error, ...this.identity });
    return reference;
  }

  /** Whether the client sent something that nobody has read: behind AUTH that is an injection. */
  hasWaitingInput(): boolean {
    return this.#loop.hasWaitingInput();
  }

  /** Drops what the client sent and nobody has read. */
  dropWaitingInput(): void {
    this.#loop.dropWaitingInput();
  }

  /** Makes `transfer` the one that the session's end and ABOR interrupt; an ABOR may have come already. */
  beginTransfer(transfer: Transfer): void {
    this.transfer = transfer;
    this.transfers += 1;
    this.fire('transfer-started');
    this.restartOffset = 0;
    if (this.#lost !== undefined) this.#loseTransfer(transfer, this.#lost);
    else if (this.#loop.abortWaits()) transfer.interrupt('abort', 'the client aborted the transfer');
  }

  /** Makes `task` the one that the session's end and ABOR cancel; either may have come already. */
  beginTask(task: LongTask): void {
    this.task = task;
    if (this.#closed || this.#answersAfterEnd || this.#loop.abortWaits()) task.cancel();
  }

  endTransfer(): void {
    this.transfer = undefined;
    this.fire('data-closed');
    // A client that has ended its half in order gets ours in order too.
    if (this.#lost === 'fin' || this.#lost === 'close-notify') this.end(controlCauses[this.#lost].session, '');
    else if (this.#lost !== undefined) this.#close();
    // The transfer's own reply goes out first: a client that reads 421 in its place takes a whole file for a lost one.
    if (this.#draining) {
      this.#loop.whenIdle(() => this.end('drain', 'the server is shutting down', replies.shuttingDown));
    }
  }

  /** Ends the session now, or when its running transfer is through. */
  endAfterTransfer(): void {
    this.#draining = true;
    if (this.transfer === undefined) this.end('drain', 'the server is shutting down', replies.shuttingDown);
  }

  /** What lives in the whole server. */
  serverCounts(): ServerCounts {
    return this.#surroundings.counts();
  }

  /** Holds the session open in the books while something of it still works (a transfer that settles its file). */
  holdOpen(): () => void {
    this.#work += 1;
    return () => {
      this.#work -= 1;
      this.#reportEnd();
    };
  }

  #controlEnded(ending: LineEnding, error?: Error): void {
    const cause = controlCauses[ending];
    const orderly = ending === 'fin' || ending === 'close-notify';
    const detail = error === undefined ? cause.words : `${cause.words}: ${errorWords(error)}`;
    this.task?.cancel();
    if (this.transfer !== undefined && !this.#closed) {
      this.#lost = ending;
      this.#cause ??= { cause: cause.session, detail };
      this.#loop.stop();
      this.#loseTransfer(this.transfer, ending);
      return;
    }
    if (orderly && this.#loop.busy && !this.#closed) {
      // Commands that came before the end are still answered: a client may send QUIT and close its half. A transfer
      // among them would have no control connection.
      this.#answersAfterEnd = true;
      this.#lost = ending;
      this.#loop.whenIdle(() => this.end(cause.session, cause.words));
      return;
    }
    if (orderly) {
      this.end(cause.session, cause.words);
      return;
    }
    this.#cause ??= { cause: handshakeCause(ending, this.state.security, this.implicit) ?? cause.session, detail };
    this.#close();
  }

  /** The control connection is lost while a transfer runs: RFC 959 section 3.2, condition 4, or the user's policy. */
  #loseTransfer(transfer: Transfer, ending: LineEnding): void {
    const { transfer: cause, words } = controlCauses[ending];
    const policy = this.account?.onControlLoss ?? this.settings.onControlLoss;
    if (policy === 'finish') return;
    if (policy === 'abort') transfer.interrupt(cause, words);
    else startDeadline(transfer.scope, policy.graceMs, () => transfer.interrupt(cause, words));
  }

  /** Ends the session: a transfer is interrupted, the control connection ends in order after a last reply, if any. */
  end(cause: SessionCause, detail: string, lastReply?: Reply): void {
    if (this.#closed) return;
    this.#cause ??= { cause, detail };
    this.transfer?.interrupt(cause === 'drain' ? 'drain' : 'control-closed-by-server', detail);
    this.task?.cancel();
    if (lastReply !== undefined) {
      this.channel.beforeLastWrite();
      this.send(lastReply);
    }
    this.#closed = true;
    this.#loop.stop();
    this.slot.clear();
    this.channel.scope.add(() => this.#close());
    this.channel.end();
  }

  #close(): void {
    this.#closed = true;
    this.#loop.stop();
    this.scope.close();
    this.#reportEnd();
  }

  #reportEnd(): void {
    if (this.#reported || !this.scope.closed || this.#work > 0) return;
    this.#reported = true;
    this.membership.leave();
    const { cause, detail } = this.#cause ?? { cause: 'control-error' as const, detail: '' };
    this.emit({ type: 'session-closed', cause, detail, ...this.identity });
    this.#surroundings.ended(this);
  }

  get loginDelays(): LoginPauses {
    return this.#surroundings.loginDelays;
  }

  /** Starts a deadline of the session, counted and ended with it. */
  deadline(timeoutMs: number, onExpired: () => void): ReturnType<typeof startDeadline> {
    return startDeadline(this.scope, timeoutMs, onExpired);
  }
}
