import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseTimeValue, serialiseTimeValue } from './time-value.ts';

describe('time values', () => {
  test('are read as UTC, with their fraction to the millisecond', () => {
    assert.equal(parseTimeValue('19700101000000'), 0);
    assert.equal(parseTimeValue('20121112223335'), Date.UTC(2012, 10, 12, 22, 33, 35));
    assert.equal(parseTimeValue('19980615100045.014'), Date.UTC(1998, 5, 15, 10, 0, 45, 14));
    assert.equal(parseTimeValue('19700101000000.5'), 500);
    assert.equal(parseTimeValue('19700101000000.0019999999'), 1);
  });

  test('may lie before 1970 and in the first years', () => {
    assert.equal(parseTimeValue('19691231235959'), -1000);
    assert.equal(parseTimeValue('00010203040506'), Date.parse('0001-02-03T04:05:06Z'));
    assert.equal(parseTimeValue('00000229000000'), Date.parse('0000-02-29T00:00:00Z'));
  });

  test('may name a leap second, which is the first of the next minute', () => {
    assert.equal(parseTimeValue('20161231235960'), Date.UTC(2017, 0, 1));
  });

  test('are refused where the day or the time does not exist', () => {
    const days = '20121312 20120012 20120132 20120100 20130229 20120431'.split(' ').map((day) => `${day}000000`);
    const times = '240000 006000 000061'.split(' ').map((time) => `20120101${time}`);
    const wrongDigits = ['', '2012', '2012010100000', '201201010000000', '-0120101000000', '2O120101000000'];
    const wrongEnds = ['.', '.x', ',5', ' ', '\n', 'Z'].map((end) => `20120101000000${end}`);
    const wrong = [...days, ...times, ...wrongDigits, ...wrongEnds, ' 20120101000000', '2012-01-01T00:00'];
    for (const text of wrong) assert.equal(parseTimeValue(text), undefined, JSON.stringify(text));
  });

  test('are written with a fraction only where it is not zero', () => {
    assert.equal(serialiseTimeValue(Date.UTC(2012, 10, 12, 22, 33, 35)), '20121112223335');
    assert.equal(serialiseTimeValue(Date.UTC(2012, 10, 12, 22, 33, 35, 7)), '20121112223335.007');
    assert.equal(serialiseTimeValue(-1), '19691231235959.999');
    assert.equal(serialiseTimeValue(1.75), '19700101000000.001');
    assert.equal(serialiseTimeValue(-0.25), '19691231235959.999');
  });

  test('are written for the nearest year that has four digits', () => {
    assert.equal(serialiseTimeValue(1e15), '99991231235959.999');
    assert.equal(serialiseTimeValue(-1e15), '00000101000000');
  });

  test('are read as they were written', () => {
    const ms = fc.integer({ min: Date.parse('0000-01-01T00:00:00Z'), max: Date.parse('9999-12-31T23:59:59.999Z') });
    fc.assert(
      fc.property(ms, (ms) => {
        assert.equal(parseTimeValue(serialiseTimeValue(ms)), ms);
      }),
    );
  });

  test('are refused or whole numbers for any digits', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{14}(\.\d{0,5})?$/), (text) => {
        const ms = parseTimeValue(text);
        assert.ok(ms === undefined || Number.isSafeInteger(ms));
      }),
    );
  });
});
