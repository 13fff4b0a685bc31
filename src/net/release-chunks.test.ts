import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { releaseChunks } from './release-chunks.ts';

describe('releaseChunks', () => {
  test('empties chunks that have their memory for themselves', () => {
    const chunk = Buffer.from(new ArrayBuffer(16_384));
    const memory = chunk.buffer;
    releaseChunks([chunk]);
    assert.equal(memory.detached, true);
    assert.equal(chunk.length, 0);
  });

  test('leaves memory alone that other chunks may lie in', () => {
    const whole = Buffer.from(new ArrayBuffer(100)).fill('a');
    const parts = [whole.subarray(0, 50), whole.subarray(50)];
    releaseChunks([parts[0] ?? whole]);
    assert.equal(parts[0]?.toString(), 'a'.repeat(50));
    assert.equal(parts[1]?.toString(), 'a'.repeat(50));
  });

  test('takes chunks twice, and empty ones', () => {
    const chunk = Buffer.from(new ArrayBuffer(10));
    releaseChunks([chunk, Buffer.alloc(0)]);
    releaseChunks([chunk]);
    assert.equal(chunk.length, 0);
  });
});
