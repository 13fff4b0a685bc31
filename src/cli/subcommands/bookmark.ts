/** `twinline bookmark`: URLs with their options under short names. */

import { resolve } from 'node:path';
import { Option } from 'commander';
import { displayUrl, parseFtpUrl } from '../../client/index.ts';
import { ConfigError } from '../../errors/index.ts';
import {
  type Bookmark,
  clientConfigPath,
  parseClientConfig,
  readConfigText,
  requireName,
} from '../bookmarks/client-config.ts';
import {
  type TomlValue,
  withBookmark,
  withoutBookmark,
  withRenamed,
  writeConfigText,
} from '../bookmarks/edit-config.ts';
import { findBookmark } from '../bookmarks/resolve-bookmark.ts';
import { storableOptions } from '../client-options/index.ts';
import { defineSubcommand, type OptionValues } from '../define-subcommand.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Output } from '../output.ts';
import { UsageError } from '../usage-error.ts';

const fileOptions: ReadonlySet<string> = new Set(['cacert', 'cert', 'key', 'password-file', 'netrc-file']);

/** What the command line said of the session, as keys of the file. */
function givenValues(options: OptionValues): Readonly<Record<string, TomlValue>> {
  return Object.fromEntries(
    storableOptions.flatMap(({ flags }): [string, TomlValue][] => {
      const option = new Option(flags);
      const value = options[option.attributeName()];
      const key = option.name();
      if (typeof value === 'boolean' || typeof value === 'string') {
        return [[key, typeof value === 'string' && fileOptions.has(key) ? resolve(value) : value]];
      }
      return typeof value === 'object' ? [[key, value.map(String)]] : [];
    }),
  );
}

/** The options under the names that the file and the command line have for them. */
function asWritten(options: OptionValues): OptionValues {
  return Object.fromEntries(
    storableOptions.flatMap(({ flags }) => {
      const option = new Option(flags);
      const value = options[option.attributeName()];
      return value === undefined ? [] : [[option.name(), value]];
    }),
  );
}

function line({ name, url, options }: Bookmark): string {
  const keys = Object.keys(asWritten(options));
  const words = keys.length === 0 ? '' : `  (${keys.join(', ')})`;
  return `@${name}  ${displayUrl(url)}${words}\n`;
}

interface Edit {
  readonly source: string;
  readonly bookmarks: readonly Bookmark[];
  readonly path: string;
  readonly options: OptionValues;
}

type Change = (names: readonly string[], edit: Edit) => { readonly text: string | undefined; readonly says: string };

function requireFree(bookmarks: readonly Bookmark[], name: string): void {
  requireName(name);
  if (!bookmarks.some((bookmark) => bookmark.name === name)) return;
  const message = `There is a bookmark "${name}" already; twinline bookmark rm ${name} makes room.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

const changes: Readonly<Record<string, Change>> = {
  add: ([name = '', url], { source, bookmarks, options }) => {
    requireFree(bookmarks, name);
    if (url === undefined) throw new UsageError('twinline bookmark add needs a name and a URL.');
    parseFtpUrl(url);
    const text = withBookmark(source, name, { url, ...givenValues(options) });
    return { text, says: `Added @${name}.` };
  },
  rm: ([name = ''], { source, bookmarks }) => {
    findBookmark(bookmarks, name);
    return { text: withoutBookmark(source, name), says: `Removed @${name}.` };
  },
  rename: ([from = '', to], { source, bookmarks }) => {
    if (to === undefined) throw new UsageError('twinline bookmark rename needs the old name and the new one.');
    findBookmark(bookmarks, from);
    requireFree(bookmarks, to);
    return { text: withRenamed(source, from, to), says: `@${from} is @${to} now.` };
  },
};

function list(bookmarks: readonly Bookmark[], namesAlone: boolean, output: Output): void {
  for (const bookmark of bookmarks) output.stdout.write(namesAlone ? `${bookmark.name}\n` : line(bookmark));
}

function show(name: string | undefined, bookmarks: readonly Bookmark[], output: Output): void {
  if (name === undefined) throw new UsageError('twinline bookmark show needs a name.');
  const { url, options } = findBookmark(bookmarks, name);
  output.stdout.write(`${JSON.stringify({ name, url, ...asWritten(options) }, undefined, 2)}\n`);
}

export const bookmark = defineSubcommand({
  name: 'bookmark',
  summary: 'Keep URLs with their options under short names.',
  arguments: [
    {
      notation: '<action>',
      description: 'list, show, add, rm or rename',
      choices: ['list', 'show', 'add', 'rm', 'rename'],
    },
    { notation: '[name]', description: 'the name of the bookmark; not for list' },
    { notation: '[value]', description: 'with add the URL, with rename the new name' },
  ],
  options: [{ flags: '--names', description: 'With list: the names alone, one a line.' }, ...storableOptions],
  examples: [
    {
      line: 'twinline bookmark add work ftpes://files.example.org/in/ -u anna --password-file ~/.work-password',
      says: 'the name, the URL and the options that belong to it',
    },
    { line: 'twinline get @work/report.pdf', says: 'the file behind the URL of the bookmark, with its options' },
    { line: 'twinline bookmark list', says: 'all of them' },
  ],
  notes: [
    'Bookmarks are tables [bookmark.NAME] of $XDG_CONFIG_HOME/twinline/client.toml (by default in ~/.config), with url ' +
      'and the long names of options as keys; the table [defaults] holds options for every URL. What a command line ' +
      'says counts before the bookmark, and that before [defaults].',
    'Passwords are not kept: --password-file and --netrc say where they are.',
  ],
  async run([action = '', ...names], options, output) {
    const change = Object.hasOwn(changes, action) ? changes[action] : undefined;
    if (change === undefined && action !== 'list' && action !== 'show') {
      throw new UsageError(`"${action}" is no action: use list, show, add, rm or rename.`);
    }
    const path = clientConfigPath();
    const source = await readConfigText(path);
    const { bookmarks } = await parseClientConfig(source, storableOptions, path);
    if (change === undefined) {
      if (action === 'list') list(bookmarks, options['names'] === true, output);
      else show(names[0], bookmarks, output);
      return exitCodes.ok;
    }
    if (names[0] === undefined) throw new UsageError(`twinline bookmark ${action} needs a name.`);
    const { text, says } = change(names, { source, bookmarks, path, options });
    if (text === undefined) {
      const message = `@${names[0]} is not a table of its own in "${path}"; change it there.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message);
    }
    await parseClientConfig(text, storableOptions, path);
    await writeConfigText(path, text);
    output.stderr.write(`${says}\n`);
    return exitCodes.ok;
  },
});
