/** The options of `twinline user`, and which of them belong to which action. */

import type { OptionRecord, OptionValues } from '../define-subcommand.ts';
import { accountFields } from './account-fields.ts';
import { UsageError } from '../usage-error.ts';

/** What is set for one user; `user-changes.ts` applies it. */
const settingOptions: readonly OptionRecord[] = [
  {
    flags: '--home <path>',
    description: 'Folder of the root that the user sees as /; with import {name} stands for the name',
    defaultText: '/',
  },
  { flags: '--read-only <yes|no>', description: 'No uploads and no other change', defaultText: 'no' },
  { flags: '--admin <yes|no>', description: "Sees the server's own numbers in STAT", defaultText: 'no' },
  { flags: '--expires <date>', description: 'Last day of use, as 2027-03-31, or never', defaultText: 'never' },
  { flags: '--allow <network>', description: 'Address or network that logins may come from, or any', repeatable: true },
  { flags: '--on-control-loss <policy>', description: 'abort, finish or grace:SECONDS', defaultText: "the server's" },
  { flags: '--missing-close-notify <policy>', description: 'refuse or tolerate', defaultText: "the server's" },
  ...accountFields.map(({ name, placeholder = 'value', description, defaultText, repeatable }) => ({
    flags: `--${name} <${placeholder}>`,
    description,
    ...(defaultText === undefined ? {} : { defaultText }),
    ...(repeatable === undefined ? {} : { repeatable }),
  })),
];

const passwordOptions: readonly OptionRecord[] = [
  { flags: '--password-stdin', description: 'Read the password from the first line of standard input.' },
  { flags: '--password-file <file>', description: 'Read the password from the first line of a file' },
];

const importOptions: readonly OptionRecord[] = [
  {
    flags: '--format <format>',
    description: 'With import: htpasswd, passwd, shadow, pure-ftpd, json or csv',
    defaultText: 'by the first line',
  },
  { flags: '--shadow <file>', description: 'With import of a passwd file: the passwords that belong to it' },
  { flags: '--strip-home <folder>', description: 'With import: cut this beginning, the root of the server, off homes' },
  { flags: '--update', description: 'With import: change users who are there already.' },
  { flags: '--skip', description: 'With import: leave users who are there already as they are.' },
  { flags: '--dry-run', description: 'With import: tell what would become of the users and change nothing.' },
];

const databaseOption = {
  flags: '--db <file>',
  description: 'The user database',
  defaultText: './twinline-data/users.db',
};
const hashOption = { flags: '--hash <hash>', description: 'With add and hash: a password hash made elsewhere' };
const jsonOption = { flags: '--json', description: 'With list and import: JSON in place of text.' };

export const userOptions: readonly OptionRecord[] = [
  databaseOption,
  ...passwordOptions,
  hashOption,
  ...settingOptions,
  ...importOptions,
  jsonOption,
];

/** `--read-only <yes|no>` is `--read-only` for people and `readOnly` in the values. */
function namesOf({ flags }: OptionRecord): { readonly long: string; readonly key: string } {
  const long = flags.split(' ')[0] ?? '';
  return { long, key: long.slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()) };
}

const home = settingOptions.filter(({ flags }) => flags.startsWith('--home '));

/** The options that each action takes, besides `--db`. */
const optionsByAction: Readonly<Record<string, readonly OptionRecord[]>> = {
  add: [...passwordOptions, hashOption, ...settingOptions],
  set: settingOptions,
  passwd: passwordOptions,
  hash: [hashOption],
  list: [jsonOption],
  import: [...importOptions, ...home, jsonOption],
};

/** An option that an action would not look at is a mistake of which nobody would hear. Throws `UsageError`. */
export function checkOptions(action: string, options: OptionValues): void {
  const known = new Set(['db', ...(optionsByAction[action] ?? []).map((option) => namesOf(option).key)]);
  const stranger = userOptions.map(namesOf).find(({ key }) => options[key] !== undefined && !known.has(key));
  if (stranger !== undefined)
    throw new UsageError(`twinline user ${action} has no use for ${stranger.long}: leave it out.`);
}
