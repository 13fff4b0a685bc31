/** The settings as they were given: command line over configuration file. */

import type { TwinlineError } from '../../errors/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { suggestion } from '../nearest.ts';
import { UsageError } from '../usage-error.ts';
import { type FileValue, type Given, GivenValues } from './given-values.ts';
import { optionName, resolveGiven, type SettingRecord } from './setting-record.ts';
import { type SettingName, settingRecords } from './setting-records.ts';
import { Problems } from '../problems.ts';

/** What was given, by name. */
export class GivenSettings extends GivenValues<SettingName> {
  /** What of the options can be understood in no way; the settings that hold it were left out. */
  readonly problems: readonly TwinlineError[];

  constructor(options: OptionValues, fromFile: ReadonlyMap<string, FileValue> = new Map()) {
    const records: readonly SettingRecord[] = settingRecords;
    super(new Map(), (name) => `--${name}`, 'option');
    const problems = new Problems();
    for (const [name, setting] of fromFile) this.values.set(name, { source: 'file', ...setting });
    for (const record of records) {
      const value = options[camelCase(optionName(record))];
      // Settings have no flags to count.
      if (value === undefined || typeof value === 'number') continue;
      const given = problems.attempt(() => givenByOption(record, value, this.values.get(record.name)));
      if (given !== undefined) this.values.set(record.name, given);
    }
    this.problems = problems.list();
  }

  /** All of it as text, for another process of this server. */
  snapshot(): string {
    return JSON.stringify([...this.values], (_, value: unknown) =>
      value instanceof Map ? { map: [...value] } : value,
    );
  }

  /** What a snapshot holds. */
  static restored(snapshot: string): GivenSettings {
    const values = JSON.parse(snapshot, (_, value: unknown) => (isSentMap(value) ? new Map(value.map) : value)) as [];
    return new GivenSettings({}, new Map<string, FileValue>(values));
  }

  /** Whether both say the same of a setting, wherever it stands. */
  isSame(other: GivenSettings, name: SettingName): boolean {
    return contentOf(this.values.get(name)) === contentOf(other.values.get(name));
  }

  /** These settings, but for some that are as in `other`. */
  keeping(other: GivenSettings, names: readonly SettingName[]): GivenSettings {
    const mixed = new GivenSettings({});
    for (const [name, value] of this.values) mixed.values.set(name, value);
    for (const name of names) {
      const value = other.values.get(name);
      if (value === undefined) mixed.values.delete(name);
      else mixed.values.set(name, value);
    }
    return mixed;
  }

  /** The fields of a setting that is one table; empty when it was not given. */
  table(name: SettingName): GivenValues {
    const { tables = [] } = this.values.get(name) ?? {};
    const values = new Map<string, Given>();
    for (const { fields } of tables) {
      for (const [field, value] of fields) {
        values.set(field, { source: value.label.startsWith('--') ? 'option' : 'file', ...value });
      }
    }
    return new GivenValues(values, (field) => `${name}.${field}`, 'file');
  }
}

function isSentMap(value: unknown): value is { readonly map: [] } {
  return typeof value === 'object' && value !== null && 'map' in value && Array.isArray(value.map);
}

/** A value without the places that it comes from, to be compared. */
function contentOf(value: FileValue | undefined): string {
  if (value === undefined) return '';
  const tables = value.tables?.map(({ fields }) =>
    [...fields]
      .map(([name, field]) => [name, contentOf(field)])
      .toSorted(([one], [other]) => (String(one) < String(other) ? -1 : 1)),
  );
  return JSON.stringify([value.value, tables ?? []]);
}

function givenByOption(
  record: SettingRecord,
  value: string | boolean | readonly string[],
  fromFile: Given | undefined,
): Given {
  const label = `--${optionName(record)}`;
  if (typeof value === 'boolean') return { source: 'option', label, value };
  const texts = typeof value === 'string' ? [value] : value;
  if (record.table?.form === 'one') {
    const own = { label, fields: fieldsOf(record, texts) };
    return { source: 'option', label, value: [], tables: [...(fromFile?.tables ?? []), own] };
  }
  const isPath = record.isPath ?? false;
  return { source: 'option', label, value: isPath ? texts.map((text) => resolveGiven(process.cwd(), text)) : texts };
}

/** `--limit idle=20min --limit stall=30` as fields. */
function fieldsOf(record: SettingRecord, texts: readonly string[]): ReadonlyMap<string, FileValue> {
  const option = `--${optionName(record)}`;
  const fields = record.table?.fields ?? [];
  const values = new Map<string, FileValue>();
  for (const text of texts) {
    const [name = '', ...rest] = text.split('=');
    const field = fields.find((candidate) => candidate.name === name);
    const names = fields.map((candidate) => candidate.name);
    if (field === undefined) {
      const hint = suggestion(name, names) || `; it knows ${names.join(', ')}.`;
      throw new UsageError(`${option} has no "${name}"${hint}`);
    }
    if (rest.length === 0) throw new UsageError(`${option} takes NAME=VALUE, for example ${option} ${name}=VALUE.`);
    values.set(name, fieldByOption(field, `${option} ${name}`, rest.join('='), values.get(name)));
  }
  return values;
}

function fieldByOption(
  field: { readonly placeholder?: string; readonly repeatable?: boolean; readonly isPath?: boolean },
  label: string,
  text: string,
  before: FileValue | undefined,
): FileValue {
  if (field.placeholder === undefined) {
    if (text === 'true' || text === 'false') return { label, value: text === 'true' };
    throw new UsageError(`${label} must be true or false, not "${text}".`);
  }
  const own = field.isPath ? resolveGiven(process.cwd(), text) : text;
  const earlier = field.repeatable === true && Array.isArray(before?.value) ? (before.value as readonly string[]) : [];
  return { label, value: [...earlier, own] };
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
