/** A URL and the options of the session, read into what the client library takes. */

import { type ClientPool, type ConnectOptions, displayUrl, type FtpUrl, parseFtpUrl } from '../../client/index.ts';
import { resolveUrl } from '../bookmarks/resolve-bookmark.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import type { Output } from '../output.ts';
import { pathInShell, type ShellPlace, shellScheme } from '../shell/shell-place.ts';
import { printable } from '../../protocol/index.ts';
import { connectionOptions, readConnection } from './connection.ts';
import { deadlineOptions, readDeadlines, readMaxTimeMs } from './deadlines.ts';
import { loginOptions, readLogin } from './login.ts';
import { readRecovery, recoveryOptions } from './recovery.ts';
import { readTls, tlsOptions } from './tls.ts';
import { isVerbose, readTrace, traceOptions } from './trace.ts';

/** Options without which the same server would not be reached again. */
export const reachOptions: readonly OptionRecord[] = [...loginOptions, ...tlsOptions, ...connectionOptions];

/** Options about the session: login, TLS, the way to the server, time, trace. */
export const sessionOptions: readonly OptionRecord[] = [
  ...reachOptions,
  ...deadlineOptions,
  ...recoveryOptions,
  ...traceOptions,
];

/** What bookmarks and defaults may say. */
export const storableOptions: readonly OptionRecord[] = [
  ...reachOptions,
  ...deadlineOptions,
  ...recoveryOptions,
].filter(({ flags }) => !flags.startsWith('--pass ') && !flags.startsWith('--no-'));

/** A URL and what the options say of the session with its server. */
export interface ClientCall {
  /** Sessions that are open already, in the interactive shell. */
  readonly pool?: ClientPool;
  readonly url: FtpUrl;
  /** The URL, or the bookmark that stands for it, as it may be shown. */
  readonly urlText: string;
  readonly connect: ConnectOptions;
  readonly maxTimeMs: number | undefined;
  readonly verbose: boolean;
}

/** Reads URL and options. Throws `ConfigError` with one sentence that says what to write instead. */
export async function readClientCall(word: string, given: OptionValues, output: Output): Promise<ClientCall> {
  const { shell } = output;
  if (shell !== undefined && word.startsWith(shellScheme)) return callInShell(word, shell, given);
  const { urlText, options } = await resolveUrl(word, given, storableOptions);
  const url = parseFtpUrl(urlText);
  const login = await readLogin(url, options, output);
  return {
    url,
    urlText: displayUrl(word),
    verbose: isVerbose(options),
    maxTimeMs: readMaxTimeMs(options),
    connect: {
      host: url.host,
      security: url.security,
      ...(url.port === undefined ? {} : { port: url.port }),
      ...login,
      tls: await readTls(options, output),
      ...(await readConnection(url, options)),
      deadlines: readDeadlines(options),
      ...readRecovery(options, output),
      ...(await readTrace(options, output)),
    },
  };
}

function callInShell(word: string, shell: ShellPlace, options: OptionValues): ClientCall {
  const { call, pool } = shell;
  const url = targetInShell(word, shell);
  return { ...call, url, urlText: printable(url.path), pool, maxTimeMs: readMaxTimeMs(options) ?? call.maxTimeMs };
}

/** What a word names: a URL, what a bookmark stands for, or in the shell a path of its server. Rejects with `ConfigError`. */
export async function parseTarget(word: string, { shell }: Pick<Output, 'shell'>): Promise<FtpUrl> {
  if (shell !== undefined && word.startsWith(shellScheme)) return targetInShell(word, shell);
  return parseFtpUrl((await resolveUrl(word, {}, storableOptions)).urlText);
}

function targetInShell(word: string, shell: ShellPlace): FtpUrl {
  return { ...shell.call.url, path: pathInShell(word.slice(shellScheme.length), shell) };
}
