/** Reads a scenario of the proxy: a seed and faults, in TOML; what is wrong is said with its place. */

import { ConfigError } from '../../errors/index.ts';
import { type FaultRule, FaultRuleError, faultRecords, parseFault } from '../../lab/index.ts';
import { suggestion } from '../nearest.ts';
import { readSmallFile } from '../serve/read-small-file.ts';

export interface Scenario {
  readonly seed: number | undefined;
  readonly faults: readonly FaultRule[];
}

type Table = Readonly<Record<string, unknown>>;

/** Keys of a `[[fault]]` that is not a rule as a whole, in the order in which the rule says them. */
const partKeys = ['line', 'direction', 'to', 'when', 'for', 'times', 'chance', 'session'] as const;

function refuse(path: string, problem: string): never {
  throw new ConfigError('ERR_TWINLINE_CONFIG', `${path}: ${problem}${problem.endsWith('?') ? '' : '.'}`);
}

export async function readScenario(path: string): Promise<Scenario> {
  const source = await readSmallFile(path, 'The scenario');
  const table = await parseToml(path, source);
  for (const key of Object.keys(table)) {
    if (!['seed', 'faults', 'fault'].includes(key)) {
      refuse(
        path,
        `"${key}" is no key of a scenario: there are seed, faults and [[fault]]${suggestion(key, ['seed', 'faults', 'fault'])}`,
      );
    }
  }
  return {
    seed: readSeed(path, table['seed']),
    faults: [...ruleList(path, table['faults']), ...faultTables(path, table['fault'])],
  };
}

async function parseToml(path: string, source: string): Promise<Table> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '') ?? '';
    return refuse(`${path}:${error.line}`, `this is not TOML: ${reason}`);
  }
}

function readSeed(path: string, seed: unknown): number | undefined {
  if (seed === undefined) return undefined;
  if (typeof seed === 'number' && Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  return refuse(path, 'seed is a whole number below 2 to the power of 32');
}

function ruleList(path: string, rules: unknown): readonly FaultRule[] {
  if (rules === undefined) return [];
  if (!Array.isArray(rules) || !rules.every((rule) => typeof rule === 'string')) {
    refuse(path, 'faults is a list of rules, as in faults = ["reset control after 150"]');
  }
  return rules.map((rule: string, index) => readRule(path, `faults, number ${index + 1}`, rule));
}

function faultTables(path: string, tables: unknown): readonly FaultRule[] {
  if (tables === undefined) return [];
  const isList =
    Array.isArray(tables) && tables.every((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
  if (!isList) refuse(path, 'fault is written as tables, each under [[fault]]');
  return (tables as Table[]).map((table, index) => {
    const place = `[[fault]], number ${index + 1}`;
    return readRule(path, place, ruleOf(path, place, table));
  });
}

function readRule(path: string, place: string, rule: string): FaultRule {
  try {
    return parseFault(rule);
  } catch (error) {
    if (!(error instanceof FaultRuleError)) throw error;
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${path}: ${place}: ${error.message}`);
  }
}

/** Codes, times, sizes and addresses need no quotes; a word could be taken for another part of the rule. */
const isPlainWord = (value: string): boolean => value === 'any' || /^\d[\w.:/]*$/.test(value);

/** A table as one rule: `name`, the parameters of that fault, and the words that any rule may have. */
function ruleOf(path: string, place: string, table: Table): string {
  const { name, rule } = table;
  if (typeof rule === 'string' && Object.keys(table).length === 1) return rule;
  const record = faultRecords.find((one) => one.name === String(name));
  if (record === undefined) {
    const names = faultRecords.map((one) => one.name);
    return refuse(path, `${place}: name is one of ${names.join(', ')}`);
  }
  const parameters = record.parameters.map((parameter) => parameter.name);
  for (const key of Object.keys(table)) {
    const known = ['name', ...parameters, ...partKeys];
    if (!known.includes(key))
      refuse(path, `${place}: "${key}" is no key of ${record.name}: there are ${known.join(', ')}`);
  }
  const word = (key: string): string | undefined => {
    const value = table[key];
    if (value === undefined) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return String(value);
    return refuse(path, `${place}: ${key} is text or a number`);
  };
  const values = record.parameters.flatMap((parameter) => {
    const value = word(parameter.name);
    if (value === undefined) return [];
    return [parameter.word ?? '', isPlainWord(value) ? value : `"${value.replace(/["\\]/g, String.raw`\$&`)}"`];
  });
  const parts = partKeys.flatMap((key) => {
    const value = word(key);
    if (value === undefined) return [];
    return ['line', 'direction', 'when'].includes(key) || value === 'always' ? [value] : [key, value];
  });
  return [record.name, ...values, ...parts].filter((part) => part !== '').join(' ');
}
