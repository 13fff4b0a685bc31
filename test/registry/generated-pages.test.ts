/** The pages that are made from the sources are committed as they are made. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { generatedPages } from '../../docs/generate.ts';
import { textOf } from './source-files.ts';

describe('a generated page is up to date (else: npm run docs):', () => {
  for (const [path, render] of Object.entries(generatedPages)) {
    test(path, () => assert.equal(textOf(`docs/${path}`), render()));
  }
});
