/** Reads `[[hook]]`: what to run or to ask when something happens. */

import type { HookOptions } from '../../../console/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import type { GivenValues } from '../given-values.ts';
import { parseDuration, timeForm } from '../quantities.ts';
import type { FieldRecord } from '../setting-record.ts';
import { checkHttpUrl } from './sinks.ts';

/** A hook as it was given; the secret still lies in its file. */
export interface HookSettings extends Omit<HookOptions, 'action'> {
  readonly action:
    | { readonly kind: 'program'; readonly argv: readonly string[] }
    | { readonly kind: 'http'; readonly url: string; readonly secretFile: string | undefined };
}

/** The keys of `[[hook]]`. */
export const hookFields: readonly FieldRecord[] = [
  {
    name: 'on',
    placeholder: 'event',
    description: 'Events, for example upload.complete, login.failed, file.*; all stand in docs/how-to/hooks.md',
    exampleToml: '["upload.complete"]',
    repeatable: true,
  },
  {
    name: 'program',
    placeholder: 'argv',
    description: 'Program and its arguments, without a shell; it gets the record as JSON on standard input',
    exampleToml: '["/usr/local/bin/on-upload", "--quiet"]',
    repeatable: true,
  },
  { name: 'url', placeholder: 'url', description: 'In place of a program: the record goes there by POST' },
  {
    name: 'secret',
    placeholder: 'file',
    description: 'File with the key of the signature in X-Twinline-Signature',
    isPath: true,
  },
  { name: 'timeout', placeholder: 'time', description: 'For one run', defaultText: '10 s' },
  { name: 'concurrency', placeholder: 'count', description: 'Runs at a time; 1 keeps the order', defaultText: '4' },
  {
    name: 'name',
    placeholder: 'name',
    description: 'What it is called in reports and metrics',
    defaultText: 'its number',
  },
];

const maxConcurrency = 64;
const maxTimeoutMs = 3_600_000;
const defaultTimeoutMs = 10_000;

/** The names of events are checked when the hooks are opened, where they are known. */
export function hooksOf(given: GivenSettings): readonly HookSettings[] {
  const hooks = [
    ...given.texts('hook').map((text, index) => hookByOption(given, text, index)),
    ...given.tables('hook').map((table, index) => hookOf(table, given.texts('hook').length + index)),
  ];
  const names = hooks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw given.wrong('hook', `gives the name "${twice}" twice.`);
  return hooks;
}

/** `upload.complete=/usr/local/bin/on-upload` or `login.failed=https://…`. */
function hookByOption(given: GivenSettings, text: string, index: number): HookSettings {
  const [, event, rest] = /^([\w.*-]+)=(.+)$/s.exec(text) ?? [];
  if (event === undefined || rest === undefined) {
    throw given.wrong(
      'hook',
      'takes EVENT=PROGRAM or EVENT=URL, for example upload.complete=/usr/local/bin/on-upload.',
    );
  }
  const common = { name: String(index + 1), on: [event], timeoutMs: defaultTimeoutMs, concurrency: 4 };
  if (!/^https?:/.test(rest)) return { ...common, action: { kind: 'program', argv: [rest] } };
  checkHttpUrl(rest, (words) => given.wrong('hook', words));
  return { ...common, action: { kind: 'http', url: rest, secretFile: undefined } };
}

function hookOf(table: GivenValues, index: number): HookSettings {
  const name = table.text('name') ?? String(index + 1);
  const on = table.texts('on');
  if (!/^[\w.-]{1,64}$/.test(name)) throw table.wrong('name', 'takes up to 64 letters, digits, dots and dashes.');
  if (on.length === 0) throw table.wrong('on', 'is missing: say for which events, for example "upload.complete".');
  return {
    ...{ name, on, action: actionOf(table), timeoutMs: timeoutOf(table) },
    concurrency: wholeNumberOf(table, 'concurrency', 4, maxConcurrency),
  };
}

function actionOf(table: GivenValues): HookSettings['action'] {
  const argv = table.texts('program');
  const url = table.text('url');
  const secretFile = table.text('secret');
  if ((argv.length === 0) === (url === undefined))
    throw table.wrong('program', 'or url must be given, one of the two.');
  if (url === undefined) {
    if (secretFile !== undefined) throw table.wrong('secret', 'is for a url: a program needs none.');
    if (argv[0] === '') throw table.wrong('program', 'must not be empty.');
    return { kind: 'program', argv };
  }
  checkHttpUrl(url, (words) => table.wrong('url', words));
  return { kind: 'http', url, secretFile };
}

function timeoutOf(table: GivenValues): number {
  const text = table.text('timeout');
  if (text === undefined) return defaultTimeoutMs;
  const ms = parseDuration(text, 1000);
  if (ms !== undefined && ms > 0 && ms <= maxTimeoutMs) return ms;
  throw table.wrong('timeout', `takes ${timeForm} of up to an hour; "${text}" is not that.`);
}

function wholeNumberOf(table: GivenValues, name: string, otherwise: number, max: number): number {
  const text = table.text(name) ?? String(otherwise);
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw table.wrong(name, `takes a whole number from 1 to ${max}; "${text}" is not that.`);
}
