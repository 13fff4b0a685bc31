/** The exit codes of the `twinline` command: few, stable, taken from sysexits.h where it has one that fits. */

import { ConfigError, type ErrorCode, TwinlineError } from '../errors/index.ts';
import { UsageError } from './usage-error.ts';

export const exitCodes = {
  ok: 0,
  usage: 64,
  unavailable: 69,
  internal: 70,
  inputOutput: 74,
  config: 78,
} as const;

export interface ExitCodeMeaning {
  readonly code: number;
  readonly meaning: string;
}

/** What each code says, for help and manual. */
export const exitCodeMeanings: readonly ExitCodeMeaning[] = [
  { code: exitCodes.ok, meaning: 'all done' },
  { code: exitCodes.usage, meaning: 'the command line cannot be understood' },
  { code: exitCodes.unavailable, meaning: 'no connection, or a port that cannot be opened' },
  { code: exitCodes.internal, meaning: 'an error of Twinline itself' },
  { code: exitCodes.inputOutput, meaning: 'a file or a transfer failed' },
  { code: exitCodes.config, meaning: 'a setting, the configuration file or a certificate cannot be used' },
];

const byErrorCode: { readonly [Code in ErrorCode]?: number } = {
  ERR_TWINLINE_LISTEN: exitCodes.unavailable,
  ERR_TWINLINE_CONNECT: exitCodes.unavailable,
};

/** The exit code for an error that ends a command. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage;
  if (error instanceof ConfigError) return exitCodes.config;
  if (error instanceof TwinlineError) return byErrorCode[error.code] ?? exitCodes.inputOutput;
  return exitCodes.internal;
}
