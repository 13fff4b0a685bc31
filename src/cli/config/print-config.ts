/** `twinline config print`: what was given, secrets masked, and where each value comes from. */

import { resolve } from 'node:path';
import type { GivenSettings } from '../serve/given-settings.ts';
import type { FileTable, FileValue } from '../serve/given-values.ts';
import type { FieldRecord, SettingRecord } from '../serve/setting-record.ts';
import { fileRecords, type SettingName } from '../serve/setting-records.ts';
import { defaultToml, tomlString, tomlTexts } from './toml-text.ts';

type Value = string | boolean | readonly string[] | Readonly<Record<string, unknown>> | readonly Value[];

/** One line of what is printed: a setting or a field. */
interface Line {
  readonly name: string;
  readonly toml: string;
  readonly json: Value;
  readonly from: string;
}

export interface PrintOptions {
  readonly withDefaults: boolean;
}

const masked = '********';

/** TOML that the server would take again, but for the secrets; each line says where its value comes from. */
export function printToml(given: GivenSettings, options: PrintOptions): string {
  const { top, tables } = collect(given, options);
  const blocks = tables.flatMap(({ header, lines }) => ['', header, ...lines.map(tomlLine)]);
  return `${[...top.map(tomlLine), ...blocks].join('\n').replace(/^\n/, '')}\n`;
}

function tomlLine({ name, toml, from }: Line): string {
  return toml === '' ? `# ${name}: ${from}` : `${name} = ${toml}  # ${from}`;
}

/** The same as JSON: by name the value and where it comes from; tables as arrays of such objects. */
export function printJson(given: GivenSettings, options: PrintOptions): string {
  const { top, tables } = collect(given, options);
  const object: Record<string, unknown> = Object.fromEntries(top.map(jsonEntry));
  for (const { name, form, lines } of tables) {
    const fields = Object.fromEntries(lines.map(jsonEntry));
    if (form === 'one') object[name] = fields;
    else object[`${name}[]`] = [...((object[`${name}[]`] as readonly unknown[] | undefined) ?? []), fields];
  }
  return `${JSON.stringify(object, null, 2)}\n`;
}

function jsonEntry({ name, json, from, toml }: Line): readonly [string, unknown] {
  return [name, toml === '' ? { from } : { value: json, from }];
}

interface TableLines {
  readonly name: string;
  readonly form: 'one' | 'many';
  readonly header: string;
  readonly lines: readonly Line[];
}

function collect(given: GivenSettings, { withDefaults }: PrintOptions) {
  const top: Line[] = [];
  const tables: TableLines[] = [];
  for (const record of fileRecords()) {
    const value = given.given(record.name as SettingName);
    const { table, name } = record;
    if (table?.form === 'one') {
      const isThere = table.isOptional !== true || given.has(name as SettingName);
      const lines = fieldLines(table.fields, given.table(name as SettingName), withDefaults && isThere);
      if (lines.length > 0) tables.push({ name, form: 'one', header: `[${name}]`, lines });
      continue;
    }
    if (value === undefined) {
      const isOf = record.onlyWith === undefined || given.has(record.onlyWith as SettingName);
      if (withDefaults && isOf) top.push(defaultLine(record));
      continue;
    }
    if (!isEmptyBesideTables(value)) top.push(givenLine(record, value));
    for (const part of value.tables ?? []) {
      const header = `[[${name}]]  # ${placeOf(part.label)}`;
      tables.push({ name, form: 'many', header, lines: tableLines(record, part) });
    }
  }
  return { top, tables };
}

function isEmptyBesideTables({ value, tables }: FileValue): boolean {
  return Array.isArray(value) && value.length === 0 && (tables?.length ?? 0) > 0;
}

function fieldLines(
  fields: readonly FieldRecord[],
  values: ReturnType<GivenSettings['table']>,
  withDefaults: boolean,
): readonly Line[] {
  return fields.flatMap((field) => {
    const value = values.given(field.name);
    if (value !== undefined) return [givenLine(field, value)];
    return withDefaults ? [defaultLine(field)] : [];
  });
}

function tableLines(record: SettingRecord, part: FileTable): readonly Line[] {
  return (record.table?.fields ?? []).flatMap((field) => {
    const value = part.fields.get(field.name);
    return value === undefined ? [] : [givenLine(field, value)];
  });
}

function givenLine(record: FieldRecord, { value, label }: FileValue): Line {
  const { name } = record;
  const from = placeOf(label);
  if (typeof value === 'boolean') return { name, toml: String(value), json: value, from };
  const texts = record.isSecret === true ? value.map((text) => maskedText(record, text)) : value;
  return { name, toml: tomlTexts(record, texts), json: record.repeatable === true ? texts : (texts[0] ?? ''), from };
}

function defaultLine(record: FieldRecord): Line {
  const { name, defaultText = 'none' } = record;
  const toml = defaultToml(record);
  if (toml === undefined) return { name, toml: '', json: '', from: `default: ${defaultText}` };
  if (record.isPath === true)
    return { name, toml: tomlString(resolve(defaultText)), json: resolve(defaultText), from: 'default' };
  const json = JSON.parse(toml) as Value;
  return { name, toml, json, from: 'default' };
}

/** `anna:secret` keeps the name where the setting has one; everything else goes. */
function maskedText({ placeholder = '' }: FieldRecord, text: string): string {
  const colon = placeholder.startsWith('name:') ? text.indexOf(':') : -1;
  return colon === -1 ? masked : `${text.slice(0, colon)}:${masked}`;
}

/** `server.toml:3: listen` is `server.toml:3`, and `--listen` stays. */
function placeOf(label: string): string {
  return label.startsWith('--') ? label : label.replace(/: [^:]*$/, '');
}
