/** Takes commands off the control line in order, passes them through the gates and answers each in its turn. */

import type { CommandLine, Reply, ServerConnectionEvent } from '../protocol/index.ts';
import { displayCommand } from '../protocol/index.ts';
import { changeOf, reportChange } from './file-changes.ts';
import { refusalOf } from './gates/command-gates.ts';
import { isOtherProtocol, strangerIn } from './gates/other-protocols.ts';
import type { CommandRecord } from './commands/define-command.ts';
import { replies } from './replies.ts';
import type { Session } from './session.ts';
import { startImplicitTls } from './session-tls.ts';
import type { Deadline } from '../net/index.ts';

/** Commands that may wait behind a running one before reading pauses (no transfer) or the session ends (transfer). */
const maxQueuedCommands = 512;
/** While a transfer runs reading never pauses, because the control connection is watched; this many end the session. */
const maxQueuedDuringTransfer = 8192;

/** The loop of one session. */
export class CommandLoop {
  readonly #session: Session;
  readonly #queue: ServerConnectionEvent[] = [];
  #running = false;
  #stopped = false;
  #paused = false;
  #badCommands = 0;
  /** In a row. */
  #tooLongLines = 0;
  #idle: Deadline | undefined;
  /** What `#idle` was started with. */
  #idleMs: number | undefined;
  #login: Deadline | undefined;
  #whenIdle: (() => void) | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** True while a command is being answered or waits. */
  get busy(): boolean {
    return this.#running || this.#queue.length > 0;
  }

