/** The options that `get`, `put` and `ls` share, read into what the client library takes. */

import { readFile } from 'node:fs/promises';
import type { SecureVersion } from 'node:tls';
import {
  type ClientTlsOptions,
  type ConnectOptions,
  type Deadlines,
  defaultDeadlines,
  displayUrl,
  type FtpUrl,
  parseFtpUrl,
} from '../client/index.ts';
import { ConfigError, TwinlineError } from '../errors/index.ts';
import { askPassword } from './ask-password.ts';
import type { OptionRecord, OptionValues } from './define-subcommand.ts';
import { dialoguePrinter } from './dialogue.ts';
import type { Output } from './output.ts';
import { UsageError } from './usage-error.ts';

/** Options about the session: login, TLS, time, trace. */
export const sessionOptions: readonly OptionRecord[] = [
  { flags: '-u, --user <name[:password]>', description: 'Log in as this user; anonymous without it.' },
  { flags: '-k, --insecure', description: 'Accept any certificate.' },
  { flags: '--cacert <file>', description: 'Trust the authorities in this PEM file, and no others.' },
  { flags: '--tlsv1.2', description: 'Speak TLS 1.2 or newer.', defaultText: 'so' },
  { flags: '--tlsv1.3', description: 'Speak TLS 1.3 or newer.' },
  { flags: '--tls-max <version>', description: 'Speak no newer TLS than 1.2 or 1.3.' },
  {
    flags: '--connect-timeout <seconds>',
    description: 'Give up on a connection, a TLS handshake or a reply of the login after this time.',
    defaultText: '15, replies 30',
  },
  {
    flags: '--timeout <seconds>',
    description: 'Give up when no byte moves, no reply comes or no TLS handshake ends for this time.',
    defaultText: '60, replies 30, handshakes 15',
  },
  { flags: '--max-time <seconds>', description: 'Give up after this time, whatever happens.' },
  { flags: '-v, --verbose', description: 'Show the dialogue on the control line and TLS on both lines.' },
];

/** Options about moving one file. */
export const transferOptions: readonly OptionRecord[] = [
  {
    flags: '--limit-rate <bytes>',
    description: 'Move no more bytes per second than this; 10K, 2M and 1G are understood.',
  },
  { flags: '--resume', description: 'Go on where an earlier attempt ended.' },
  { flags: '-C, --continue-at <offset>', description: 'With "-" the same as --resume.' },
  {
    flags: '--retry <count>',
    description: 'Connect again and go on this many times when a line is lost.',
    defaultText: '5',
  },
];

/** What every subcommand of the client says about passwords. */
export const passwordNote =
  'The password comes from --user, from the URL, from the environment variable TWINLINE_PASSWORD, or is asked for on the ' +
  'terminal. A process list shows the first two.';

/** A URL and what the options say of the session with its server. */
export interface ClientCall {
  readonly url: FtpUrl;
  /** The URL as it may be shown. */
  readonly urlText: string;
  readonly connect: ConnectOptions;
  readonly maxTimeMs: number | undefined;
  readonly verbose: boolean;
}

/** Reads URL and options. Throws `ConfigError` with one sentence that says what to write instead. */
export async function readClientCall(urlText: string, options: OptionValues, output: Output): Promise<ClientCall> {
  const url = parseFtpUrl(urlText);
  const verbose = options['verbose'] === true;
  const login = await readLogin(url, text(options, 'user'), output);
  const connectMs = milliseconds(options, 'connectTimeout', '--connect-timeout');
  const idleMs = milliseconds(options, 'timeout', '--timeout');
  return {
    url,
    urlText: displayUrl(urlText),
    verbose,
    maxTimeMs: milliseconds(options, 'maxTime', '--max-time'),
    connect: {
      host: url.host,
      security: url.security,
      ...(url.port === undefined ? {} : { port: url.port }),
      ...login,
      tls: await readTls(options),
      deadlines: deadlinesFor(connectMs, idleMs),
      ...(verbose ? { onTrace: dialoguePrinter(output) } : {}),
    },
  };
}

/** What the two options bound. `--timeout` shortens the other deadlines too; longer than by default they never become by it. */
function deadlinesFor(connectMs: number | undefined, idleMs: number | undefined): Partial<Deadlines> {
  const defaults = defaultDeadlines;
  const bounded = (ownMs: number): number => Math.min(ownMs, idleMs ?? ownMs);
  return {
    connectMs: connectMs ?? bounded(defaults.connectMs),
    dataConnectMs: connectMs ?? bounded(defaults.dataConnectMs),
    tlsMs: bounded(connectMs ?? defaults.tlsMs),
    openReplyMs: bounded(connectMs ?? idleMs ?? defaults.openReplyMs),
    replyMs: idleMs ?? defaults.replyMs,
    silentPortMs: bounded(Math.min(defaults.silentPortMs, connectMs ?? defaults.silentPortMs)),
    stallMs: idleMs ?? defaults.stallMs,
    finalReplyMs: idleMs ?? defaults.finalReplyMs,
    abortMs: bounded(defaults.abortMs),
    quitMs: bounded(defaults.quitMs),
  };
}

