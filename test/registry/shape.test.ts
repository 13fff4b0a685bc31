/** Source files stay in shape: small, named for one thing, opened by a sentence of purpose. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { filesBelow, textOf } from './source-files.ts';

const maxLines = 400;
const drawers = new Set(['utils', 'util', 'helpers', 'helper', 'types', 'misc', 'common']);

const sources = filesBelow('src', '.ts');
const plain = sources.filter((file) => !file.endsWith('.test.ts'));

describe('the source files', () => {
  test(`have at most ${maxLines} lines`, () => {
    const long = sources.filter((file) => textOf(file).trimEnd().split('\n').length > maxLines);
    assert.deepEqual(long, []);
  });

  test('have names in kebab-case, and none is a drawer', () => {
    const odd = sources.filter((file) => !/^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/.test(basename(file)));
    assert.deepEqual(odd, []);
    const words = sources.filter((file) => file.split('/').some((name) => drawers.has(name.replace(/\.ts$/, ''))));
    assert.deepEqual(words, []);
  });

  test('open with a sentence of purpose', () => {
    const silent = plain.filter((file) => !/^(?:#!.*\n)?\/\*\*?\s*(?:\*\s*)?\S/.test(textOf(file)));
    assert.deepEqual(silent, []);
  });
});
