/** What is known of one setting: option, help, key of the configuration file, example and reload are made from its record. */

import { resolve } from 'node:path';
import type { OptionRecord } from '../define-subcommand.ts';

/** A named value: a setting, or a key of a table in the configuration file. */
export interface FieldRecord {
  readonly name: string;
  /** What stands for the value in the help; a field without one is a switch. */
  readonly placeholder?: string;
  readonly description: string;
  readonly defaultText?: string;
  /** A value as TOML that shows how it is written; without one the default is shown. */
  readonly exampleToml?: string;
  /** Several values: the option is repeatable, the key takes an array. */
  readonly repeatable?: boolean;
  /** A file or folder: relative to the working directory on the command line, to the file's folder in the file. */
  readonly isPath?: boolean;
  /** Never shown by `twinline config print`. */
  readonly isSecret?: boolean;
}

/**
 * When a change of the configuration file counts after SIGHUP: `at-once`, also for sessions that run; `new-sessions`,
 * for sessions that begin later, while running ones keep what they began with; `restart`, not before the next start.
 */
export type ReloadKind = 'at-once' | 'new-sessions' | 'restart';

/** The headings of the settings in the help, in their order. */
export const settingGroups = {
  addresses: 'Addresses and ports:',
  files: 'Files:',
  users: 'Users:',
  tls: 'TLS:',
  sessions: 'Sessions and transfers:',
  logs: 'Logs, hooks and metrics:',
  program: 'The program itself:',
} as const;

/** One setting. Its name is the key in the configuration file, and the long option unless `option` says otherwise. */
export interface SettingRecord extends FieldRecord {
  /** Where it stands in the help. */
  readonly group: keyof typeof settingGroups;
  readonly reload: ReloadKind;
  /**
   * Long option where it differs from the key. The option of a `one` table is repeatable and takes `FIELD=VALUE`; its
   * fields win one by one over those of the file.
   */
  readonly option?: string;
  /** The key takes a table (`[limits]`), or, with `many`, an array of tables (`[[user]]`) besides plain texts. */
  readonly table?: {
    readonly form: 'one' | 'many';
    readonly fields: readonly FieldRecord[];
    /** That the table is there means something: its defaults count only then. */
    readonly isOptional?: boolean;
  };
  /** Without this other setting, the setting is refused. */
  readonly onlyWith?: string;
  /** Only an option: it makes no sense in a file. */
  readonly optionOnly?: boolean;
}

/** The long option of a setting, without its dashes. */
export function optionName(record: SettingRecord): string {
  return record.option ?? record.name;
}

/** The settings as options in the order of their groups, with the one that names the file in front. */
export function optionsFor(records: readonly SettingRecord[]): readonly OptionRecord[] {
  const ordered = Object.keys(settingGroups).flatMap((name) => records.filter(({ group }) => group === name));
  return [
    { flags: '-c, --config <file>', description: 'TOML file with the same names as keys; options given here win' },
    ...ordered.map((record) => {
      const { placeholder, description, defaultText, repeatable, group } = record;
      return {
        group: settingGroups[group],
        flags: placeholder === undefined ? `--${optionName(record)}` : `--${optionName(record)} <${placeholder}>`,
        description,
        ...(defaultText === undefined ? {} : { defaultText }),
        ...(repeatable === undefined ? {} : { repeatable }),
      };
    }),
  ];
}

/** A path that was given, made absolute; an empty one stays empty, so that it is seen as such. */
export function resolveGiven(folder: string, path: string): string {
  return path === '' ? '' : resolve(folder, path);
}
