/** Reads the bounds in bytes per second of the server, of each user and of each session. */

import type { RateSettings } from '../../../server/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import { parseByteSize } from '../quantities.ts';
import type { FieldRecord } from '../setting-record.ts';

const fields = [
  { key: 'up', name: 'up', description: 'All uploads of the server together' },
  { key: 'down', name: 'down', description: 'All downloads of the server together' },
  { key: 'userUp', name: 'user-up', description: 'The uploads of each user who has no rate-up' },
  { key: 'userDown', name: 'user-down', description: 'The downloads of each user who has no rate-down' },
  { key: 'sessionUp', name: 'session-up', description: 'The uploads of each session' },
  { key: 'sessionDown', name: 'session-down', description: 'The downloads of each session' },
] as const;

/** The fields of `[rates]`. */
export const rateFields: readonly FieldRecord[] = fields.map(({ name, description }) => ({
  name,
  placeholder: 'size',
  description: `${description}, in bytes per second`,
  defaultText: 'no bound',
  exampleToml: '"10 MB"',
}));

export function ratesOf(given: GivenSettings): RateSettings {
  const table = given.table('rates');
  const rates: { -readonly [Key in keyof RateSettings]: RateSettings[Key] } = {};
  for (const { key, name } of fields) {
    const text = table.text(name);
    if (text === undefined) continue;
    const rate = parseByteSize(text);
    if (rate === undefined || rate < 1) {
      throw table.wrong(name, `takes bytes per second, such as "500 KiB" or "10 MB"; "${text}" is not that.`);
    }
    rates[key] = rate;
  }
  return rates;
}
