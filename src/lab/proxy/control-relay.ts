/** The control line of one session: reads commands and replies along, changes what must be changed, and passes all else as it came. */

import { decodePathText, displayCommand, parseCommandLine, printable, TelnetFilter } from '../../protocol/index.ts';
import type { SessionFaults } from '../faults/session-faults.ts';
import type { ReplyChange } from '../faults/define-fault.ts';
import type { Departure } from './leg.ts';
import { type CutLine, LineCutter } from './line-cutter.ts';
import type { Direction, LinePair, LineReader } from './line-pair.ts';
import type { NewProxyEvent } from './proxy-event.ts';

/** What the session does for the relay. */
export interface ControlServices {
  readonly faults: SessionFaults;
  readonly maxPendingCommands: number;
  readonly tell: (event: NewProxyEvent) => void;
  /** The line to send in place of this command; undefined where it passes as it is. */
  rewriteCommand(verb: string, argument: string): Promise<string | undefined>;
  /** A reply in place of the server's, without CRLF, where the command is not for the server. */
  answer(verb: string): string | undefined;
  /** The text of a 227 or 229 with an address of the proxy; undefined where it passes as it is. */
  rewritePassive(code: number, text: string, change: ReplyChange): Promise<string | undefined>;
  /** AUTH was accepted with this last line of its reply; passes it on, and resolves false when nothing is to be read any more. */
  secure(reply: Buffer): Promise<boolean>;
  /** A command was done. */
  done(verb: string, argument: string, code: number): void;
}

interface Pending {
  readonly verb: string;
  readonly argument: string;
}

/** What is to be done in order, one direction at a time. */
type Work = { readonly line: CutLine } | { readonly left: Departure };

/** The reply that is under way. */
interface RunningReply {
  readonly code: number;
  readonly change: ReplyChange;
  readonly command: Pending | undefined;
}

export class ControlRelay implements LineReader {
  readonly #line: LinePair;
  readonly #services: ControlServices;
  readonly #cutters: Readonly<Record<Direction, LineCutter>> = { up: new LineCutter(), down: new LineCutter() };
  readonly #work: Readonly<Record<Direction, Work[]>> = { up: [], down: [] };
  readonly #isBusy = { up: false, down: false };
  readonly #pending: Pending[] = [];
  #reply: RunningReply | undefined;
  #isThrottled = false;
  /** Nothing is read along any more. */
  #isRaw = false;
  /** The first reply is the greeting, and answers no command: not one either that was sent before it came. */
  #isGreeted = false;
  /** TLS begins: what was said in clear reaches nobody through it. */
  #isSecuring = false;

  constructor(line: LinePair, services: ControlServices) {
    this.#line = line;
    this.#services = services;
  }

  bytes(direction: Direction, chunk: Buffer): void {
    if (this.#isRaw) {
      this.#line.ways[direction].take(chunk);
      return;
    }
    const cutter = this.#cutters[direction];
    for (const line of cutter.push(chunk)) this.#work[direction].push({ line });
    const abort = direction === 'up' ? cutter.takeUrgentAbort() : undefined;
    if (abort !== undefined) this.#work.up.push({ line: { bytes: abort, isWhole: true } });
    this.#run(direction);
  }

  left(direction: Direction, how: Departure): void {
    this.#work[direction].push({ left: how });
    this.#run(direction);
  }

  /** From now on bytes pass unread: blind TLS has begun. */
  goBlind(): void {
    this.#isRaw = true;
    for (const direction of ['down', 'up'] as const) {
      this.#line.ways[direction].take(this.takeRest(direction));
    }
  }