  start(): void {
    const { limits } = this.#session.settings;
    this.#login = this.#session.deadline(limits.loginMs, () => {
      if (this.#session.state.login === 'in') return;
      this.#session.end('login-timeout', 'no login in time', replies.loginTimeout(limits.loginMs / 1000));
    });
    this.#restartIdle();
    if (this.#session.implicit) {
      this.#running = true;
      startImplicitTls(this.#session).then(
        () => this.#greet(),
        () => {
          // A client that has gone in its handshake leaves nothing to be answered.
          this.#running = false;
          this.#next();
        },
      );
    } else {
      this.#greet();
    }
  }

  #greet(): void {
    this.#session.send({ code: 220, lines: this.#session.settings.welcome, everyLineNumbered: true });
    this.#running = false;
    this.#next();
  }

  stop(): void {
    this.#stopped = true;
    this.#queue.length = 0;
    this.#idle?.stop();
    this.#login?.stop();
  }

  /** Calls back when every command received so far has been answered. */
  whenIdle(callback: () => void): void {
    this.#whenIdle = callback;
    this.#next();
  }

  /** The user's own time, or the server's. */
  get #idleTimeoutMs(): number {
    return this.#session.account?.idleTimeoutMs ?? this.#session.settings.limits.idleMs;
  }

  #restartIdle(): void {
    if (this.#idleMs === this.#idleTimeoutMs) {
      this.#idle?.restart();
      return;
    }
    this.#idle?.stop();
    this.#idleMs = this.#idleTimeoutMs;
    this.#idle = this.#session.deadline(this.#idleMs, () => this.#onIdle());
  }

  #onIdle(): void {
    // A session that is moving data, or is being answered, is never idle.
    if (this.#running || this.#session.transfer !== undefined) {
      this.#idleMs = undefined;
      this.#restartIdle();
      return;
    }
    this.#session.end('idle', 'no command in time', replies.idle(this.#idleTimeoutMs / 1000));
  }

  receive(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#restartIdle();
    const session = this.#session;
    const stranger =
      session.state.login !== 'in' && session.connection.pendingBytes === 0 ? strangerIn(chunk) : undefined;
    if (stranger !== undefined) {
      session.end('other-protocol', stranger, replies.otherProtocol);
      return;
    }
    session.connection.receive(chunk);
    session.channel.write(session.connection.takeTelnetAnswers());
    this.#takeEvents();
    this.#next();
    this.#bound();
  }

  #takeEvents(): void {
    const { connection } = this.#session;
    for (;;) {
      const event = connection.nextEvent();
      if (event === undefined) break;
      this.#queue.push(event);
      this.#lookAhead(event);
    }
    const abort = connection.takeUnterminatedAbort();
    if (abort === undefined) return;
    const event = { kind: 'command', command: abort } as const;
    this.#queue.push(event);
    this.#lookAhead(event);
  }

  /** ABOR takes effect when it is read; its reply keeps its place in the order. */
  #lookAhead(event: ServerConnectionEvent): void {
    if (event.kind === 'command' && event.command.verb === 'ABOR') {
      this.#session.transfer?.interrupt('abort', 'the client aborted the transfer');
      this.#session.task?.cancel();
    }
  }

  #bound(): void {
    if (this.#stopped) return;
    const transferring = this.#session.transfer !== undefined || this.#session.task !== undefined;
    if (transferring && this.#queue.length > maxQueuedDuringTransfer) {
      this.#session.end('overflow', 'too many commands during a transfer', replies.tooManyWaitingCommands);
    } else if (!transferring && this.#queue.length > maxQueuedCommands && !this.#paused) {
      this.#paused = true;
      this.#session.channel.pause();
    }
  }

  #next(): void {
    while (!this.#stopped && !this.#running && this.#queue.length > 0) {
      const event = this.#queue.shift() as ServerConnectionEvent;
      this.#perform(event);
    }
    if (!this.#stopped && this.#running) this.#answerDuringTransfer();
    if (this.#paused && this.#queue.length < maxQueuedCommands / 2) {
      this.#paused = false;
      this.#session.channel.resume();
    }
    if (!this.busy) this.#whenIdle?.();
  }

  /** A transfer or a task runs that is not about to end by itself. */
  #answersBeside(): boolean {
    const { transfer, task, settings } = this.#session;
    if (settings.keepaliveReplies === 'after-transfer') return false;
    return transfer === undefined ? task?.isWanted() === true : !transfer.interrupted;
  }

  /** NOOP and STAT in front of the queue are answered beside a running transfer or task. */
  #answerDuringTransfer(): void {
    while (this.#answersBeside()) {
      const first = this.#queue[0];
      if (first?.kind !== 'command') return;
      const record = this.#session.commands.find(first.command.verb);
      // STAT with a path lists a directory and waits its turn.
      if (record?.duringTransfer !== true || first.command.argument !== '') return;
      this.#queue.shift();
      this.#log(first.command);
      const answer = record.run(this.#session, '');
      if (answer !== undefined && !(answer instanceof Promise)) this.#session.send(answer);
    }
  }

  #log(command: CommandLine): void {
    const text = displayCommand(command.verb, command.argument);
    this.#session.emit({ type: 'command', text, ...this.#session.identity });
  }

  #perform(event: ServerConnectionEvent): void {
    if (event.kind === 'command') this.#performCommand(event.command);
    else this.#refuseLine(event);
  }

  #refuseLine(event: Exclude<ServerConnectionEvent, { kind: 'command' }>): void {
    const { kind } = event;
    const session = this.#session;
    const { limits } = session.settings;
    session.emit({
      type: 'command',
      text: kind === 'too-long' ? '(line too long)' : '(malformed line)',
      ...session.identity,
    });
    session.send(
      event.kind === 'too-long' ? replies.commandTooLong(limits.maxLineBytes) : replies.commandMalformed(event.reason),
    );
    this.#tooLongLines = kind === 'too-long' ? this.#tooLongLines + 1 : 0;
    if (this.#tooLongLines >= limits.tooLongLines) {
      session.end('bad-commands', 'too many overlong lines', replies.tooManyBadCommands);
      return;
    }
    this.#countBad();
  }

  #countBad(): void {
    const session = this.#session;
    if (session.state.login === 'in') return;
    this.#badCommands += 1;
    if (this.#badCommands >= session.settings.limits.badCommandsBeforeLogin) {
      session.end('bad-commands', 'too many bad commands before login', replies.tooManyBadCommands);
    }
  }

  #performCommand(command: CommandLine): void {
    const session = this.#session;
    this.#tooLongLines = 0;
    this.#log(command);
    if (session.state.login !== 'in' && isOtherProtocol(command.verb)) {
      session.end('other-protocol', 'the client speaks another protocol', replies.otherProtocol);
      return;
    }
    const record = session.commands.find(command.verb);
    if (record === undefined) {
      session.send(session.commands.knows(command.verb) ? replies.commandNotImplemented : replies.commandUnknown);
      this.#countBad();
      return;
    }
    if (record.keepsRename !== true && session.renameSource !== undefined) {
      session.renameSource = undefined;
      session.fire('pending-consumed');
    }
    session.verb = command.verb;
    session.change = changeOf(record, session, command.argument);
    const refusal = refusalOf(record, session, command.argument, session.settings.tls);
    if (refusal !== undefined) this.#answer(refusal);
    else if (session.membership.isCheckDue) this.#run(() => this.#runIfAdmitted(record, command), command.argument);
    else this.#run(() => record.run(session, command.argument), command.argument);
  }

  /** Users may be removed or disabled while they are here: what runs comes to its end, and nothing more begins. */
  async #runIfAdmitted(record: CommandRecord, { argument }: CommandLine): Promise<Reply | undefined> {
    if (await this.#session.membership.stillAdmitted()) return record.run(this.#session, argument);
    this.#session.end('user-gone', 'the user is not admitted any more', replies.userGone);
    return undefined;
  }

  #answer(answer: Reply | undefined, error?: unknown): void {
    reportChange(this.#session, answer, error);
    if (answer !== undefined) this.#session.send(answer);
  }

  #run(handler: () => Reply | undefined | Promise<Reply | undefined>, argument: string): void {
    const session = this.#session;
    let answer;
    try {
      answer = handler();
    } catch (error) {
      this.#answer(session.errorReply(error, argument), error);
      return;
    }
    if (!(answer instanceof Promise)) {
      this.#answer(answer);
      return;
    }
    this.#running = true;
    answer
      .then(
        (reply) => this.#answer(reply),
        (error: unknown) => this.#answer(session.errorReply(error, this.#pathOf(argument)), error),
      )
      .then(() => {
        this.#running = false;
        this.#restartIdle();
        this.#next();
      })
      .catch((error: unknown) => session.end('internal-error', String(error)));
  }

  /** The path that an error is about, where the argument holds more than a path too; '' where it may be one of several. */
  #pathOf(argument: string): string {
    const named = this.#session.path(argument);
    const { change } = this.#session;
    if (change === undefined || change.target === named) return named;
    return change.target !== undefined || change.operation === 'combine' ? '' : change.path;
  }

  /** True when an ABOR waits behind the command that is being answered. */
  abortWaits(): boolean {
    return this.#queue.some((event) => event.kind === 'command' && event.command.verb === 'ABOR');
  }

  /** True when something that the client sent waits to be answered or is not a whole line yet. */
  hasWaitingInput(): boolean {
    return this.#queue.length > 0 || this.#session.connection.pendingBytes > 0;
  }

  /** Drops what the client sent and nobody has read. */
  dropWaitingInput(): void {
    this.#queue.length = 0;
    this.#session.connection.takePending();
  }
}
