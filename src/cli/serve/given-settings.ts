/** The settings as they were given: command line over configuration file, each with the words that name its place. */

import { ConfigError } from '../../errors/index.ts';
import type { OptionValues } from '../define-subcommand.ts';
import { UsageError } from '../usage-error.ts';
import type { FileSetting } from './config-file.ts';
import { resolveGiven, type SettingName, type SettingRecord, settingRecords } from './setting-records.ts';

interface Given extends FileSetting {
  readonly source: 'option' | 'file';
}

/** What was given, by name. */
export class GivenSettings {
  readonly #given = new Map<string, Given>();

  constructor(options: OptionValues, fromFile: ReadonlyMap<string, FileSetting> = new Map()) {
    for (const [name, setting] of fromFile) this.#given.set(name, { ...setting, source: 'file' });
    const records: readonly SettingRecord[] = settingRecords;
    for (const record of records) {
      const value = options[camelCase(record.name)];
      if (value === undefined) continue;
      this.#given.set(record.name, { source: 'option', label: `--${record.name}`, value: valueOf(record, value) });
    }
  }

  has(name: SettingName): boolean {
    return this.#given.has(name);
  }

  /** All values of a setting, none when it was not given. */
  texts(name: SettingName): readonly string[] {
    const value = this.#given.get(name)?.value;
    return value === undefined || typeof value === 'boolean' ? [] : value;
  }

  text(name: SettingName): string | undefined {
    return this.texts(name)[0];
  }

  isOn(name: SettingName): boolean {
    return this.#given.get(name)?.value === true;
  }

  /** One of `choices`, the first when the setting was not given. */
  choice<Choice extends string>(name: SettingName, choices: readonly [Choice, ...Choice[]]): Choice {
    const text = this.text(name);
    if (text === undefined) return choices[0];
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw this.wrong(name, `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not "${text}".`);
  }

  /** The error for a setting that cannot be understood; `rest` goes on behind its name. */
  wrong(name: SettingName, rest: string): ConfigError {
    const given = this.#given.get(name);
    const message = `${given?.label ?? `--${name}`} ${rest}`;
    return given?.source === 'file' ? new ConfigError('ERR_TWINLINE_CONFIG', message) : new UsageError(message);
  }
}

function valueOf(record: SettingRecord, value: string | boolean | readonly string[]): FileSetting['value'] {
  if (typeof value === 'boolean') return value;
  const texts = typeof value === 'string' ? [value] : value;
  return record.isPath ? texts.map((text) => resolveGiven(process.cwd(), text)) : texts;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