  /** Everything that has come and was neither read nor passed on, when TLS begins: whole lines too, in their order. */
  takeRest(direction: Direction): Buffer {
    const work = this.#work[direction].splice(0);
    this.#work[direction].push(...work.filter((one) => 'left' in one));
    const lines = work.flatMap((one) => ('line' in one ? [one.line.bytes] : []));
    return Buffer.concat([...lines, this.#cutters[direction].takeRest()]);
  }

  #run(direction: Direction): void {
    if (this.#isBusy[direction] || this.#work[direction].length === 0) return;
    this.#isBusy[direction] = true;
    const { source } = this.#line.ways[direction];
    source.pause();
    const goOn = (): void => {
      this.#isBusy[direction] = false;
      source.resume();
      this.#run(direction);
    };
    this.#runAll(direction).then(goOn, (error: unknown) => this.#failed(error));
  }

  /** Nothing of a peer's may lead here; if something does, this session ends and no other. */
  #failed(error: unknown): void {
    const text = `an error of the proxy itself: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    this.#services.tell({ kind: 'note', line: this.#line.name, text });
    this.#line.destroy();
  }

  async #runAll(direction: Direction): Promise<void> {
    for (let work = this.#work[direction].shift(); work !== undefined; work = this.#work[direction].shift()) {
      if ('left' in work) {
        const rest = this.#cutters[direction].takeRest();
        this.#line.ways[direction].take(rest);
        this.#line.leave(direction, work.left);
      } else if (!work.line.isWhole || this.#isRaw) this.#line.ways[direction].take(work.line.bytes);
      else if (direction === 'up') await this.#command(work.line.bytes);
      else await this.#replyLine(work.line.bytes);
    }
  }

  async #command(bytes: Buffer): Promise<void> {
    const text = bytes.subarray(0, bytes.length - (bytes.at(-2) === 0x0d ? 2 : 1));
    const { verb, argument } = parseCommandLine(new TelnetFilter().push(text));
    const { faults, tell } = this.#services;
    tell({ kind: 'text', line: this.#line.name, by: 'client', text: displayCommand(verb, argument) });
    const answer = faults.command(verb) ?? this.#services.answer(verb);
    if (answer !== undefined) {
      this.#sayToClient(answer);
      return;
    }
    const { server } = this.#line.legs;
    const wasTls = server.tls;
    const other = await this.#services.rewriteCommand(verb, argument);
    if (this.#isSecuring || server.tls !== wasTls) {
      tell({ kind: 'note', line: this.#line.name, text: `${verb} in clear behind AUTH was dropped` });
      return;
    }
    this.#pending.push({ verb, argument });
    this.#throttle();
    if (other !== undefined) tell({ kind: 'changed', line: this.#line.name, by: 'client', text: other });
    this.#line.ways.up.take(other === undefined ? bytes : Buffer.from(`${other}\r\n`));
  }

  /** A client that sends commands and reads no replies waits. */
  #throttle(): void {
    const isTooMuch = this.#pending.length >= this.#services.maxPendingCommands;
    if (isTooMuch === this.#isThrottled) return;
    this.#isThrottled = isTooMuch;
    if (isTooMuch) this.#line.legs.client.pause();
    else this.#line.legs.client.resume();
  }

  /** A reply of the proxy's own. */
  #sayToClient(reply: string): void {
    this.#services.tell({ kind: 'changed', line: this.#line.name, by: 'server', text: reply });
    this.#line.ways.down.pass(Buffer.from(`${reply}\r\n`));
  }

  async #replyLine(bytes: Buffer): Promise<void> {
    const text = decodePathText(bytes).replace(/\r?\n$/, '');
    this.#services.tell({ kind: 'text', line: this.#line.name, by: 'server', text: printable(text) });
    const [, digits, behind] = /^(\d{3})( |-|$)/.exec(text) ?? [];
    if (this.#reply === undefined && digits === undefined) {
      // No reply at all: for the client to judge.
      this.#line.ways.down.take(bytes);
      return;
    }
    this.#reply ??= this.#begin(Number(digits));
    const reply = this.#reply;
    const isLast = behind !== '-' && digits === String(reply.code);
    if (reply.change.drop !== true && reply.change.replaceWith === undefined)
      await this.#pass(reply, text, bytes, isLast);
    if (!isLast) return;
    this.#reply = undefined;
    if (reply.change.replaceWith !== undefined) this.#sayToClient(reply.change.replaceWith);
    this.#end(reply);
  }

  #begin(code: number): RunningReply {
    if (code === 234) this.#align();
    const command = this.#isGreeted ? this.#pending[0] : undefined;
    const change = this.#services.faults.reply({ code, verb: command?.verb });
    if (change.delayMs !== undefined) this.#line.ways.down.delay(change.delayMs);
    return { code, change, command };
  }

  /**
   * Only AUTH is answered by 234, so that a server that has left lines without an answer (empty ones, by custom) is understood again;
   * and what was sent in clear behind AUTH is not answered any more.
   */
  #align(): void {
    const auth = this.#pending.find(({ verb }) => verb === 'AUTH');
    if (auth === undefined) return;
    this.#pending.splice(0, Infinity, auth);
    this.#throttle();
  }

  async #pass({ code, change, command }: RunningReply, text: string, bytes: Buffer, isLast: boolean): Promise<void> {
    const { down } = this.#line.ways;
    if (code === 234 && isLast && command?.verb === 'AUTH') {
      this.#isSecuring = true;
      this.#isRaw = !(await this.#services.secure(bytes)) || this.#isRaw;
      this.#isSecuring = false;
      return;
    }
    const other = await this.#services.rewritePassive(code, text, change);
    if (other !== undefined) this.#services.tell({ kind: 'changed', line: this.#line.name, by: 'server', text: other });
    down.take(other === undefined ? bytes : Buffer.from(`${other}\r\n`));
  }

  #end({ code, command }: RunningReply): void {
    if (code >= 200) this.#isGreeted = true;
    if (code >= 200 && command !== undefined) {
      this.#pending.shift();
      this.#throttle();
      this.#services.done(command.verb, command.argument, code);
    }
    this.#line.ways.down.whenPassed(() => this.#services.faults.replied(code));
  }
}
