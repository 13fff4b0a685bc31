/** The documents speak of the project and not of a machine, and their links lead somewhere. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { filesBelow, textOf, top } from './source-files.ts';

const documents = filesBelow('.', '.md');

/** Folders in which people and build machines keep their own things. */
const ownPath = /(?<![\w.:/~-])\/(?:home|root|Users|work|var\/lib\/jenkins|builds)\/[\w.-]+/g;

/** Whether a text names the folder of this checkout, as a whole path and not as the beginning of another word. */
function namesCheckout(text: string): boolean {
  return text.split(top).some((rest, index, parts) => {
    const before = parts[index - 1]?.at(-1) ?? ' ';
    return index > 0 && !/[\w./:-]/.test(before) && !/^[\w-]/.test(rest);
  });
}

/** Targets of Markdown links without scheme and without fragment. */
function linksOf(text: string): string[] {
  const outsideCode = text.replaceAll(/```[^]*?```/g, '').replaceAll(/`[^`\n]*`/g, '');
  const targets = [...outsideCode.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');
  return targets.filter((target) => !/^(?:[a-z]+:|#)/.test(target)).map((target) => target.replace(/#.*/, ''));
}

describe('the documents', () => {
  test('hold no absolute path of a machine', () => {
    const found = documents.flatMap((file) => {
      const text = textOf(file);
      const here = namesCheckout(text) ? [top] : [];
      return [...text.matchAll(ownPath)]
        .map((match) => match[0])
        .concat(here)
        .map((path) => `${file}: ${path}`);
    });
    assert.deepEqual(found, []);
  });

  test('link to files that exist', () => {
    const broken = documents.flatMap((file) =>
      linksOf(textOf(file))
        .filter((target) => !existsSync(join(top, posix.dirname(file), target)))
        .map((target) => `${file}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  test('are led to by the first page, every how-to of them', () => {
    const named = new Set(linksOf(textOf('README.md')));
    assert.deepEqual(
      filesBelow('docs/how-to', '.md').filter((file) => !named.has(file)),
      [],
    );
  });
});
