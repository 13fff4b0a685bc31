/** The limits of the server as keys of `[limits]`: unit, range and a word on each. */

import { defaultLimits, type ServerLimits } from '../../server/index.ts';
import { Problems } from '../problems.ts';
import { formatByteSize, formatDuration, parseByteSize, parseDuration, sizeForm, timeForm } from './quantities.ts';
import type { GivenValues } from './given-values.ts';
import type { FieldRecord } from './setting-record.ts';

interface LimitRecord {
  readonly kind: 'time' | 'size' | 'count';
  /** In the unit of the limit itself: milliseconds, bytes, or a count. */
  readonly min: number;
  readonly max: number;
  readonly description: string;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `partialMaxAgeMs` is the setting `part-max-age`. */
type LimitName = Exclude<keyof ServerLimits, 'partialMaxAgeMs'>;

/** Every limit of the server; `docs/limits.md` has the reasons. */
const limitRecords: Readonly<Record<LimitName, LimitRecord>> = {
  tlsHandshakeMs: { kind: 'time', min: 100, max: hour, description: 'A TLS handshake, on either line' },
  loginMs: { kind: 'time', min: second, max: day, description: 'From the connection to a complete login' },
  idleMs: {
    kind: 'time',
    min: second,
    max: 7 * day,
    description: 'A session without a command and without a transfer; RFC 1123 asks for 5 min at least',
  },
  dataConnectMs: {
    kind: 'time',
    min: 100,
    max: hour,
    description: 'A data port that nobody comes to, or that cannot be reached',
  },
  stallMs: { kind: 'time', min: 100, max: day, description: 'A data line on which no byte moves' },
  closedWindowMs: {
    kind: 'time',
    min: 100,
    max: day,
    description: 'A client that reads nothing of a download while its machine answers; as stall where only that is set',
  },
  dataCloseMs: {
    kind: 'time',
    min: 0,
    max: minute,
    description: "The wait for the client's end of a download that is through",
  },
  proxyHeaderMs: { kind: 'time', min: 100, max: minute, description: 'The PROXY protocol header of a trusted proxy' },
  maxSessions: { kind: 'count', min: 1, max: 1_000_000, description: 'Sessions at once' },
  maxSessionsPerAddress: {
    kind: 'count',
    min: 1,
    max: 1_000_000,
    description: 'The same for one IPv4 address or IPv6 network',
  },
  maxUnauthenticated: {
    kind: 'count',
    min: 1,
    max: 1_000_000,
    description: 'Sessions that are not logged in; beyond it the oldest goes',
  },
  maxUnauthenticatedPerAddress: { kind: 'count', min: 1, max: 1_000_000, description: 'The same for one address' },
  maxHandshakes: {
    kind: 'count',
    min: 1,
    max: 1_000_000,
    description: 'TLS handshakes of control lines under way; beyond it the oldest goes',
  },
  ipv6PrefixBits: { kind: 'count', min: 16, max: 128, description: 'Bits of an IPv6 address that make one client' },
  maxLineBytes: { kind: 'size', min: 512, max: 1_048_576, description: 'A command with its line end' },
  maxUnreadReplyBytes: {
    kind: 'size',
    min: 4096,
    max: 2 ** 30,
    description: 'Replies that a client leaves unread before its session ends',
  },
  badCommandsBeforeLogin: { kind: 'count', min: 1, max: 1_000_000, description: 'Unknown commands before login' },
  tooLongLines: { kind: 'count', min: 1, max: 1_000_000, description: 'Too long commands in a row' },
  failedLogins: { kind: 'count', min: 1, max: 1_000_000, description: 'Refused passwords in one session' },
  loginDelayMs: { kind: 'time', min: 0, max: minute, description: 'The pause before a refused login is answered' },
  maxLoginDelayMs: {
    kind: 'time',
    min: 0,
    max: minute,
    description: 'The longest pause of a login, however many failed',
  },
  banAfter: {
    kind: 'count',
    min: 0,
    max: 1_000_000,
    description: 'Points that ban an address: 1 for a refused login, 2 for a session of bad commands; 0 for no bans',
  },
  banWindowMs: { kind: 'time', min: second, max: 7 * day, description: 'The time within which points count together' },
  banMs: { kind: 'time', min: second, max: 3650 * day, description: 'How long an address is banned' },
  sweepEveryMs: {
    kind: 'time',
    min: second,
    max: 24 * day,
    description: 'Between two sweeps of old interrupted uploads; a change counts at the next start',
  },
  startSweepMs: { kind: 'time', min: 0, max: hour, description: 'How long the start waits for its first sweep' },
};

const names = Object.keys(limitRecords) as readonly LimitName[];

/** `idleMs` is `idle` in the file: the unit stands with the value there. */
export function limitKey(name: keyof ServerLimits): string {
  const withoutUnit = name.replace(/(?:Ms|Bytes)$/, '');
  return withoutUnit.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The limit's value as the file has it. */
export function formatLimit(name: LimitName, value: number): string {
  const { kind } = limitRecords[name];
  if (kind === 'count') return String(value);
  return kind === 'time' ? formatDuration(value) : formatByteSize(value);
}

/** The fields of `[limits]`. */
export const limitFields: readonly FieldRecord[] = names.map((name) => {
  const { kind, description } = limitRecords[name];
  const value = formatLimit(name, defaultLimits[name]);
  return {
    name: limitKey(name),
    placeholder: kind,
    description,
    defaultText: value,
    exampleToml: kind === 'count' ? value : `"${value}"`,
  };
});

/** The limits that were given, and only these. Throws the errors of `given` for those that cannot be. */
export function limitsOf(given: GivenValues): Partial<ServerLimits> {
  const problems = new Problems();
  const limits: Partial<Record<LimitName, number>> = {};
  for (const name of names) {
    const text = given.text(limitKey(name));
    const value = text === undefined ? undefined : problems.attempt(() => limitOf(given, name, text));
    if (value !== undefined) limits[name] = value;
  }
  problems.throwIfAny();
  return limits;
}

function limitOf(given: GivenValues, name: LimitName, text: string): number {
  const { kind, min, max } = limitRecords[name];
  const value = parsersByKind[kind](text);
  if (value === undefined) throw given.wrong(limitKey(name), `takes ${forms[kind]}; "${text}" is not that.`);
  if (value >= min && value <= max) return value;
  const range = `${formatLimit(name, min)} to ${formatLimit(name, max)}`;
  throw given.wrong(limitKey(name), `must be ${range}; "${text}" is not.`);
}

const forms = { time: timeForm, size: sizeForm, count: 'a whole number' } as const;

const parsersByKind: Readonly<Record<LimitRecord['kind'], (text: string) => number | undefined>> = {
  time: (text) => parseDuration(text, second),
  size: parseByteSize,
  count: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
};
