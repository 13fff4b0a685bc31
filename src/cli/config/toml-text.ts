/** Values as TOML text. */

import type { FieldRecord } from '../serve/setting-record.ts';

/** A string of TOML: its basic strings take what JSON writes, but for DEL, which they want escaped. */
export function tomlString(text: string): string {
  return JSON.stringify(text).replace(/\u007f/g, '\\u007f');
}

/** Texts as the key of this record takes them: alone, or as an array where there may be several. */
export function tomlTexts(record: Pick<FieldRecord, 'repeatable'>, texts: readonly string[]): string {
  const [first = ''] = texts;
  return record.repeatable === true ? `[${texts.map(tomlString).join(', ')}]` : tomlString(first);
}

/** The default of a field where it is a value. A default with a space in it is a description, unless it is a time or a size. */
export function defaultToml(record: FieldRecord): string | undefined {
  if (record.placeholder === undefined) return 'false';
  const { defaultText } = record;
  if (defaultText === undefined || defaultText === 'none' || (/\s/.test(defaultText) && !/^\d+ \w+$/.test(defaultText)))
    return undefined;
  return /^\d+$/.test(defaultText) ? defaultText : tomlTexts(record, [defaultText]);
}
