/** Reads where users are looked up beside the configuration: hooks and anonymous users. */

import { type AnonymousOptions, createAnonymousUserStore } from '../../../users/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { GivenValues } from '../given-values.ts';
import { parseDuration } from '../quantities.ts';

/** A hook that is a program. */
export interface ProgramHook {
  readonly command: readonly string[];
  readonly timeoutMs?: number;
  readonly maxCalls?: number;
}

/** A hook over HTTP; files are not read yet. */
export interface HttpHook {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Absolute path. */
  readonly secretFile: string | undefined;
  readonly secretEnv: string | undefined;
  /** Absolute path. */
  readonly caFile: string | undefined;
  readonly timeoutMs?: number;
  readonly maxCalls?: number;
}

/** A login may take half a minute, and a hook has to leave time for the rest. */
const maxHookTimeoutMs = 25_000;
const maxHookCalls = 1_000;

function timeoutOf(table: GivenValues): { readonly timeoutMs?: number } {
  const text = table.text('timeout');
  if (text === undefined) return {};
  const timeoutMs = parseDuration(text, 1000) ?? 0;
  if (timeoutMs >= 1 && timeoutMs <= maxHookTimeoutMs) return { timeoutMs };
  throw table.wrong('timeout', `takes seconds up to ${maxHookTimeoutMs / 1000}; "${text}" is not that.`);
}

function maxCallsOf(table: GivenValues): { readonly maxCalls?: number } {
  const text = table.text('max-calls');
  if (text === undefined) return {};
  const maxCalls = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (maxCalls >= 1 && maxCalls <= maxHookCalls) return { maxCalls };
  throw table.wrong('max-calls', `takes a number from 1 to ${maxHookCalls}; "${text}" is not that.`);
}

export function programHookOf(given: GivenSettings): ProgramHook | undefined {
  if (!given.has('users-program')) return undefined;
  if (given.has('users-http'))
    throw given.wrong('users-program', 'and users-http exclude each other: choose one of them.');
  const table = given.table('users-program');
  const command = table.texts('command');
  if (!command[0]?.startsWith('/')) {
    throw table.wrong('command', 'must begin with the absolute path of a program, such as /usr/local/bin/ftp-login.');
  }
  return { command, ...timeoutOf(table), ...maxCallsOf(table) };
}

export function httpHookOf(given: GivenSettings): HttpHook | undefined {
  if (!given.has('users-http')) return undefined;
  const table = given.table('users-http');
  const url = table.text('url') ?? '';
  // The text is not repeated: it may hold a secret.
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw table.wrong('url', 'must be a URL of https:// or http://, such as https://auth.example.org/ftp.');
  }
  const [secretFile, secretEnv] = [table.text('secret-file'), table.text('secret-env')];
  if (secretFile !== undefined && secretEnv !== undefined) {
    throw table.wrong('secret-env', 'and secret-file exclude each other: choose one of them.');
  }
  const caFile = table.text('ca');
  return { url, headers: headersOf(table), secretFile, secretEnv, caFile, ...timeoutOf(table), ...maxCallsOf(table) };
}

function headersOf(table: GivenValues): Readonly<Record<string, string>> {
  const headers = table.texts('header').map((text) => {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw table.wrong('header', 'takes NAME:VALUE, such as "X-Realm: ftp".');
    return [name, value] as const;
  });
  return Object.fromEntries(headers);
}

/** Undefined: nobody logs in without a password. */
export function anonymousOf(given: GivenSettings): AnonymousOptions | undefined {
  const stray = (['anonymous-home', 'anonymous-upload'] as const).find((name) => given.has(name));
  if (!given.isOn('anonymous')) {
    if (stray === undefined) return undefined;
    throw given.wrong(stray, 'has no meaning without --anonymous: give both, or leave it out.');
  }
  const [home, uploadFolder] = [given.text('anonymous-home'), given.text('anonymous-upload')];
  const options = { ...(home === undefined ? {} : { home }), ...(uploadFolder === undefined ? {} : { uploadFolder }) };
  try {
    createAnonymousUserStore(options);
  } catch (error) {
    throw given.wrong(stray ?? 'anonymous', `cannot be used: ${(error as Error).message}`);
  }
  if (uploadFolder !== undefined && given.isOn('read-only')) {
    throw given.wrong('anonymous-upload', 'contradicts --read-only: leave one of them out.');
  }
  return options;
}
