/** The configuration of the client: defaults for options, and bookmarks that stand for a URL with its options. */

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { Option } from 'commander';
import { ConfigError, TwinlineError } from '../../errors/index.ts';
import { printable } from '../../protocol/index.ts';
import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { suggestion } from '../nearest.ts';

/** A URL under a name, with options for whoever uses it. */
export interface Bookmark {
  readonly name: string;
  readonly url: string;
  readonly options: OptionValues;
}

export interface ClientConfig {
  readonly defaults: OptionValues;
  readonly bookmarks: readonly Bookmark[];
}

/** Letters, digits, ".", "_" and "-": what needs no quotes anywhere. */
const namePattern = /^[A-Za-z0-9][\w.-]*$/;

/** Secrets do not belong into the file; `--password-file` and `--netrc` say where they are. */
const secretKeys: Readonly<Record<string, string>> = {
  password: 'a password does not belong into this file: use password-file or netrc',
  pass: 'a passphrase does not belong into this file: it is asked for',
};

/** Options whose value is a file; a relative one is looked for beside the configuration. */
const fileKeys: ReadonlySet<string> = new Set(['cacert', 'cert', 'key', 'password-file', 'netrc-file']);

/** `$XDG_CONFIG_HOME/twinline/client.toml`, by default below `~/.config`. */
export function clientConfigPath(): string {
  const configured = process.env['XDG_CONFIG_HOME'];
  const folder = configured === undefined || configured === '' ? join(homedir(), '.config') : configured;
  return join(folder, 'twinline', 'client.toml');
}

/** Throws `ConfigError` for a name that cannot be one. */
export function requireName(name: string): void {
  if (namePattern.test(name)) return;
  const message = `"${printable(name)}" cannot name a bookmark: use letters, digits, ".", "_" and "-".`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

/** The text of the file; empty where there is none. */
export async function readConfigText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return '';
    const message = `The client configuration "${printable(path)}" cannot be read; check its mode.`;
    throw new TwinlineError('ERR_TWINLINE_LOCAL_FILE', message, { cause });
  }
}

/** Reads the file by the records of the options that it may hold. Throws `ConfigError` with file and key. */
export async function loadClientConfig(
  records: readonly OptionRecord[],
  path: string = clientConfigPath(),
): Promise<ClientConfig> {
  return parseClientConfig(await readConfigText(path), records, path);
}

export async function parseClientConfig(
  source: string,
  records: readonly OptionRecord[],
  path: string,
): Promise<ClientConfig> {
  if (source.trim() === '') return { defaults: {}, bookmarks: [] };
  // Most calls have no such file, and pay nothing for its language.
  const { parse, TomlError } = await import('smol-toml');
  try {
    return new Reader(path, records).config(parse(source));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${printable(path)}:${error.line}: ${reason}.`, { cause: error });
  }
}

class Reader {
  readonly #path: string;
  readonly #options: ReadonlyMap<string, Option>;
  readonly #repeatable: ReadonlySet<string>;

  constructor(path: string, records: readonly OptionRecord[]) {
    this.#path = path;
    const options = records.map((record) => ({ record, option: new Option(record.flags) }));
    this.#options = new Map(options.map(({ option }) => [option.long?.slice(2) ?? '', option]));
    this.#repeatable = new Set(options.flatMap(({ record, option }) => (record.repeatable ? [option.name()] : [])));
  }

  config(document: Readonly<Record<string, unknown>>): ClientConfig {
    for (const key of Object.keys(document)) {
      if (key === 'defaults' || key === 'bookmark') continue;
      const hint = suggestion(key, ['defaults', 'bookmark']) || '; write [defaults] or [bookmark.NAME].';
      throw this.#problem(`There is no table "${printable(key)}"${hint}`);
    }
    const tables = this.#table(document['bookmark'] ?? {}, '[bookmark.NAME]');
    return {
      defaults: this.#values(this.#table(document['defaults'] ?? {}, '[defaults]'), 'defaults', []),
      bookmarks: Object.entries(tables).map(([name, table]) => this.#bookmark(name, table)),
    };
  }

  #bookmark(name: string, value: unknown): Bookmark {
    requireName(name);
    const where = `bookmark.${name}`;
    const { url, ...others } = this.#table(value, `[${where}]`);
    if (typeof url !== 'string') throw this.#problem(`[${where}] needs its url, as url = "ftpes://host/folder/".`);
    if (/^(?:[A-Za-z][A-Za-z0-9+.-]*:\/\/)?[^/@]*:[^/]*@/.test(url)) {
      throw this.#problem(
        `${where}.url holds a password, which does not belong into this file: use password-file or netrc.`,
      );
    }
    return { name, url, options: this.#values(others, where, ['url']) };
  }

  #table(value: unknown, form: string): Readonly<Record<string, unknown>> {
    const isTable = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
    if (isTable) return value as Readonly<Record<string, unknown>>;
    throw this.#problem(`${form.replace(/[[\]]/g, '')} must be a table: write ${form} and its keys below.`);
  }

  #values(table: Readonly<Record<string, unknown>>, where: string, further: readonly string[]): OptionValues {
    return Object.fromEntries(Object.entries(table).map(([key, value]) => this.#value(key, value, where, further)));
  }

  #value(key: string, value: unknown, where: string, further: readonly string[]): [string, OptionValues[string]] {
    const place = `${where}.${printable(key)}`;
    const secret = Object.hasOwn(secretKeys, key) ? secretKeys[key] : undefined;
    if (secret !== undefined) throw this.#problem(`${place}: ${secret}.`);
    const option = this.#options.get(key);
    if (option === undefined) {
      const hint = suggestion(key, [...this.#options.keys(), ...further]);
      throw this.#problem(`There is no setting "${printable(key)}" in [${where}]${hint === '' ? '.' : hint}`);
    }
    if (!option.required) {
      if (typeof value === 'boolean') return [option.attributeName(), value];
      throw this.#problem(`${place} must be true or false.`);
    }
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isMany = this.#repeatable.has(key);
    const isRight = parts.every((part) => typeof part === 'string' || typeof part === 'number');
    if (!isRight || (Array.isArray(value) && !isMany)) {
      throw this.#problem(`${place} must be a text${isMany ? ' or an array of texts' : ''}.`);
    }
    const texts = parts.map((part) => (fileKeys.has(key) ? resolve(dirname(this.#path), String(part)) : String(part)));
    if (key === 'user' && texts[0]?.includes(':') === true) {
      throw this.#problem(`${place}: ${secretKeys['password']}.`);
    }
    return [option.attributeName(), isMany ? texts : texts[0]];
  }

  #problem(sentence: string): ConfigError {
    return new ConfigError('ERR_TWINLINE_CONFIG', `${printable(this.#path)}: ${sentence}`);
  }
}
