/** What a client can know of a server from earlier sessions: each fact with the values it may have and how long it is believed. */

/** Every fact may be missing, which means that it is not known. Nothing here is secret. */
export interface ServerKnowledge {
  /** What opens data connections. */
  readonly passive?: 'EPSV' | 'PASV';
  /** Why PASV, in words for the trace. */
  readonly passiveReason?: string;
  /** MLSD works, or is listed by FEAT and refused. */
  readonly mlsd?: 'works' | 'absent';
  /** Data lines resume the TLS session of the control line, or the server refuses to. */
  readonly sessionReuse?: 'works' | 'absent';
  /** The server's data lines work with TLS 1.2 and not with 1.3. */
  readonly maxTls?: 'TLSv1.2';
  /** What becomes of NOOP in the middle of a transfer. */
  readonly noop?: 'at-once' | 'deferred' | 'refused' | 'silent';
  /** The digest to ask for, as the HASH draft names it. */
  readonly hash?: string;
  /** The dialect of LIST, as the parser names it. */
  readonly dialect?: string;
  /** What goes on with an upload: REST before STOR, or APPE where that is refused. */
  readonly uploadResume?: 'REST' | 'APPE';
  /** Sessions that the server has been found to allow. */
  readonly maxSessions?: number;
}

export type FactName = keyof ServerKnowledge;

const dayMs = 24 * 60 * 60 * 1000;
/** How long a fact is believed. */
const lifetimeMs = 30 * dayMs;
/** A way round something that did not work is a loss where it works again, so it is tried anew after a week. */
const fallbackLifetimeMs = 7 * dayMs;

const maxTextLength = 200;
const isText = (value: unknown): boolean =>
  typeof value === 'string' && value.length > 0 && value.length <= maxTextLength && !/\p{Cc}/u.test(value);
const oneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);

interface FactKind {
  readonly isValue: (value: unknown) => boolean;
  readonly lifetimeMs: number;
}

/** Every fact; what is not here, or has another value, is not taken from a file. */
const factKinds: Readonly<Record<FactName, FactKind>> = {
  passive: { isValue: oneOf('EPSV', 'PASV'), lifetimeMs: fallbackLifetimeMs },
  passiveReason: { isValue: isText, lifetimeMs: fallbackLifetimeMs },
  mlsd: { isValue: oneOf('works', 'absent'), lifetimeMs },
  sessionReuse: { isValue: oneOf('works', 'absent'), lifetimeMs },
  maxTls: { isValue: oneOf('TLSv1.2'), lifetimeMs: fallbackLifetimeMs },
  noop: { isValue: oneOf('at-once', 'deferred', 'refused', 'silent'), lifetimeMs },
  hash: { isValue: isText, lifetimeMs },
  dialect: { isValue: isText, lifetimeMs },
  uploadResume: { isValue: oneOf('REST', 'APPE'), lifetimeMs: fallbackLifetimeMs },
  maxSessions: {
    isValue: (value) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 10_000,
    lifetimeMs: dayMs,
  },
};

export const factNames = Object.keys(factKinds) as readonly FactName[];

/** A fact as it is kept: the value, and when it was learned (milliseconds since 1970 UTC). */
export interface KeptFact {
  readonly value: string | number;
  readonly learnedMs: number;
}

/** `value` is one that this fact may have. */
export function isFactValue(name: FactName, value: unknown): value is string | number {
  return factKinds[name].isValue(value);
}

/** The fact is still to be believed. One from the future stems from a clock that was wrong. */
export function isFresh(name: FactName, { learnedMs }: KeptFact, nowMs: number): boolean {
  return nowMs - learnedMs < factKinds[name].lifetimeMs && learnedMs <= nowMs + dayMs;
}

/** Facts that differ from those known or have lost half of their time: the others need no writing. */
export function isWorthKeeping(name: FactName, known: KeptFact | undefined, value: unknown, nowMs: number): boolean {
  return known === undefined || known.value !== value || nowMs - known.learnedMs > factKinds[name].lifetimeMs / 2;
}
