/** Reads a rule such as `reset control after 600KiB of data down` into a fault that is ready to happen. */

import type { Direction, LineKind, Side } from '../proxy/line-pair.ts';
import type { FaultParameter, FaultRecord, ParameterValue, ParameterValues } from './define-fault.ts';
import { parseSize, parseTime, parseValue, valueForms } from './fault-values.ts';
import { faultRecords } from './index.ts';
import { RuleWords } from './rule-words.ts';
import type { Trigger } from './trigger.ts';

/** A rule as it was understood. */
export interface FaultRule {
  /** As it was written. */
  readonly text: string;
  readonly record: FaultRecord;
  readonly values: ParameterValues;
  readonly line: LineKind | 'both';
  readonly direction: Direction | 'both';
  readonly to: Side | 'both';
  readonly trigger: Trigger;
  /** How often it happens at most. */
  readonly times: number;
  /** How probable it is each time, 0 to 1. */
  readonly chance: number;
  /** The session that it is about; undefined for all. */
  readonly session: number | undefined;
  /** A lasting fault ends after so many milliseconds. */
  readonly forMs: number | undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Mutable<FaultRule> & { readonly given: Set<string>; readonly byName: Record<string, ParameterValue> };

/** A rule that cannot be understood; the message says what to write. */
export class FaultRuleError extends Error {}

function refuse(text: string, problem: string): never {
  throw new FaultRuleError(`The fault "${text}" is not understood: ${problem}.`);
}

/** Throws {@link FaultRuleError}. */
export function parseFault(text: string): FaultRule {
  const words = new RuleWords(text);
  const name = words.take() ?? refuse(text, `it is empty; write for example "${faultRecords[0]?.examples[0]}"`);
  const record = faultRecords.find((one) => one.name === name || one.aliases?.includes(name) === true);
  if (record === undefined) {
    const names = faultRecords.map((one) => one.name).join(', ');
    return refuse(text, `"${name}" is no fault; there are ${names}`);
  }
  const draft: Draft = {
    text,
    record,
    values: {},
    line: record.line,
    direction: record.direction,
    to: 'both',
    trigger: { kind: 'start' },
    times: record.times === 'once' ? 1 : Infinity,
    chance: 1,
    session: undefined,
    forMs: undefined,
    given: new Set(),
    byName: {},
  };
  while (!words.isAtEnd) takePart(words, draft);
  const { given: _given, byName, ...rule } = draft;
  return { ...rule, values: withDefaults(draft, byName) };
}

function withDefaults({ text, record }: Draft, byName: Record<string, ParameterValue>): ParameterValues {
  for (const { name, byDefault, kind, says } of record.parameters) {
    const value = byName[name] ?? byDefault;
    if (value === undefined)
      refuse(text, `${record.name} needs ${valueForms[kind]} (${says}), as in "${record.examples[0]}"`);
    byName[name] = value;
  }
  return byName;
}

function takePart(words: RuleWords, draft: Draft): void {
  const word = words.peek() ?? '';
  const clause = words.isQuoted ? undefined : clauses[word];
  if (clause !== undefined && !isOwnWord(draft, word)) {
    words.take();
    once(draft, clause.sets ?? word);
    clause.read(words, draft);
    return;
  }
  takeParameter(words, draft);
}

function isOwnWord({ record }: Draft, word: string): boolean {
  return record.parameters.some((parameter) => parameter.word === word);
}

function once(draft: Draft, what: string): void {
  if (draft.given.has(what)) refuse(draft.text, `"${what}" is said twice`);
  draft.given.add(what);
}

function takeParameter(words: RuleWords, draft: Draft): void {
  const { record, byName, text } = draft;
  const word = words.take() ?? '';
  const named = record.parameters.find((parameter) => parameter.word === word);
  if (named !== undefined) {
    setParameter(draft, named, words.take() ?? '');
    return;
  }
  const open = record.parameters.find(
    (parameter) => !(parameter.name in byName) && parseValue(parameter.kind, word) !== undefined,
  );
  if (open === undefined) {
    const wanted = record.parameters.find((parameter) => !(parameter.name in byName));
    const hint = wanted === undefined ? '' : ` ${record.name} takes ${valueForms[wanted.kind]} (${wanted.says}), and`;
    refuse(text, `"${word}" has no place in it;${hint} what may follow is ${Object.keys(clauses).join(', ')}`);
  }
  setParameter(draft, open, word);
  // `1 byte`, `7 bytes`.
  if (open.kind === 'size' && /^bytes?$/.test(words.peek() ?? '')) words.take();
}

function setParameter(draft: Draft, { name, kind, says }: FaultParameter, text: string): void {
  once(draft, name);
  const value = parseValue(kind, text);
  if (value === undefined) refuse(draft.text, `"${text}" is not ${valueForms[kind]} (${says})`);
  draft.byName[name] = value;
}

interface Clause {
  /** What is said with it, where several words say the same thing. */
  readonly sets?: string;
  read(words: RuleWords, draft: Draft): void;
}

function lineClause(line: LineKind | 'both'): Clause {
  return {
    sets: 'line',
    read(_words, draft) {
      if (draft.record.isLineFixed === true && line !== draft.record.line) {
        refuse(draft.text, `${draft.record.name} is about the ${draft.record.line} line`);
      }
      draft.line = line;
    },
  };
}

const directionClause = (direction: Direction): Clause => ({
  sets: 'direction',
  read(_words, draft) {
    draft.direction = direction;
  },
});

const clauses: Readonly<Record<string, Clause>> = {
  control: lineClause('control'),
  data: lineClause('data'),
  both: lineClause('both'),
  up: directionClause('up'),
  down: directionClause('down'),
  to: {
    read(words, draft) {
      const side = words.take() ?? '';
      if (side !== 'client' && side !== 'server' && side !== 'both')
        refuse(draft.text, 'behind "to" stands client, server or both');
      draft.to = side;
    },
  },
  after: { sets: 'trigger', read: readAfter },
  before: {
    sets: 'trigger',
    read(words, draft) {
      draft.trigger = { kind: 'before-reply', code: takeCode(words, draft, 'before') };
    },
  },
  on: {
    sets: 'trigger',
    read(words, draft) {
      const verb = (words.take() ?? '').toUpperCase();
      if (!/^[A-Z]{3,4}$/.test(verb)) refuse(draft.text, 'behind "on" stands a command, as in "on RETR"');
      draft.trigger = { kind: 'on-command', verb };
    },
  },
  times: {
    read(words, draft) {
      const count = Number(words.take());
      if (!Number.isInteger(count) || count < 1) refuse(draft.text, 'behind "times" stands a number, as in "times 2"');
      draft.times = count;
    },
  },
  always: {
    sets: 'times',
    read(_words, draft) {
      draft.times = Infinity;
    },
  },
  chance: {
    read(words, draft) {
      const [, digits = '', percent] = /^(\d{1,3}(?:\.\d+)?)(%)?$/.exec(words.take() ?? '') ?? [];
      const chance = digits === '' ? -1 : Number(digits) / (percent === undefined ? 1 : 100);
      if (chance < 0 || chance > 1)
        refuse(draft.text, 'behind "chance" stands a share, as in "chance 30%" or "chance 0.3"');
      draft.chance = chance;
    },
  },
  session: {
    read(words, draft) {
      const number = Number(words.take());
      if (!Number.isInteger(number) || number < 1)
        refuse(draft.text, 'behind "session" stands its number, as in "session 2"');
      draft.session = number;
    },
  },
  for: {
    read(words, draft) {
      const ms = parseTime(words.take() ?? '');
      if (ms === undefined) refuse(draft.text, `behind "for" stands ${valueForms.duration}`);
      draft.forMs = ms;
    },
  },
};

function takeCode(words: RuleWords, draft: Draft, behind: string): number {
  const code = words.take() ?? '';
  if (!/^[1-6]\d\d$/.test(code)) refuse(draft.text, `behind "${behind}" stands a reply code, as in "${behind} 226"`);
  return Number(code);
}

/** `after 150`, `after 5s`, `after 600KiB of data down`. */
function readAfter(words: RuleWords, draft: Draft): void {
  const word = words.take() ?? '';
  if (/^bytes?$/.test(words.peek() ?? '')) words.take();
  if (words.peek() === 'of') {
    words.take();
    const atBytes = parseSize(word);
    const [line, direction] = [words.take(), words.take()];
    const isLine = line === 'data' || line === 'control';
    if (atBytes === undefined || !isLine || (direction !== 'up' && direction !== 'down')) {
      refuse(draft.text, 'bytes are counted as in "after 600KiB of data down"');
    }
    draft.trigger = { kind: 'bytes', line, direction, atBytes };
    return;
  }
  if (/^[1-6]\d\d$/.test(word)) {
    draft.trigger = { kind: 'after-reply', code: Number(word) };
    return;
  }
  const ms = parseTime(word);
  if (ms === undefined) {
    refuse(
      draft.text,
      'behind "after" stands a reply code, a time, or bytes: "after 150", "after 5s", "after 600KiB of data down"',
    );
  }
  draft.trigger = { kind: 'time', ms };
}
