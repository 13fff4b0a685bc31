/** `twinline config example`: every setting with its description, default and an example, as a file to begin with. */

import type { FieldRecord, ReloadKind, SettingRecord } from '../serve/setting-record.ts';
import { fileRecords } from '../serve/setting-records.ts';
import { defaultToml } from './toml-text.ts';

const reloadText: Readonly<Record<ReloadKind, string>> = {
  'at-once': 'SIGHUP: counts at once.',
  'new-sessions': 'SIGHUP: counts for new sessions.',
  restart: 'Counts after a restart.',
};

const head = `# Every setting of "twinline serve --config FILE" with an example. Take away the "#" in front of those that you need.
# "twinline config check FILE" says what is wrong with a file, "twinline config print FILE" what it makes of it. Files and
# folders are relative to this file; options of the command line win. Settings come first, tables in brackets last.`;

const width = 118;

/** The whole file. Lines that begin with "#" and no space are settings. */
export function exampleConfig(): string {
  const records = fileRecords();
  const parts = [
    head,
    ...records.filter(({ table }) => table?.form !== 'one').map(settingExample),
    ...records.filter(({ table }) => table !== undefined).map(tableExample),
  ];
  return `${parts.join('\n\n')}\n`;
}

function settingExample(record: SettingRecord): string {
  return [...comment(record, reloadText[record.reload]), `#${record.name} = ${exampleToml(record)}`].join('\n');
}

function tableExample(record: SettingRecord): string {
  const { name, table, reload } = record;
  const fields = (table?.fields ?? []).map((field) =>
    [...comment(field), `#${field.name} = ${exampleToml(field)}`].join('\n'),
  );
  const header =
    table?.form === 'many'
      ? [...wrapped(`In place of ${name} above, with more to each: one block for each of them.`), `#[[${name}]]`]
      : [...comment(record, reloadText[reload]), `#[${name}]`];
  return [header.join('\n'), ...fields].join('\n');
}

function comment({ description, defaultText }: FieldRecord, ...more: readonly string[]): readonly string[] {
  const end = /[.!?…]$/.test(description) ? '' : '.';
  const rest = [defaultText === undefined ? '' : `Default: ${defaultText}.`, ...more].filter(Boolean);
  return wrapped([`${description}${end}`, ...rest].join(' '));
}

function exampleToml(field: FieldRecord): string {
  return field.exampleToml ?? defaultToml(field) ?? '""';
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines;
}
