/** Reads the configuration file: TOML whose keys are the settings' names; what is wrong is named with file, line and key. */

import { dirname, resolve } from 'node:path';
import { ConfigError, type TwinlineError } from '../../errors/index.ts';
import { suggestion } from '../nearest.ts';
import type { FileTable, FileValue } from './given-values.ts';
import { readSmallFile } from './read-small-file.ts';
import { type FieldRecord, resolveGiven, type SettingRecord } from './setting-record.ts';
import { fileRecords } from './setting-records.ts';
import { type KeyPath, TomlLines } from './toml-lines.ts';

/** What a file says, and what of it cannot be: the settings are those that can. */
export interface ConfigFile {
  readonly settings: ReadonlyMap<string, FileValue>;
  readonly problems: readonly TwinlineError[];
}

/** Reads the file. Throws `ConfigError` when it cannot be read or is not TOML. */
export async function readConfigFile(path: string): Promise<ConfigFile> {
  const source = await readSmallFile(path, 'The configuration file');
  const table = await parseToml(path, source);
  const reader = new TableReader(path, source);
  return { settings: reader.read(table, fileRecords(), []), problems: reader.problems };
}

async function parseToml(path: string, source: string): Promise<Record<string, unknown>> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // The library's message goes on with a picture of the place, which may show a password.
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${path}:${error.line}: This is not TOML: ${reason}.`);
  }
}

type FileRecord = FieldRecord & Pick<SettingRecord, 'table'>;

/** Holds the tables of one file against their records. */
class TableReader {
  readonly problems: ConfigError[] = [];
  readonly #path: string;
  readonly #folder: string;
  readonly #lines: TomlLines;

  constructor(path: string, source: string) {
    this.#path = path;
    this.#folder = dirname(resolve(path));
    this.#lines = new TomlLines(source);
  }

  read(table: object, records: readonly FileRecord[], at: KeyPath): ReadonlyMap<string, FileValue> {
    const values = new Map<string, FileValue>();
    for (const [name, value] of Object.entries(table)) {
      const path = [...at, name];
      const record = records.find((candidate) => candidate.name === name);
      const read = record && this.#value(record, value, path);
      if (read !== undefined) values.set(name, read);
      else if (record === undefined) this.#problem(path, this.#unknown(name, records, at));
      else this.#problem(path, `${keyText(path)} must be ${wantedOf(record)}.`);
    }
    return values;
  }

  /** Undefined when the value is of the wrong kind. */
  #value(record: FileRecord, value: unknown, path: KeyPath): FileValue | undefined {
    const label = `${this.#path}:${this.#lines.lineOf(path)}: ${keyText(path)}`;
    const { table } = record;
    if (table?.form === 'one')
      return isTable(value) ? { label, value: [], tables: [this.#table(record, value, path)] } : undefined;
    if (record.placeholder === undefined) return typeof value === 'boolean' ? { label, value } : undefined;
    const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (Array.isArray(value) && record.repeatable !== true) return undefined;
    const texts = parts.filter((part) => typeof part === 'string' || typeof part === 'number');
    const tables = table === undefined ? [] : parts.filter(isTable);
    if (texts.length + tables.length < parts.length) return undefined;
    const own = texts.map(String).map((text) => (record.isPath ? resolveGiven(this.#folder, text) : text));
    if (table === undefined) return { label, value: own };
    return {
      label,
      value: own,
      tables: tables.map((part) => this.#table(record, part, [...path, parts.indexOf(part)])),
    };
  }

  #table(record: FileRecord, value: object, path: KeyPath): FileTable {
    const label = `${this.#path}:${this.#lines.lineOf(path)}: ${keyText(path)}`;
    return { label, fields: this.read(value, record.table?.fields ?? [], path) };
  }

  #problem(path: KeyPath, sentence: string): void {
    const place = `${this.#path}:${this.#lines.lineOf(path)}:`;
    this.problems.push(new ConfigError('ERR_TWINLINE_CONFIG', `${place} ${sentence}`));
  }

  #unknown(name: string, known: readonly FileRecord[], at: KeyPath): string {
    const top = fileRecords();
    const outer = top.find((record) => record.name === name);
    const inner = top.find((record) => record.table?.fields.some((field) => field.name === name));
    const names = known.map((record) => record.name);
    const where = at.length === 0 ? '' : ` in ${tableText(at)}`;
    if (at.length > 0 && outer !== undefined) {
      return `There is no setting "${name}"${where}: it is a setting of its own, so write it above the first line in brackets.`;
    }
    const hint = suggestion(name, names);
    if (at.length === 0 && hint === '' && inner !== undefined) {
      const header = inner.table?.form === 'one' ? `[${inner.name}]` : `[[${inner.name}]]`;
      return `There is no setting "${name}": it belongs under ${header}.`;
    }
    return `There is no setting "${name}"${where}${hint || otherwise(names, at)}`;
  }
}

function otherwise(names: readonly string[], at: KeyPath): string {
  return at.length === 0 ? '; "twinline serve --help" lists all of them.' : `; it knows ${names.join(', ')}.`;
}

/** TOML has tables and arrays of them; its dates are objects of another class. */
function isTable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function keyText(path: KeyPath): string {
  return path.filter((part) => typeof part === 'string').join('.');
}

function tableText(path: KeyPath): string {
  return typeof path.at(-1) === 'number' ? `[[${keyText(path)}]]` : `[${keyText(path)}]`;
}

function wantedOf(record: FileRecord): string {
  if (record.table?.form === 'one') return `a table: write [${record.name}] and its keys below`;
  if (record.placeholder === undefined) return 'true or false';
  const form = `a text of the form "${record.placeholder}"`;
  if (record.table !== undefined) return `${form}, an array of such texts, or tables [[${record.name}]]`;
  return record.repeatable ? `${form}, or an array of such texts` : form;
}
