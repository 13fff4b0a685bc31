import { test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { wrapped } from './wrapped.ts';

test('no line is wider than asked for, and no letter is lost', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), fc.integer({ min: 10, max: 60 }), (text, width) => {
      const lines = wrapped(text, width, '  ');
      assert.ok(lines.every((line) => line.length <= width));
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
    }),
  );
});

test('breaks at blanks, and sets the rest in', () => {
  assert.deepEqual(wrapped('229 Entering Extended Passive Mode', 20, '  '), [
    '229 Entering',
    '  Extended Passive',
    '  Mode',
  ]);
});
