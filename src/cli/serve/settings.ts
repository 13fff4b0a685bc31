/** Turns what was given into the settings of the server, with defaults; refuses what contradicts itself. */

import { isIPv4 } from 'node:net';
import { resolve } from 'node:path';
import type { PortRange } from '../../net/index.ts';
import { hasControlCharacters } from '../../protocol/index.ts';
import { defaultLimits, type ListenerOptions, type TlsPolicy } from '../../server/index.ts';
import type { Durability } from '../../storage/index.ts';
import {
  type ControlLossPolicy,
  type MemoryUser,
  type MissingCloseNotifyPolicy,
  parsePasswordHash,
  Secret,
} from '../../users/index.ts';
import { type LogFormatName, logFormatNames } from '../log-formats/index.ts';
import { demoUserName } from './data-folder.ts';
import type { GivenSettings } from './given-settings.ts';
import { formatHostPort, parseHostPort } from './listen-address.ts';
import type { SettingName } from './setting-records.ts';

/** Everything that `twinline serve` was told, checked for itself; files and ports are not looked at yet. */
export interface ServeSettings {
  readonly listeners: readonly ListenerOptions[];
  /** Absolute path; undefined: the folder of examples in the data folder. */
  readonly root: string | undefined;
  /** Empty: the demo user. */
  readonly users: readonly MemoryUser[];
  /** Names of users, or of the demo user, who see the server's own numbers. */
  readonly admins: readonly string[];
  /** Absolute path of the user database; undefined: none. */
  readonly usersDb: string | undefined;
  readonly readOnly: boolean;
  readonly tls: TlsPolicy;
  /** Absolute paths; undefined: the self-made pair, unless `tls` is off. */
  readonly certificate: { readonly certFile: string; readonly keyFile: string } | undefined;
  readonly passivePorts: PortRange;
  readonly passiveHost: string | undefined;
  /** Empty: the server's own greeting. */
  readonly welcome: readonly string[];
  readonly durability: Durability;
  readonly onControlLoss: ControlLossPolicy;
  readonly missingCloseNotify: MissingCloseNotifyPolicy;
  /** Age at which an interrupted upload is removed. */
  readonly partMaxAgeMs: number;
  /** Absolute path. */
  readonly dataDir: string;
  readonly logFormat: LogFormatName;
  readonly drainTimeoutMs: number;
}

export const defaultPassivePorts: PortRange = { min: 50_000, max: 50_099 };
const defaultDrainTimeoutSeconds = 30;
/** A day: a time that may last longer is a mistake in the unit. */
const maxSeconds = 86_400;
/** Ten years: who wants more wants no sweep, and would fill the disk with what nobody sees. */
const maxPartAgeDays = 3_650;

/** Throws `UsageError` or `ConfigError` with one sentence for the first thing that is wrong. */
export function resolveSettings(given: GivenSettings): ServeSettings {
  const tls = given.choice('tls', ['required', 'optional', 'off']);
  const users = usersOf(given);
  return {
    listeners: listenersOf(given, tls),
    root: pathOf(given, 'root'),
    users,
    admins: adminsOf(given, users),
    usersDb: usersDbOf(given),
    readOnly: given.isOn('read-only'),
    tls,
    certificate: certificateOf(given, tls),
    passivePorts: passivePortsOf(given),
    passiveHost: passiveHostOf(given),
    welcome: given.texts('welcome').flatMap((text) => text.replace(/\r?\n$/, '').split(/\r?\n/)),
    durability: given.choice('durability', ['fsync', 'rename']),
    onControlLoss: onControlLossOf(given),
    missingCloseNotify: given.choice('missing-close-notify', ['refuse', 'tolerate']),
    partMaxAgeMs: partMaxAgeOf(given),
    dataDir: pathOf(given, 'data-dir') ?? resolve('twinline-data'),
    logFormat: given.choice('log-format', logFormatNames),
    drainTimeoutMs: drainTimeoutOf(given),
  };
}

/** An empty path comes from a variable that is not set, and must not stand for the folder that the server was started in. */
function pathOf(given: GivenSettings, name: SettingName): string | undefined {
  const path = given.text(name);
  if (path === '') throw given.wrong(name, 'must not be empty: leave it out or name a path.');
  return path;
}

function listenersOf(given: GivenSettings, tls: TlsPolicy): readonly ListenerOptions[] {
  if (tls === 'off' && given.has('listen-implicit')) {
    throw given.wrong('listen-implicit', 'needs TLS, which is off: leave one of the two settings out.');
  }
  if (!given.has('listen') && !given.has('listen-implicit')) {
    const explicit = { host: '127.0.0.1', port: 2121, mode: 'explicit' } as const;
    return tls === 'off' ? [explicit] : [explicit, { host: '127.0.0.1', port: 2990, mode: 'implicit' }];
  }
  const listeners = [
    ...listenersFor(given, 'listen', 'explicit'),
    ...listenersFor(given, 'listen-implicit', 'implicit'),
  ];
  if (listeners.length === 0) throw given.wrong('listen', 'must name at least one address.');
  const seen = new Set<string>();
  for (const listener of listeners) {
    const name = formatHostPort(listener);
    const setting = listener.mode === 'explicit' ? 'listen' : 'listen-implicit';
    if (listener.port !== 0 && seen.has(name)) throw given.wrong(setting, `names ${name}, which is given twice.`);
    seen.add(name);
  }
  return listeners;
}

function listenersFor(
  given: GivenSettings,
  setting: 'listen' | 'listen-implicit',
  mode: ListenerOptions['mode'],
): readonly ListenerOptions[] {
  return given.texts(setting).map((text) => {
    const address = parseHostPort(text);
    if (address !== undefined) return { ...address, mode };
    const form = 'takes HOST:PORT, for example 127.0.0.1:2121 or [::1]:2121, with a port up to 65535';
    throw given.wrong(setting, `${form}; "${text}" is not that.`);
  });
}

