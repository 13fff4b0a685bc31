import { test } from 'node:test';
import assert from 'node:assert/strict';
import { jsonLine } from './json-line.ts';

test('a line of JSON holds no control character but its end, and means the same', () => {
  const name = Array.from({ length: 0xa1 }, (_, code) => String.fromCharCode(code)).join('') + '\u2028\udce9';
  const line = jsonLine({ name });
  assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cs}\u2028]/u);
  assert.deepEqual(JSON.parse(line), { name });
});
