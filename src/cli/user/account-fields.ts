/** Rights, mounts and limits of a user as people write them: options of `twinline user` and keys of `[[user]]` alike. */

import { ConfigError } from '../../errors/index.ts';
import { type AccountSettings, parseMounts, parsePathRules } from '../../users/index.ts';
import { parseByteSize, parseDuration, sizeForm, timeForm } from '../serve/quantities.ts';
import type { FieldRecord } from '../serve/setting-record.ts';

type Values = { readonly [Key in keyof AccountSettings]-?: NonNullable<AccountSettings[Key]> };

/** One setting of a user: its name in both places, and how its texts are read. */
interface AccountField<Key extends keyof AccountSettings> extends FieldRecord {
  readonly key: Key;
  /** Undefined for what is not a value; may throw `ConfigError`. */
  readonly read: (texts: readonly string[]) => Values[Key] | undefined;
  /** What a sentence says that is taken. */
  readonly form: string;
}

/** Stands for: no such setting. */
const none = 'none';
const maxCount = 1_000_000_000;
const [minIdleMs, maxIdleMs] = [1_000, 7 * 86_400_000];

function countOf(text: string, min: number): number | undefined {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : -1;
  return value >= min && value <= maxCount ? value : undefined;
}

function sizeOf(text: string, min: number): number | undefined {
  const size = parseByteSize(text.replace(/ ?\/ ?s$/, ''));
  return size !== undefined && size >= min && Number.isSafeInteger(size) ? size : undefined;
}

function field<Key extends keyof AccountSettings>(one: AccountField<Key>): AccountField<Key> {
  return one;
}

const rateForm = 'bytes per second, such as "500 KiB" or "10 MB"';

const fields = [
  field({
    key: 'rights',
    name: 'rights',
    placeholder: 'path=right,right',
    description: 'What may be done under a path, the most specific path counts; see the how-to on rights',
    defaultText: '/=all',
    exampleToml: '["/=read-only", "/incoming=list,write"]',
    repeatable: true,
    form: 'rules such as /incoming=list,write',
    read: parsePathRules,
  }),
  field({
    key: 'mounts',
    name: 'mounts',
    placeholder: 'path=folder',
    description: 'Another folder in the tree of the user: PATH=[STORAGE:]FOLDER[,read-only]',
    defaultText: none,
    exampleToml: '["/shared=/public,read-only"]',
    repeatable: true,
    form: 'mounts such as /shared=/public',
    read: parseMounts,
  }),
  field({
    key: 'quotaBytes',
    name: 'quota-bytes',
    placeholder: 'size',
    description: 'What the home may hold, interrupted uploads included, mounts not',
    defaultText: none,
    exampleToml: '"10 GiB"',
    form: sizeForm,
    read: ([text = '']) => sizeOf(text, 0),
  }),
  field({
    key: 'quotaFiles',
    name: 'quota-files',
    placeholder: 'count',
    description: 'Files and directories in the home',
    defaultText: none,
    exampleToml: '100000',
    form: 'a whole number',
    read: ([text = '']) => countOf(text, 0),
  }),
  field({
    key: 'rateUp',
    name: 'rate-up',
    placeholder: 'size',
    description: 'Bytes per second of all uploads of the user together',
    defaultText: "the server's",
    exampleToml: '"10 MB"',
    form: rateForm,
    read: ([text = '']) => sizeOf(text, 1),
  }),
  field({
    key: 'rateDown',
    name: 'rate-down',
    placeholder: 'size',
    description: 'The same for downloads',
    defaultText: "the server's",
    exampleToml: '"10 MB"',
    form: rateForm,
    read: ([text = '']) => sizeOf(text, 1),
  }),
  field({
    key: 'maxSessions',
    name: 'max-sessions',
    placeholder: 'count',
    description: 'Sessions of the user at once',
    defaultText: none,
    exampleToml: '5',
    form: 'a whole number from 1 on',
    read: ([text = '']) => countOf(text, 1),
  }),
  field({
    key: 'idleTimeoutMs',
    name: 'idle-timeout',
    placeholder: 'time',
    description: 'How long a session may go without a command',
    defaultText: "the server's",
    exampleToml: '"15 min"',
    form: `${timeForm}, from 1 s to 7 days`,
    read: ([text = '']) => {
      const ms = parseDuration(text, 1_000);
      return ms !== undefined && ms >= minIdleMs && ms <= maxIdleMs ? ms : undefined;
    },
  }),
] as const;

/** For `[[user]]`, and with their placeholders as options. */
export const accountFields: readonly FieldRecord[] = fields;

/**
 * The settings with those that were given in place of the old ones; the word `none` takes one away. `textsOf` gives the
 * texts of a field, undefined where it was not given; `wrong` makes the error whose sentence begins with the field.
 */
export function readAccountFields(
  old: AccountSettings,
  textsOf: (name: string) => readonly string[] | undefined,
  wrong: (name: string, rest: string) => Error,
): AccountSettings {
  const settings: Record<string, unknown> = { ...old };
  for (const { key, name, form, read } of fields) {
    const texts = textsOf(name);
    if (texts === undefined) continue;
    if (texts.length === 0 || (texts.length === 1 && texts[0] === none)) {
      delete settings[key];
      continue;
    }
    settings[key] =
      valueOf(
        () => read(texts),
        (reason) => wrong(name, reason),
      ) ?? failed(wrong(name, `takes ${form}; "${texts.join(', ')}" is not that.`));
  }
  return settings;
}

function failed(error: Error): never {
  throw error;
}

function valueOf<T>(read: () => T | undefined, wrong: (reason: string) => Error): T | undefined {
  try {
    return read();
  } catch (error) {
    throw error instanceof ConfigError ? wrong(`cannot be used: ${error.message}`) : error;
  }
}
