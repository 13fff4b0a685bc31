/** The two words of `mirror` and `sync-check`: one URL and one folder, in the order of from and to; and the options about both. */

import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { MirrorDirection, MirrorFilter } from '../../client/index.ts';
import type { ClientCall } from '../client-options/index.ts';
import { text, transferOptions } from '../client-options/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { isOnServer } from '../shell/shell-place.ts';
import { stateFolder } from '../state-folder.ts';
import { UsageError } from '../usage-error.ts';

export interface TwoSides {
  readonly direction: MirrorDirection;
  readonly url: string;
  /** As it was given. */
  readonly localDir: string;
}

/** Throws `UsageError` unless exactly one of the words is a URL. */
export function readTwoSides(name: string, words: readonly string[]): TwoSides {
  const [from = '', to = ''] = words;
  const [fromUrl, toUrl] = [isOnServer(from), isOnServer(to)];
  if (from === '' || to === '' || fromUrl === toUrl) {
    const what = fromUrl && toUrl ? 'two URLs' : 'no URL';
    throw new UsageError(
      `${name} needs one URL and one folder, and was given ${what}: twinline ${name} ftpes://host/dir/ ./dir, or the other way.`,
    );
  }
  return fromUrl ? { direction: 'down', url: from, localDir: to } : { direction: 'up', url: to, localDir: from };
}

/** The folder that a URL names, for a fresh session; a slash at its end says nothing. */
export function remoteDirOf({ url }: ClientCall): string {
  return url.path.replace(/(?<=.)\/+$/, '');
}

/** Options of both commands. */
export const twoSidesOptions: readonly OptionRecord[] = [
  {
    flags: '-P, --parallel <count>',
    description: 'Work with this many sessions, or as many as the server lets in.',
    defaultText: '4',
  },
  {
    flags: '--include <pattern>',
    description: 'Take what matches; the first --include or --exclude that matches counts.',
    repeatable: true,
    orderedAs: 'filters',
  },
  {
    flags: '--exclude <pattern>',
    description:
      'Leave out what matches: *.tmp in any folder, /top or a/b from the top, cache/ for folders, ** for any depth.',
    repeatable: true,
    orderedAs: 'filters',
  },
  {
    flags: '--checksum',
    description: 'Compare files of equal size by a checksum of the server (HASH, XSHA256, …) in place of their times.',
  },
];

/** `--limit-rate` and `--retry`, with the meaning that they have for one file. */
export const sharedTransferOptions = transferOptions.filter(({ flags }) => /^--(?:limit-rate|retry) /.test(flags));

export const patternNote =
  'A pattern with a slash in front or in the middle counts from the top, another one is a name in any folder. * ? and […] stay ' +
  'within a name, ** stands for any number of folders, and a slash at the end means folders only. What no pattern matches ' +
  'is taken, unless there are only --include: then only files that match are taken.';

export interface TwoSidesSettings {
  readonly parallel: number;
  readonly filters: readonly MirrorFilter[];
  readonly checksum: boolean;
}

export function readTwoSidesSettings(options: OptionValues): TwoSidesSettings {
  const parallel = text(options, 'parallel') ?? '4';
  if (!/^\d{1,2}$/.test(parallel) || Number(parallel) < 1 || Number(parallel) > 64) {
    throw new UsageError(`--parallel takes a number of sessions from 1 to 64, not "${parallel}".`);
  }
  const ordered = options['filters'];
  const filters = Array.isArray(ordered) ? ordered.map(readFilter) : [];
  return { parallel: Number(parallel), filters, checksum: options['checksum'] === true };
}

function readFilter(word: string): MirrorFilter {
  const space = word.indexOf(' ');
  return { kind: word.startsWith('include') ? 'include' : 'exclude', pattern: word.slice(space + 1) };
}

/** The journal of a mirror: one file for each pair of folders. */
export function journalPathOf({ direction, localDir }: TwoSides, { connect, url }: ClientCall): string {
  const { host, port, user = 'anonymous', security } = connect;
  const key = JSON.stringify([direction, host, port ?? null, user, security, url.path, resolve(localDir)]);
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return join(stateFolder(), 'mirror', `${hash}.jsonl`);
}
