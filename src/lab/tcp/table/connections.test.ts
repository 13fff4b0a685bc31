import { test } from 'node:test';
import assert from 'node:assert/strict';
import { ownersText } from './connections.ts';

test('the name of a program that would command a terminal is written out', () => {
  const owner = { pid: 7, name: '\u001B[31m\n', descriptor: 3, parent: 1 };
  assert.equal(ownersText([owner]), String.raw`\x1B[31m\x0A/7`);
});
