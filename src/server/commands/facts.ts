/** Facts of files that MFMT, MFCT and MFF set (draft-somers-ftp-mfxx): which the storage can set, and how. */

import { parseTimeValue, type Reply, serialiseTimeValue } from '../../protocol/index.ts';
import type { FileOperation } from '../audit.ts';
import { noteChange } from '../file-changes.ts';
import { replies, reply } from '../replies.ts';
import type { Session } from '../session.ts';

/** A fact that can be set. */
export interface SettableFact {
  /** As replies and FEAT write it. */
  readonly name: string;
  /** Whether the storage of this session can set it. */
  readonly available: (session: Session) => boolean;
  /** The value; undefined where the text is none. */
  parse(text: string): number | undefined;
  show(value: number): string;
  set(session: Session, storagePath: string, value: number): Promise<void>;
}

export const modifyFact: SettableFact = {
  name: 'Modify',
  available: () => true,
  parse: parseTimeValue,
  show: serialiseTimeValue,
  set: (session, storagePath, value) => session.storage.setModified(storagePath, value),
};

export const createFact: SettableFact = {
  name: 'Create',
  available: (session) => session.storage.setCreated !== undefined,
  parse: parseTimeValue,
  show: serialiseTimeValue,
  set: async (session, storagePath, value) => session.storage.setCreated?.(storagePath, value),
};

/** Permission bits; those that change who a program runs as are not for clients to set. */
export const modeFact: SettableFact = {
  name: 'UNIX.mode',
  available: (session) => session.storage.setMode !== undefined,
  parse: (text) => (/^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined),
  show: (value) => value.toString(8).padStart(4, '0'),
  set: async (session, storagePath, value) => session.storage.setMode?.(storagePath, value),
};

/** In the order in which they are set: a change of mode must not stand between a user and the time. */
export const settableFacts: readonly SettableFact[] = [createFact, modifyFact, modeFact];

/** `keyword=value;` once or more, one space, a path. */
export interface FactsAndPath {
  /** Values by keyword in lower case. */
  readonly values: ReadonlyMap<string, string>;
  readonly path: string;
}

/** Parses the argument of MFF; undefined where it is not of its syntax or names a fact twice. */
export function parseFactsAndPath(argument: string): FactsAndPath | undefined {
  const [, facts, path] = /^((?:[^\s;=]+=[^\s;]*;)+) (.+)$/s.exec(argument) ?? [];
  if (facts === undefined || path === undefined) return undefined;
  const pairs = facts.slice(0, -1).split(';');
  const values = new Map(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals).toLowerCase(), pair.slice(equals + 1)] as const;
    }),
  );
  return values.size === pairs.length ? { values, path } : undefined;
}

/** Sets facts of what stands under `argument` and answers with all of them, as they are now. */
export async function setFacts(
  session: Session,
  facts: readonly { readonly fact: SettableFact; readonly value: number }[],
  argument: string,
  operation: FileOperation,
): Promise<Reply> {
  const path = session.path(argument);
  noteChange(session, { operation, path });
  // A root that is closed to its users is closed to the one who would open it again.
  if (path === '/' && facts.some(({ fact }) => fact === modeFact)) {
    return reply(550, 'The mode of the root directory cannot be changed');
  }
  for (const { fact, value } of facts) await fact.set(session, path, value);
  return reply(213, `${facts.map(({ fact, value }) => `${fact.name}=${fact.show(value)};`).join('')} ${argument}`);
}

/** An argument `time path`; undefined where it does not begin with a time value. */
export function parseTimeAndPath(argument: string): { readonly timeMs: number; readonly path: string } | undefined {
  const space = argument.indexOf(' ');
  if (space === -1 || space === argument.length - 1) return undefined;
  const timeMs = parseTimeValue(argument.slice(0, space));
  return timeMs === undefined ? undefined : { timeMs, path: argument.slice(space + 1) };
}

/** MFMT and MFCT: one time. */
export function setTime(
  session: Session,
  fact: SettableFact,
  argument: string,
  syntax: string,
): Reply | Promise<Reply> {
  const asked = parseTimeAndPath(argument);
  if (asked === undefined) return replies.badSyntax(`Syntax: ${syntax}`);
  return setFacts(session, [{ fact, value: asked.timeMs }], asked.path, 'set-time');
}
