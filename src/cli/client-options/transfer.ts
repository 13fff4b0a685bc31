/** What the options say of moving a file. */

import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import { text } from './option-values.ts';

/** Options about moving one file. */
export const transferOptions: readonly OptionRecord[] = [
  {
    flags: '--verify',
    description: 'Compare digests (HASH, XSHA256, XMD5, …) when all is moved, and fail where the server has none.',
  },
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

/** What the options say of moving a file. */
export interface TransferSettings {
  readonly resume: boolean;
  readonly verify: boolean;
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
    verify: options['verify'] === true,
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