async function readLogin(
  url: FtpUrl,
  given: string | undefined,
  output: Output,
): Promise<{ user?: string; password?: string }> {
  const colon = given?.indexOf(':') ?? -1;
  const user = given === undefined ? url.user : colon === -1 ? given : given.slice(0, colon);
  if (user === undefined) return {};
  if (user === '') throw new UsageError('The user name is empty; write --user NAME or --user NAME:PASSWORD.');
  const fromOption = colon === -1 ? undefined : given?.slice(colon + 1);
  const password =
    fromOption ?? url.password ?? process.env['TWINLINE_PASSWORD'] ?? (await askPassword(user, url.host, output));
  if (password !== undefined) return { user, password };
  throw new UsageError(`No password for "${user}": write --user ${user}:PASSWORD or set TWINLINE_PASSWORD.`);
}

async function readTls(options: OptionValues): Promise<ClientTlsOptions> {
  const caFile = text(options, 'cacert');
  const maxVersion = tlsVersion(text(options, 'tlsMax'));
  const minVersion = options['tlsv1.3'] === true ? 'TLSv1.3' : options['tlsv1.2'] === true ? 'TLSv1.2' : undefined;
  if (minVersion === 'TLSv1.3' && maxVersion === 'TLSv1.2') {
    throw new UsageError('--tlsv1.3 and --tls-max 1.2 leave no version of TLS; leave one of them out.');
  }
  return {
    ...(options['insecure'] === true ? { insecure: true } : {}),
    ...(caFile === undefined ? {} : { caPem: await readCaFile(caFile) }),
    ...(minVersion === undefined ? {} : { minVersion }),
    ...(maxVersion === undefined ? {} : { maxVersion }),
  };
}

function tlsVersion(value: string | undefined): SecureVersion | undefined {
  if (value === undefined) return undefined;
  if (value === '1.2') return 'TLSv1.2';
  if (value === '1.3') return 'TLSv1.3';
  throw new UsageError(`--tls-max takes 1.2 or 1.3, not "${value}".`);
}

async function readCaFile(path: string): Promise<string> {
  let pem: string;
  try {
    pem = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `The CA file "${path}" cannot be read; check the path and its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new ConfigError('ERR_TWINLINE_CONFIG', `The CA file "${path}" holds no certificate in PEM form.`);
}

/** The value of an option that takes one; undefined when it was not given. */
export function text(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

function milliseconds(options: OptionValues, name: string, flag: string): number | undefined {
  const value = text(options, name);
  if (value === undefined) return undefined;
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : 0;
  if (seconds <= 0 || seconds > 2_000_000) throw new UsageError(`${flag} takes a number of seconds, not "${value}".`);
  return Math.ceil(seconds * 1000);
}

/** What the options say of moving a file. */
export interface TransferSettings {
  readonly resume: boolean;
  readonly rateLimit?: number;
  readonly retry?: { readonly tries: number };
}

export function readTransferSettings(options: OptionValues): TransferSettings {
  const continueAt = text(options, 'continueAt');
  if (continueAt !== undefined && continueAt !== '-') {
    throw new UsageError('-C takes "-" only: where to go on is found out from what has arrived.');
  }
  const limit = text(options, 'limitRate');
  const tries = text(options, 'retry');
  if (tries !== undefined && !/^\d{1,6}$/.test(tries))
    throw new UsageError(`--retry takes a number from 0 to 999999, not "${tries}".`);
  return {
    resume: options['resume'] === true || continueAt === '-',
    ...(limit === undefined ? {} : { rateLimit: parseByteCount(limit) }),
    ...(tries === undefined ? {} : { retry: { tries: Number(tries) } }),
  };
}

const units: Readonly<Record<string, number>> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 };

/** `10K` is 10,240, as curl has it. */
function parseByteCount(value: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(value);
  const bytes = Math.floor(Number(match?.[1] ?? 0) * (units[(match?.[2] ?? '').toUpperCase()] ?? 0));
  if (bytes < 1) throw new UsageError(`--limit-rate takes a number of bytes such as 10K or 2M, not "${value}".`);
  return bytes;
}
