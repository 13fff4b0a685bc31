import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseDateColumns } from './unix-date.ts';

const nowMs = Date.parse('2012-11-12T22:33:35Z');
const read = (text: string, now = nowMs): string | undefined => {
  const columns = parseDateColumns(text.split(' '), 0, now);
  if (!columns) return undefined;
  const time = columns.modifiedMs === undefined ? 'no time' : new Date(columns.modifiedMs).toISOString().slice(0, 16);
  return `${columns.count} ${time}`;
};

describe('parseDateColumns', () => {
  for (const [text, expected] of [
    ['Nov 5 22:33', '3 2012-11-05T22:33'],
    ['5 Nov 22:33', '3 2012-11-05T22:33'],
    ['NOV 05 9:05', '3 2012-11-05T09:05'],
    ['Nov 5 2010', '3 2010-11-05T00:00'],
    ['5 Nov 2010', '3 2010-11-05T00:00'],
    ['2010-11-05 22:33', '2 2010-11-05T22:33'],
    ['Mär 5 12:00', '3 no time'],
    ['5. Nov 12:00', '3 no time'],
    ['févr. 28 2010', '3 no time'],
    ['11月 5 12:00', '3 no time'],
    ['11月 5日 2010年', '3 no time'],
    ['Feb 30 2010', '3 no time'],
    ['Nov 5 25:00', '3 no time'],
    ['2010-13-05 22:33', '2 no time'],
    ['Nov 5', undefined],
    ['Nov 5 x', undefined],
    ['Nov Dec Jan', undefined],
    ['5 6 12:00', undefined],
    ['Nov 123 12:00', undefined],
    ['2010-11-05 x', undefined],
    ['', undefined],
  ] as const) {
    test(`reads ${JSON.stringify(text)} as ${expected}`, () => assert.equal(read(text), expected));
  }

  test('a date without year is the latest that is not more than a day ahead', () => {
    assert.equal(read('Nov 13 22:33'), '3 2012-11-13T22:33');
    assert.equal(read('Nov 13 22:34'), '3 2011-11-13T22:34');
    assert.equal(read('Dec 31 23:59'), '3 2011-12-31T23:59');
    assert.equal(read('Jan 1 07:30', Date.parse('2012-12-31T23:30:00Z')), '3 2013-01-01T07:30');
    assert.equal(read('Feb 29 12:00'), '3 2012-02-29T12:00');
    assert.equal(read('Feb 29 12:00', Date.parse('2015-03-01T00:00:00Z')), '3 no time');
  });

  test('without a present there is no time, and no failure', () => {
    assert.equal(read('Nov 5 22:33', Number.NaN), '3 no time');
  });
});
