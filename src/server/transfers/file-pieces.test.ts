import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import type { ReadHandle } from '../../storage/index.ts';
import { networkTextFrom, networkTextSize, placeInText } from './file-pieces.ts';

/** Reads come short, so that line ends fall between them. */
function fileOf(text: string): ReadHandle {
  const bytes = Buffer.from(text, 'latin1');
  return {
    size: bytes.length,
    read: async (buffer, position) => bytes.copy(buffer, 0, position, Math.min(position + 3, bytes.length)),
    close: async () => {},
  };
}

const always = (): boolean => true;
const text = fc.string({ unit: fc.constantFrom('\r', '\n', 'a'), maxLength: 24 });

async function joined(chunks: AsyncIterable<Buffer>): Promise<string> {
  let all = '';
  for await (const chunk of chunks) all += chunk.toString('latin1');
  return all;
}

describe('a file as network text', () => {
  test('begins at any byte of it, and its size is that of all of it', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const whole = await joined(await networkTextFrom(fileOf(content), 0, always));
        assert.equal(whole, content.replace(/(?<!\r)\n/g, '\r\n'));
        assert.equal(await networkTextSize(fileOf(content)), whole.length);
        for (let offset = 0; offset <= whole.length; offset += 1) {
          assert.equal(await joined(await networkTextFrom(fileOf(content), offset, always)), whole.slice(offset));
        }
        await assert.rejects(networkTextFrom(fileOf(content), whole.length + 1, always), { kind: 'bad-offset' });
      }),
    );
  });

  test('has each of its bytes at a place of the file', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (content) => {
        const whole = content.replace(/(?<!\r)\n/g, '\r\n');
        for (let offset = 0; offset <= whole.length; offset += 1) {
          const { fileOffset, afterCr } = await placeInText(fileOf(content), offset, always);
          const before = content.slice(0, fileOffset).replace(/(?<!\r)\n/g, '\r\n') + (afterCr ? '\r' : '');
          assert.equal(before, whole.slice(0, offset));
        }
        await assert.rejects(placeInText(fileOf(content), whole.length + 1, always), { kind: 'bad-offset' });
      }),
    );
  });

  test('is given up when it is not wanted any more', async () => {
    const file = fileOf('a\n'.repeat(100));
    await assert.rejects(
      networkTextFrom(file, 50, () => false),
      { kind: 'aborted' },
    );
    await assert.rejects(
      placeInText(file, 50, () => false),
      { kind: 'aborted' },
    );
  });
});
