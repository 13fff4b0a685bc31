/** Reads the values of faults as people write them: `200ms`, `600KiB`, `200KiB/s`, `226`. */

import type { ParameterKind, ParameterValue } from './define-fault.ts';

const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, m: 60_000, h: 3_600_000 };
const sizeUnits: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
};

/** What a sentence says of the values of a kind. */
export const valueForms: Readonly<Record<ParameterKind, string>> = {
  duration: 'a time such as 200ms, 5s or 2min',
  size: 'a size such as 512, 64KiB or 10MB',
  rate: 'a rate such as 200KiB/s',
  count: 'a number',
  code: 'a reply code of three digits, or any',
  text: 'text in quotes',
  address: 'HOST or HOST:PORT with an IPv4 address',
};

function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,12}(?:\.\d{1,3})?)([a-z]*)$/i.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return digits === undefined || factor === undefined ? undefined : Math.round(Number(digits) * factor);
}

export const parseTime = (text: string): number | undefined => quantity(text, timeUnits);
export const parseSize = (text: string): number | undefined => quantity(text, sizeUnits);

function parseAddress(text: string): string | undefined {
  const [, host = '', port] = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(\d{1,5}))?$/.exec(text) ?? [];
  const isHost = host !== '' && host.split('.').every((part) => Number(part) <= 255);
  return isHost && (port === undefined || (Number(port) > 0 && Number(port) < 65_536)) ? text : undefined;
}

/** Undefined where the text is no value of this kind. */
export function parseValue(kind: ParameterKind, text: string): ParameterValue | undefined {
  switch (kind) {
    case 'duration':
      return parseTime(text);
    case 'size':
      return parseSize(text);
    case 'rate':
      return /\/s$/i.test(text) ? parseSize(text.slice(0, -2)) : undefined;
    case 'count':
      return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
    case 'code':
      return /^(?:[1-6]\d\d|any)$/.test(text) ? text : undefined;
    case 'address':
      return parseAddress(text);
    default:
      return /[\r\n\0]/.test(text) || text === '' ? undefined : text;
  }
}
