/** The exit codes of the `twinline` command: few, stable, taken from sysexits.h where it has one that fits. */

import { ConfigError, type ErrorCode, ReplyError, TwinlineError } from '../errors/index.ts';
import { ConfigProblems } from './problems.ts';
import { UsageError } from './usage-error.ts';

export const exitCodes = {
  ok: 0,
  different: 1,
  usage: 64,
  protocol: 65,
  refused: 66,
  unavailable: 69,
  internal: 70,
  inputOutput: 74,
  incomplete: 75,
  tls: 76,
  login: 77,
  config: 78,
  timeout: 124,
  interrupted: 130,
} as const;

/** As a shell reports a program that wrote to a closed pipe (SIGPIPE). Nothing competes with it: the process ends at once. */
export const readerGone = 141;

export interface ExitCodeMeaning {
  readonly code: number;
  readonly meaning: string;
}

/** What each code says, for help and manual. */
export const exitCodeMeanings: readonly ExitCodeMeaning[] = [
  { code: exitCodes.ok, meaning: 'all done, and every byte is where it belongs' },
  { code: exitCodes.different, meaning: 'sync-check: the two sides differ' },
  { code: exitCodes.usage, meaning: 'the command line or a URL cannot be understood' },
  { code: exitCodes.protocol, meaning: 'the other side does not speak FTP as it should' },
  { code: exitCodes.refused, meaning: 'the server refused: no such file, no permission, no space there' },
  { code: exitCodes.unavailable, meaning: 'no connection, a port that cannot be opened, or a Node that is too old' },
  { code: exitCodes.internal, meaning: 'an error of Twinline itself' },
  { code: exitCodes.inputOutput, meaning: 'a local file cannot be read or written' },
  { code: exitCodes.incomplete, meaning: 'a connection was lost or bytes are missing; --resume goes on' },
  { code: exitCodes.tls, meaning: 'TLS was refused or failed, or the certificate is not trusted' },
  { code: exitCodes.login, meaning: 'the server refused the login' },
  { code: exitCodes.config, meaning: 'a setting, the configuration file or a certificate cannot be used' },
  { code: exitCodes.timeout, meaning: 'a deadline passed' },
  { code: exitCodes.interrupted, meaning: 'interrupted by Ctrl-C' },
  { code: readerGone, meaning: 'the reader of standard output has gone, as head does; a shell reports SIGPIPE so' },
];

const byErrorCode: { readonly [Code in ErrorCode]?: number } = {
  ERR_TWINLINE_COMMAND_TEXT: exitCodes.usage,
  ERR_TWINLINE_URL: exitCodes.usage,
  ERR_TWINLINE_BAD_REPLY: exitCodes.protocol,
  ERR_TWINLINE_UNEXPECTED_REPLY: exitCodes.protocol,
  ERR_TWINLINE_REPLY_TOO_LONG: exitCodes.protocol,
  ERR_TWINLINE_LISTING_TOO_LONG: exitCodes.protocol,
  ERR_TWINLINE_REFUSED: exitCodes.refused,
  ERR_TWINLINE_NO_MATCH: exitCodes.refused,
  ERR_TWINLINE_NOT_SUPPORTED: exitCodes.refused,
  ERR_TWINLINE_UNSAFE_NAME: exitCodes.protocol,
  ERR_TWINLINE_ARGUMENT: exitCodes.usage,
  ERR_TWINLINE_LISTEN: exitCodes.unavailable,
  ERR_TWINLINE_CONNECT: exitCodes.unavailable,
  ERR_TWINLINE_PROXY: exitCodes.unavailable,
  ERR_TWINLINE_TOPOLOGY: exitCodes.unavailable,
  ERR_TWINLINE_SYSTEM: exitCodes.unavailable,
  ERR_TWINLINE_CONNECTION_CHOICE: exitCodes.unavailable,
  ERR_TWINLINE_CALL_ORDER: exitCodes.internal,
  ERR_TWINLINE_CONTROL_LOST: exitCodes.incomplete,
  ERR_TWINLINE_DATA_LOST: exitCodes.incomplete,
  ERR_TWINLINE_DATA_TRUNCATED: exitCodes.incomplete,
  ERR_TWINLINE_INCOMPLETE: exitCodes.incomplete,
  ERR_TWINLINE_CHANGED: exitCodes.incomplete,
  ERR_TWINLINE_DIGEST: exitCodes.incomplete,
  ERR_TWINLINE_LEFT_OUT: exitCodes.incomplete,
  ERR_TWINLINE_NOT_REMOVED: exitCodes.incomplete,
  ERR_TWINLINE_PLAINTEXT_AFTER_AUTH: exitCodes.tls,
  ERR_TWINLINE_TLS_REFUSED: exitCodes.tls,
  ERR_TWINLINE_TLS_HANDSHAKE: exitCodes.tls,
  ERR_TWINLINE_SESSION_REUSE: exitCodes.tls,
  ERR_TWINLINE_CERTIFICATE: exitCodes.tls,
  ERR_TWINLINE_DATA_CERTIFICATE: exitCodes.tls,
  ERR_TWINLINE_LOGIN_REFUSED: exitCodes.login,
  ERR_TWINLINE_TIMEOUT: exitCodes.timeout,
  ERR_TWINLINE_ABORTED: exitCodes.interrupted,
};

/** Replies that refuse nothing but speak of the lines (RFC 959 section 4.2.2, RFC 4217 section 10). */
const byReplyCode: Readonly<Record<number, number>> = {
  421: exitCodes.incomplete,
  425: exitCodes.incomplete,
  426: exitCodes.incomplete,
  521: exitCodes.tls,
  522: exitCodes.tls,
};

/** The exit code for an error that ends a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof ConfigProblems && error.problems.every((problem) => problem instanceof UsageError)) {
    return exitCodes.usage;
  }
  if (!(error instanceof TwinlineError)) return exitCodes.internal;
  const aboutLine = error instanceof ReplyError ? byReplyCode[error.replyCode] : undefined;
  if (aboutLine !== undefined && error.code === 'ERR_TWINLINE_REFUSED') return aboutLine;
  // "Local error in processing" (451) refuses nothing any more where bytes have been moved.
  const isCut = error instanceof ReplyError && error.replyCode === 451 && (error.transfer?.bytesHere ?? 0) > 0;
  if (isCut) return exitCodes.incomplete;
  return byErrorCode[error.code] ?? (error instanceof ConfigError ? exitCodes.config : exitCodes.inputOutput);
}

/** From the least to the worst: what counts where several things went wrong in one run. */
export const severity: readonly number[] = [
  exitCodes.ok,
  exitCodes.different,
  exitCodes.refused,
  exitCodes.inputOutput,
  exitCodes.protocol,
  exitCodes.incomplete,
  exitCodes.timeout,
  exitCodes.unavailable,
  exitCodes.login,
  exitCodes.tls,
  exitCodes.config,
  exitCodes.usage,
  exitCodes.internal,
  exitCodes.interrupted,
];

export function worstExitCode(first: number, second: number): number {
  return severity.indexOf(second) > severity.indexOf(first) ? second : first;
}
