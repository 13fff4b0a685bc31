/** What `@NAME/path` stands for: the URL of a bookmark with more behind it, and options below those of the command line. */

import { ConfigError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { suggestion } from '../nearest.ts';
import { type Bookmark, loadClientConfig } from './client-config.ts';

export interface ResolvedUrl {
  readonly urlText: string;
  /** Options of the command line, and below them those of the bookmark and the defaults. */
  readonly options: OptionValues;
}

export async function resolveUrl(
  text: string,
  given: OptionValues,
  records: readonly OptionRecord[],
): Promise<ResolvedUrl> {
  const { defaults, bookmarks } = await loadClientConfig(records);
  if (!text.startsWith('@')) return { urlText: text, options: { ...defaults, ...given } };
  const slash = text.indexOf('/');
  const name = text.slice(1, slash === -1 ? undefined : slash);
  const bookmark = findBookmark(bookmarks, name);
  const urlText = slash === -1 ? bookmark.url : `${bookmark.url.replace(/\/$/, '')}${text.slice(slash)}`;
  return { urlText, options: { ...defaults, ...bookmark.options, ...given } };
}

/** Throws `ConfigError` with the nearest name. */
export function findBookmark(bookmarks: readonly Bookmark[], name: string): Bookmark {
  const found = bookmarks.find((bookmark) => bookmark.name === name);
  if (found !== undefined) return found;
  const hint = suggestion(
    name,
    bookmarks.map((bookmark) => bookmark.name),
  );
  const message = `There is no bookmark "${printable(name)}"${hint || '; twinline bookmark list shows all of them.'}`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}
