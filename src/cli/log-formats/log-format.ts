/** What a log format is: a function from one event to its lines, and the words that all formats have in common. */

import { printable } from '../../protocol/index.ts';
import type { ServerEvent } from '../../server/index.ts';

/** The lines of one event, without line ends. Nothing in them can start a line or move a terminal's cursor. */
export type LogFormat = (event: ServerEvent) => readonly string[];

/** Settings of a format. */
export interface LogFormatOptions {
  readonly colour: boolean;
}

/** One function for each type of event; a new type does not compile until every format knows it. */
export type ByEventType<Result> = {
  readonly [Type in ServerEvent['type']]: (event: Extract<ServerEvent, { readonly type: Type }>) => Result;
};

/** Applies the function that belongs to the event. */
export function applyByType<Result>(table: ByEventType<Result>, event: ServerEvent): Result {
  return (table[event.type] as (event: ServerEvent) => Result)(event);
}

/** The command as a log may show it: passwords masked even if whoever made the event forgot to, no control characters. */
export function shownCommand(text: string): string {
  return printable(text.replace(/^(\s*(?:PASS|ACCT)\s).*$/is, '$1********'));
}

/** The lines of a reply, code in front of each but those that are set in (FEAT, HELP, STAT), which go out as they are. */
export function shownReply(code: number, lines: readonly string[]): readonly string[] {
  const last = lines.length - 1;
  return lines.map((line, index) => {
    const text = printable(line);
    if (index === last) return `${code} ${text}`;
    return index > 0 && text.startsWith(' ') ? text : `${code}-${text}`;
  });
}

/** An address without the prefix of an IPv4 address on an IPv6 socket. */
export function shownAddress(host: string): string {
  return printable(host.replace(/^::ffff:(?=\d+\.)/i, ''));
}

/** Two digits. */
export function two(value: number): string {
  return String(value).padStart(2, '0');
}
