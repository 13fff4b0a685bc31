import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { hashOf, hashOfFile, inChunksOf, seededBytes } from './chunked-bytes.ts';
import { createTempFolder } from '../testing/index.ts';

describe('bytes for tests', () => {
  test('the same seed gives the same bytes, and a longer run begins with the shorter one', () => {
    assert.deepEqual(seededBytes(1000, 7), seededBytes(1000, 7));
    assert.deepEqual(seededBytes(5000, 7).subarray(0, 1000), seededBytes(1000, 7));
    assert.notDeepEqual(seededBytes(1000, 7), seededBytes(1000, 8));
  });

  test('the hash is SHA-256, of bytes and of a file alike', async () => {
    assert.equal(hashOf('abc'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    await using folder = await createTempFolder();
    const bytes = seededBytes(3_000_000, 1);
    await writeFile(folder.join('file'), bytes);
    assert.equal(await hashOfFile(folder.join('file')), hashOf(bytes));
  });

  test('chunks hold the same bytes in order, and none is empty', () => {
    const bytes = seededBytes(20, 3);
    const chunks = inChunksOf(bytes, 8);
    assert.deepEqual(Buffer.concat(chunks), bytes);
    assert.deepEqual(
      chunks.map((chunk) => chunk.length),
      [8, 8, 4],
    );
  });
});
