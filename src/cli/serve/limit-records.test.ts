import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { defaultLimits, type ServerLimits } from '../../server/index.ts';
import { GivenSettings } from './given-settings.ts';
import { formatLimit, limitFields, limitKey } from './limit-records.ts';
import { resolveSettings } from './settings.ts';

const names = (Object.keys(defaultLimits) as readonly (keyof ServerLimits)[]).filter(
  (name) => name !== 'partialMaxAgeMs',
);

describe('the limits of the configuration file', () => {
  test('have a key of their own each', () => {
    assert.equal(limitFields.length, names.length);
    assert.equal(new Set(limitFields.map(({ name }) => name)).size, names.length);
    assert.equal(limitKey('idleMs'), 'idle');
    assert.equal(limitKey('maxLineBytes'), 'max-line');
  });

  for (const name of names) {
    test(`take the default of ${limitKey(name)} as it is written in the example`, () => {
      const limit = [`${limitKey(name)}=${formatLimit(name, defaultLimits[name])}`];
      assert.deepEqual(resolveSettings(new GivenSettings({ limit })).limits, { [name]: defaultLimits[name] });
    });
  }
});
