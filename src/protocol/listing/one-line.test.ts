import assert from 'node:assert/strict';
import { test } from 'node:test';

import { oneLine } from './one-line.ts';

test('oneLine replaces what would end a line and keeps all else', () => {
  assert.equal(oneLine('a\r\nb\0c\n'), 'a??b?c?');
  assert.equal(oneLine(' a\t\x1b[1m\udcff ü -> b '), ' a\t\x1b[1m\udcff ü -> b ');
});
