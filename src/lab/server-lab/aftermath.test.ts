import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readReply } from '../engine/reply.ts';
import { sizeIn } from './aftermath.ts';

test('an answer to SIZE gives a number, or none', () => {
  const sizeOfReply = (text: string): number | undefined => sizeIn(readReply(Buffer.from(`${text}\r\n`)));
  assert.equal(sizeOfReply('213 4096'), 4096);
  assert.equal(sizeOfReply('213 0'), 0);
  assert.equal(sizeOfReply('213 File status'), undefined);
  assert.equal(sizeOfReply('550 No such file'), undefined);
});
