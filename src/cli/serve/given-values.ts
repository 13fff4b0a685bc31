/** Named values as they were given, on the command line or in the file, each with the words that name its place. */

import { ConfigError } from '../../errors/index.ts';
import { UsageError } from '../usage-error.ts';

/** One value of the file. */
export interface FileValue {
  /** What the key is set to: text of one or several values, or a switch. */
  readonly value: readonly string[] | boolean;
  /** `server.toml:3: listen`, the beginning of a sentence about it. */
  readonly label: string;
  /** Where the key holds tables: `[limits]` is one, `[[user]]` one of many. */
  readonly tables?: readonly FileTable[];
}

/** A table of the file. */
export interface FileTable {
  /** `server.toml:3: user`. */
  readonly label: string;
  readonly fields: ReadonlyMap<string, FileValue>;
}

/** A value, and where it comes from. */
export interface Given extends FileValue {
  readonly source: 'option' | 'file';
}

/** A group of named values: all settings, or the fields of one table. */
export class GivenValues<Name extends string = string> {
  protected readonly values: Map<string, Given>;
  readonly #labelOf: (name: string) => string;
  readonly #source: Given['source'];

  /** `labelOf` begins a sentence about a value that was not given. */
  constructor(values: ReadonlyMap<string, Given>, labelOf: (name: string) => string, source: Given['source']) {
    this.values = new Map(values);
    this.#labelOf = labelOf;
    this.#source = source;
  }

  has(name: Name): boolean {
    return this.values.has(name);
  }

  /** Undefined when it was not given. */
  given(name: Name): Given | undefined {
    return this.values.get(name);
  }

  /** All values, none when it was not given. */
  texts(name: Name): readonly string[] {
    const value = this.values.get(name)?.value;
    return value === undefined || typeof value === 'boolean' ? [] : value;
  }

  text(name: Name): string | undefined {
    return this.texts(name)[0];
  }

  isOn(name: Name): boolean {
    return this.values.get(name)?.value === true;
  }

  /** One of `choices`, the first when nothing was given. */
  choice<Choice extends string>(name: Name, choices: readonly [Choice, ...Choice[]]): Choice {
    return this.choiceIfGiven(name, choices) ?? choices[0];
  }

  /** One of `choices`, undefined when nothing was given. */
  choiceIfGiven<Choice extends string>(name: Name, choices: readonly [Choice, ...Choice[]]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw this.wrong(name, `must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}, not "${text}".`);
  }

  /** The tables of a key, in the order of the file. */
  tables(name: Name): readonly GivenValues[] {
    const { tables = [], source } = this.values.get(name) ?? {};
    return tables.map((table) => tableValues(table, source ?? 'file'));
  }

  /** The error for a value that cannot be understood; `rest` goes on behind its name. */
  wrong(name: Name, rest: string): ConfigError {
    const given = this.values.get(name);
    const message = `${given?.label ?? this.#labelOf(name)} ${rest}`;
    return (given?.source ?? this.#source) === 'file'
      ? new ConfigError('ERR_TWINLINE_CONFIG', message)
      : new UsageError(message);
  }
}

function tableValues({ label, fields }: FileTable, source: Given['source']): GivenValues {
  const values = new Map([...fields].map(([name, value]) => [name, { source, ...value }]));
  return new GivenValues(values, (name) => `${label}.${name}`, source);
}
