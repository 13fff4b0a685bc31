import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replyClass } from './reply-codes.ts';

test('the first digit of a code decides, known code or not', () => {
  const classes = ['preliminary', 'completion', 'intermediate', 'transient', 'permanent'];
  for (let code = 100; code < 600; code += 1) {
    assert.equal(replyClass(code), classes[Math.floor(code / 100) - 1]);
  }
});
