/** A fault is one record: how it is written, what it does, what each end will see, and the clause that speaks of it. */

import type { Random } from '../../peer/index.ts';
import type { Direction, LineKind, LinePair, Side } from '../proxy/line-pair.ts';

/** Times in milliseconds, sizes in bytes, rates in bytes a second; a code is three digits, or `any` reply. */
export type ParameterKind = 'duration' | 'size' | 'rate' | 'count' | 'code' | 'text' | 'address';
export type ParameterValue = number | string;
export type ParameterValues = Readonly<Record<string, ParameterValue>>;

export interface FaultParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  readonly says: string;
  /** Stands in front of the value; must, unless the value is the first of the fault. */
  readonly word?: string;
  /** Without it the parameter must be given. */
  readonly byDefault?: ParameterValue;
}

/** What a fault that acts on a line is told. */
export interface LineContext {
  readonly values: ParameterValues;
  readonly directions: readonly Direction[];
  readonly to: Side | 'both';
  readonly random: Random;
  /** Something that the proxy writes by itself, for the record. */
  readonly changed: (by: Side, text: string) => void;
}

/** Acts on a line when its trigger comes; a lasting one gives the way back. */
export interface LineEffect {
  readonly on: 'line';
  start(line: LinePair, context: LineContext): (() => void) | undefined;
}

export interface SeenReply {
  readonly code: number;
  /** The verb that it answers, where that is known. */
  readonly verb: string | undefined;
}

/** What becomes of a reply; nothing set: it passes. */
export interface ReplyChange {
  readonly drop?: boolean;
  readonly delayMs?: number;
  /** The whole reply, without CRLF. */
  readonly replaceWith?: string;
  /** The address that a 227, and by its port a 229, names in place of the proxy's. */
  readonly passiveAddress?: { readonly host: string; readonly port: number | undefined };
}

export interface ReplyEffect {
  readonly on: 'reply';
  /** Undefined where the reply is none of this fault's. */
  change(reply: SeenReply, values: ParameterValues): ReplyChange | undefined;
}

/** Answers a command in place of the server, which never hears of it. */
export interface CommandEffect {
  readonly on: 'command';
  /** The reply without CRLF; undefined where the command is none of this fault's. */
  answer(verb: string, values: ParameterValues): string | undefined;
}

export interface FaultRecord {
  readonly name: string;
  /** Other words for it. */
  readonly aliases?: readonly string[];
  /** One sentence: what it does. */
  readonly summary: string;
  readonly parameters: readonly FaultParameter[];
  readonly effect: LineEffect | ReplyEffect | CommandEffect;
  /** Which line and direction where none is named; `fixed`: no other can be. */
  readonly line: LineKind | 'both';
  readonly direction: Direction | 'both';
  readonly isLineFixed?: boolean;
  /** How often it happens where that is not said: once in all, or whenever its trigger comes. */
  readonly times: 'once' | 'always';
  readonly clientSees: string;
  readonly serverSees: string;
  readonly clause: string;
  /** Rules as they are written; the first is shown in the help. */
  readonly examples: readonly string[];
}

export function defineFault(record: FaultRecord): FaultRecord {
  return record;
}

/** The value of a parameter that holds a number. */
export function numberOf(values: ParameterValues, name: string): number {
  return Number(values[name]);
}

/** The value of a parameter that holds text. */
export function textOf(values: ParameterValues, name: string): string {
  return String(values[name] ?? '');
}
