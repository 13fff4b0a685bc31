/** Reads the configuration file: TOML whose keys are the settings' names; what is wrong is named with file and line. */

import { dirname, resolve } from 'node:path';
import { ConfigError } from '../../errors/index.ts';
import { suggestion } from '../nearest.ts';
import { readSmallFile } from './read-small-file.ts';
import { resolveGiven, type SettingRecord, settingRecords } from './setting-records.ts';

/** One key of the file. */
export interface FileSetting {
  /** What the key is set to: text of one or several values, or a switch. */
  readonly value: readonly string[] | boolean;
  /** `server.toml:3: listen`, the beginning of a sentence about it. */
  readonly label: string;
}

/** Reads and checks the file. Throws `ConfigError` naming file, line and key. */
export async function readConfigFile(path: string): Promise<ReadonlyMap<string, FileSetting>> {
  const source = await readSmallFile(path, 'The configuration file');
  const table = await parseToml(path, source);
  const checked = await checkTable(path, source, table);
  const folder = dirname(resolve(path));
  return new Map(
    Object.entries(checked).map(([name, value]) => {
      const label = `${path}:${lineOfKey(source, name)}: ${name}`;
      return [name, { label, value: typeof value === 'boolean' ? value : textsOf(name, value, folder) }];
    }),
  );
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

type CheckedValue = string | number | boolean | readonly (string | number)[];

async function checkTable(
  path: string,
  source: string,
  table: Record<string, unknown>,
): Promise<Record<string, CheckedValue>> {
  const records: readonly SettingRecord[] = settingRecords;
  const { z } = await import('zod');
  const one = z.union([z.string(), z.number()]);
  const schemaOf = (record: SettingRecord) => {
    if (record.placeholder === undefined) return z.boolean();
    return record.repeatable ? z.union([one, z.array(one)]) : one;
  };
  const shape = Object.fromEntries(records.map((record) => [record.name, schemaOf(record).optional()]));
  const result = z.strictObject(shape).safeParse(table);
  if (result.success) return result.data as Record<string, CheckedValue>;
  const issue = result.error.issues[0];
  const name = issue?.code === 'unrecognized_keys' ? (issue.keys[0] ?? '') : String(issue?.path[0] ?? '');
  const record = records.find((candidate) => candidate.name === name);
  const place = `${path}:${lineOfKey(source, name)}:`;
  throw new ConfigError(
    'ERR_TWINLINE_CONFIG',
    record === undefined
      ? `${place} There is no setting "${name}"${suggestion(name, Object.keys(shape)) || '; "twinline serve --help" lists all of them.'}`
      : `${place} ${name} must be ${wantedOf(record)}.`,
  );
}

function wantedOf(record: SettingRecord): string {
  if (record.placeholder === undefined) return 'true or false';
  const form = `a text of the form "${record.placeholder}"`;
  return record.repeatable ? `${form}, or an array of such texts` : form;
}

function textsOf(name: string, value: Exclude<CheckedValue, boolean>, folder: string): readonly string[] {
  const records: readonly SettingRecord[] = settingRecords;
  const texts = (typeof value === 'object' ? value : [value]).map(String);
  const isPath = records.some((record) => record.name === name && record.isPath);
  return isPath ? texts.map((text) => resolveGiven(folder, text)) : texts;
}

/** The line, counted from 1, on which a top-level key or table of this name stands; 1 when it is written in an unusual way. */
export function lineOfKey(source: string, key: string): number {
  const name = key.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const pattern = new RegExp(`^\\s*\\[{0,2}\\s*(["']?)${name}\\1\\s*[=.\\]]`);
  const index = source.split('\n').findIndex((line) => pattern.test(line));
  return index + 1 || 1;
}