function usersDbOf(given: GivenSettings): string | undefined {
  if (given.has('users-db') && given.has('user')) {
    throw given.wrong(
      'users-db',
      'and --user exclude each other: add the user to the database with twinline user add.',
    );
  }
  return given.text('users-db');
}

function usersOf(given: GivenSettings): readonly MemoryUser[] {
  const users = new Map<string, MemoryUser>();
  for (const text of given.texts('user')) {
    const colon = text.indexOf(':');
    // The text is not repeated: it may be a password.
    if (colon === -1) throw given.wrong('user', 'takes NAME:PASSWORD; there is no colon in what was given.');
    const name = text.slice(0, colon);
    const password = text.slice(colon + 1);
    if (name === '') throw given.wrong('user', 'takes NAME:PASSWORD; the name before the colon is empty.');
    if (hasControlCharacters(text)) throw given.wrong('user', 'must not hold line ends or other control characters.');
    if (password === '') throw given.wrong('user', `gives "${name}" an empty password: write one behind the colon.`);
    if (users.has(name)) throw given.wrong('user', `gives "${name}" twice: each user needs a name of their own.`);
    users.set(name, { name, password: passwordOf(given, name, password), readOnly: given.isOn('read-only') });
  }
  return [...users.values()];
}

function adminsOf(given: GivenSettings, users: readonly MemoryUser[]): readonly string[] {
  const admins = given.texts('admin');
  const [first] = admins;
  if (first !== undefined && given.has('users-db')) {
    const instead = `use twinline user set ${first} --admin yes`;
    throw given.wrong('admin', `is not for the users of a database: ${instead}.`);
  }
  const names = users.length === 0 ? [demoUserName] : users.map(({ name }) => name);
  const stranger = admins.find((name) => !names.includes(name));
  if (stranger === undefined) return admins;
  throw given.wrong('admin', `names "${stranger}", who is not among the users: ${names.join(', ')}.`);
}

/** A hash stays as it is; everything else is the password itself. */
function passwordOf(given: GivenSettings, name: string, text: string): MemoryUser['password'] {
  if (!text.startsWith('$argon2')) return new Secret(text);
  try {
    parsePasswordHash(text);
  } catch (error) {
    throw given.wrong('user', `gives "${name}" a hash that cannot be used: ${(error as Error).message}`);
  }
  return text;
}

function certificateOf(given: GivenSettings, tls: TlsPolicy): ServeSettings['certificate'] {
  const certFile = pathOf(given, 'cert');
  const keyFile = pathOf(given, 'key');
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined) throw given.wrong('key', 'needs the certificate too: give it with --cert FILE.');
  if (keyFile === undefined) throw given.wrong('cert', 'needs its private key too: give it with --key FILE.');
  if (tls === 'off') throw given.wrong('cert', 'is of no use while TLS is off: leave one of the two settings out.');
  return { certFile, keyFile };
}

function passivePortsOf(given: GivenSettings): PortRange {
  const text = given.text('passive-ports');
  if (text === undefined) return defaultPassivePorts;
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(text);
  if (match === null) {
    throw given.wrong('passive-ports', `takes MIN-MAX, for example 50000-50099; "${text}" is not that.`);
  }
  const [min, max] = [Number(match[1]), Number(match[2])];
  if (min < 1 || max > 65_535) {
    throw given.wrong('passive-ports', `must lie between 1 and 65535; "${text}" does not.`);
  }
  if (min > max) throw given.wrong('passive-ports', `begins with the lower port: write ${max}-${min}.`);
  return { min, max };
}

function passiveHostOf(given: GivenSettings): string | undefined {
  const text = given.text('passive-host');
  if (text === undefined || isIPv4(text)) return text;
  throw given.wrong(
    'passive-host',
    `takes an IPv4 address, the only kind that PASV can announce; "${text}" is not one.`,
  );
}

function onControlLossOf(given: GivenSettings): ControlLossPolicy {
  const text = given.text('on-control-loss') ?? 'abort';
  if (text === 'abort' || text === 'finish') return text;
  const graceMs = millisecondsOf(/^grace[: ](.*)$/.exec(text)?.[1] ?? '');
  if (graceMs !== undefined) return { graceMs };
  const form = `must be abort, finish or grace:SECONDS with up to ${maxSeconds} seconds`;
  throw given.wrong('on-control-loss', `${form}, not "${text}".`);
}

function partMaxAgeOf(given: GivenSettings): number {
  const text = given.text('part-max-age');
  if (text === undefined) return defaultLimits.partialMaxAgeMs;
  const days = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  if (days <= maxPartAgeDays) return Math.round(days * 86_400_000);
  throw given.wrong('part-max-age', `takes days from 0 to ${maxPartAgeDays}; "${text}" is not that.`);
}

function drainTimeoutOf(given: GivenSettings): number {
  const text = given.text('drain-timeout');
  if (text === undefined) return defaultDrainTimeoutSeconds * 1000;
  const timeoutMs = millisecondsOf(text);
  if (timeoutMs !== undefined) return timeoutMs;
  throw given.wrong('drain-timeout', `takes seconds from 0 to ${maxSeconds}; "${text}" is not that.`);
}

/** Seconds, whole or with up to three decimals, as milliseconds; undefined when the text is not that or too much. */
function millisecondsOf(text: string): number | undefined {
  const seconds = /^\d{1,6}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return seconds <= maxSeconds ? Math.round(seconds * 1000) : undefined;
}
