import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { runEveryWay } from '../../test/fixtures/every-way.ts';
import { ListingLines } from './listing-lines.ts';

describe('the lines of a listing', () => {
  test('are the same however the bytes are cut', () => {
    const bytes = Buffer.concat([
      Buffer.from('one\r\ntwo\nthr\ree\r\n\r\n\xc3\xa4', 'latin1'),
      Buffer.from([0xff]),
      Buffer.from('\r\n'),
    ]);
    const lines = runEveryWay(
      () => new ListingLines(1000),
      bytes,
      (codec, piece) => codec.push([Buffer.from(piece)]),
    );
    assert.deepEqual(lines, ['one', 'two', 'thr\ree', '', 'ä\udcff']);
  });

  test('may lack the last line end', () => {
    const lines = new ListingLines(1000);
    assert.deepEqual(lines.push([Buffer.from('a\r\nb')]), ['a']);
    assert.deepEqual(lines.finish(), ['b']);
    assert.deepEqual(lines.finish(), []);
  });

  test('are bounded together and each', () => {
    assert.throws(() => new ListingLines(10).push([Buffer.from('12345\n12345\n')]), {
      code: 'ERR_TWINLINE_LISTING_TOO_LONG',
    });
    const lines = new ListingLines(1_000_000);
    assert.throws(() => lines.push([Buffer.alloc(70_000, 'x')]), { code: 'ERR_TWINLINE_LISTING_TOO_LONG' });
  });
});
