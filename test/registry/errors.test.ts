/** Every error code has its entry in docs/errors.md, and every entry has its code. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { errorCatalogue } from '../../src/errors/index.ts';
import { filesBelow, textOf } from './source-files.ts';

/** The text below each heading that is a code. */
function entries(): Map<string, string> {
  const sections = textOf('docs/errors.md').split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [section.slice(0, end).trim(), section.slice(end).trim()] as const;
    }),
  );
}

describe('the catalogue of errors', () => {
  const documented = entries();
  const codes = Object.keys(errorCatalogue);

  test('has an entry for each code, in the same order, and no other', () => {
    assert.deepEqual([...documented.keys()], codes);
  });

  test('says for each code what it means and what to do', () => {
    for (const code of codes) {
      const text = documented.get(code) ?? '';
      assert.match(text, /^\*\*What to do:\*\* \S/m, `${code} says what to do`);
      assert.ok(text.indexOf('**What to do:**') > 40, `${code} says what it means`);
    }
  });

  test('knows every code that the sources name', () => {
    const known = new Set(codes);
    const strange = filesBelow('src', '.ts').flatMap((file) =>
      [...textOf(file).matchAll(/'(ERR_TWINLINE_[A-Z_]+)'/g)]
        .filter((match) => !known.has(match[1] ?? ''))
        .map((match) => `${file}: ${match[1]}`),
    );
    assert.deepEqual(strange, []);
  });
});
