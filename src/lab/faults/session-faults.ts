/** The faults in one session: watches lines, commands and replies for what sets them off, and lets them act. */

import type { NewProxyEvent } from '../proxy/proxy-event.ts';
import type { Direction, LinePair } from '../proxy/line-pair.ts';
import type { LineEffect, ReplyChange, SeenReply } from './define-fault.ts';
import type { ArmedFault, FaultBook } from './fault-book.ts';

/** What the faults need of their session. */
export interface FaultySession {
  readonly number: number;
  /** The lines that are open, control first. */
  readonly lines: readonly LinePair[];
  tell(event: NewProxyEvent): void;
}

export class SessionFaults {
  readonly #book: FaultBook;
  readonly #session: FaultySession;
  /** Faults about a data line whose moment came before there was one. */
  readonly #waiting: ArmedFault[] = [];
  /** Faults about replies and commands whose moment has come. */
  readonly #active = new Set<number>();
  /** Ways back from lasting faults, of the lines that are open. */
  readonly #undo = new Set<{ readonly id: number; readonly line: LinePair; readonly undo: () => void }>();

  constructor(book: FaultBook, session: FaultySession) {
    this.#book = book;
    this.#session = session;
  }

  lineOpened(line: LinePair): void {
    for (const fault of this.#waiting.splice(0)) {
      if (line.kind === 'data') this.#act(fault, [line]);
      else this.#waiting.push(fault);
    }
    for (const fault of this.#book.faults) this.#watch(fault, line);
  }

  #watch(fault: ArmedFault, line: LinePair): void {
    const { trigger } = fault;
    const isTarget = fault.line === 'both' || fault.line === line.kind;
    if (trigger.kind === 'bytes' && trigger.line === line.kind) {
      line.ways[trigger.direction].when(trigger.atBytes, () => this.#set(fault, line));
    } else if (trigger.kind === 'time' && isTarget) {
      line.after(trigger.ms, () => this.#set(fault, line));
    } else if (trigger.kind === 'start' && isTarget && fault.record.effect.on === 'line') {
      this.#set(fault, line);
    }
  }

  /** A fault that was added while the session runs. */
  added(fault: ArmedFault): void {
    for (const line of this.#session.lines) this.#watch(fault, line);
  }

  removed(id: number): void {
    for (const entry of this.#undo) {
      if (entry.id !== id) continue;
      entry.undo();
      this.#undo.delete(entry);
    }
    this.#active.delete(id);
  }

  lineClosed(line: LinePair): void {
    for (const entry of this.#undo) if (entry.line === line) this.#undo.delete(entry);
  }

  /** A command has come and was not passed on: the reply in place of the server's, where a fault has one. */
  command(verb: string): string | undefined {
    this.#moment((fault) => fault.trigger.kind === 'on-command' && fault.trigger.verb === verb);
    for (const fault of this.#book.faults) {
      const { effect } = fault.record;
      if (effect.on !== 'command' || !this.#isActive(fault, verb)) continue;
      const answer = effect.answer(verb, fault.values);
      if (answer === undefined || !this.#book.draw(fault, this.#session.number)) continue;
      this.#tell(fault, `${verb} is answered in place of the server`, this.#control);
      return answer;
    }
    return undefined;
  }

  /** A reply has begun and was not passed on: what becomes of it. */
  reply(reply: SeenReply): ReplyChange {
    this.#moment((fault) => fault.trigger.kind === 'before-reply' && fault.trigger.code === reply.code);
    let all: ReplyChange = {};
    for (const fault of this.#book.faults) {
      const { effect } = fault.record;
      if (effect.on !== 'reply' || !this.#isActive(fault, reply.verb)) continue;
      const change = effect.change(reply, fault.values);
      if (change === undefined || !this.#book.draw(fault, this.#session.number)) continue;
      this.#tell(fault, `reply ${reply.code}`, this.#control);
      all = { ...all, ...change };
    }
    return all;
  }

  /** A reply was passed on. */
  replied(code: number): void {
    this.#moment((fault) => fault.trigger.kind === 'after-reply' && fault.trigger.code === code);
  }

  #isActive({ id, trigger }: ArmedFault, verb: string | undefined): boolean {
    if (trigger.kind === 'start') return true;
    return trigger.kind === 'on-command' ? trigger.verb === verb : this.#active.has(id);
  }

  #moment(isNow: (fault: ArmedFault) => boolean): void {
    for (const fault of this.#book.faults) {
      if (isNow(fault)) this.#set(fault);
    }
  }

  /** The moment has come; `here` is the line that it came on. */
  #set(fault: ArmedFault, here?: LinePair): void {
    if (fault.record.effect.on !== 'line') {
      this.#active.add(fault.id);
      return;
    }
    const { lines } = this.#session;
    const isTarget = ({ kind }: LinePair): boolean => fault.line === 'both' || fault.line === kind;
    const targets = fault.line === 'data' && here?.kind === 'data' ? [here] : lines.filter(isTarget);
    const atOnce = fault.trigger.kind === 'start' && here !== undefined ? [here] : targets;
    if (atOnce.length > 0) this.#act(fault, atOnce);
    else if (!this.#waiting.includes(fault) && this.#waiting.length < maxWaiting) this.#waiting.push(fault);
  }

  #act(fault: ArmedFault, lines: readonly LinePair[]): void {
    if (!this.#book.draw(fault, this.#session.number)) return;
    for (const line of lines) {
      this.#tell(fault, figuresOf(this.#session.lines), line);
      this.#start(fault, fault.record.effect as LineEffect, line);
    }
  }

  #start(fault: ArmedFault, effect: LineEffect, line: LinePair): void {
    const directions: readonly Direction[] = fault.direction === 'both' ? ['up', 'down'] : [fault.direction];
    const undo = effect.start(line, {
      values: fault.values,
      directions,
      to: fault.to,
      random: this.#book.random,
      changed: (by, text) => this.#session.tell({ kind: 'changed', line: line.name, by, text }),
    });
    if (undo === undefined) return;
    this.#undo.add({ id: fault.id, line, undo });
    if (fault.forMs === undefined) return;
    line.after(fault.forMs, () => {
      undo();
      this.#session.tell({ kind: 'note', line: line.name, text: `"${fault.text}" is over` });
    });
  }

  /** Commands and replies are on this line. */
  get #control(): LinePair | undefined {
    return this.#session.lines.find(({ kind }) => kind === 'control');
  }

  #tell(fault: ArmedFault, what: string, line?: LinePair): void {
    const text = `${fault.text} (${what})`;
    this.#session.tell({ kind: 'fault', fault: fault.id, text, ...(line === undefined ? {} : { line: line.name }) });
  }
}

/** Faults that wait for the next data line of one session. */
const maxWaiting = 50;

/** What has passed on each line so far, and what was in the proxy: `data 1: 614400 bytes down, 32768 on the way`. */
function figuresOf(lines: readonly LinePair[]): string {
  const data = lines.filter(({ kind }) => kind === 'data');
  if (data.length === 0) return 'no data line is open';
  return data
    .map(({ name, ways }) => {
      const { up, down } = ways;
      const [direction, way] = up.takenBytes > down.takenBytes ? ['up', up] : ['down', down];
      const held = way.heldBytes === 0 ? '' : `, ${way.heldBytes} more on the way`;
      return `${name}: ${way.passedBytes} bytes ${direction} passed${held}`;
    })
    .join('; ');
}
