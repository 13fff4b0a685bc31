import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseMonthName, utcMs } from './calendar.ts';

describe('utcMs', () => {
  test('reads a minute as UTC', () => {
    const minute = { year: 2012, month: 10, day: 5, hour: 22, minute: 33 };
    assert.equal(utcMs(minute), Date.parse('2012-11-05T22:33:00Z'));
  });

  test('refuses days and times that do not exist', () => {
    const minute = { year: 2011, month: 1, day: 28, hour: 0, minute: 0 };
    assert.notEqual(utcMs(minute), undefined);
    for (const wrong of [
      { day: 29 },
      { day: 0 },
      { month: 12 },
      { month: -1 },
      { hour: 24 },
      { minute: 60 },
      { year: 99 },
      { year: 10_000 },
      { year: Number.NaN },
      { day: Number.NaN },
    ]) {
      assert.equal(utcMs({ ...minute, ...wrong }), undefined, JSON.stringify(wrong));
    }
  });
});

test('parseMonthName takes the three English letters in any case and nothing else', () => {
  assert.equal(parseMonthName('Jan'), 0);
  assert.equal(parseMonthName('dEC'), 11);
  for (const text of ['', 'J', 'January', 'Mär', 'Okt', '1', 'Jan.'])
    assert.equal(parseMonthName(text), undefined, text);
});
