/** docs/limits.md says what the sources say, and leaves no bound out. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { defaultDeadlines, defaultLimits as clientLimits, defaultRetry } from '../../src/client/index.ts';
import { defaultLimits as serverLimits } from '../../src/server/index.ts';
import { filesBelow, textOf } from './source-files.ts';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly file: string;
}

const rows: readonly Row[] = [...textOf('docs/limits.md').matchAll(/^\| `(\w+)` \| (\d+) \| `([^`]+)` \|/gm)].map(
  ([, name = '', value = '', file = '']) => ({ name, value: Number(value), file }),
);

/** The value of a number, a product of numbers or a power of two less one, as constants are written. */
function evaluate(expression: string): number {
  const text = expression.replaceAll('_', '').trim();
  const power = /^2 \*\* (\d+) - 1$/.exec(text);
  if (power !== null) return 2 ** Number(power[1]) - 1;
  return text.split('*').reduce((product, factor) => product * Number(factor), 1);
}

function valueIn({ name, file }: Row): number {
  const found = new RegExp(`\\b${name}(?:: \\w+)?\\s*[:=]\\s*([\\d][\\d_\\s.*+()-]*)[,;}]?`, 'm').exec(textOf(file));
  return evaluate(found?.[1] ?? 'not found');
}

describe('the page of limits', () => {
  for (const row of rows) {
    test(`gives ${row.name} of ${row.file} as it is`, () => assert.equal(row.value, valueIn(row)));
  }

  test('has an origin for every bound', () => {
    const bare = [...textOf('docs/limits.md').matchAll(/^\| `(\w+)` .*\|\s*\|$/gm)].map(([, name]) => name);
    assert.deepEqual(bare, []);
  });

  test('has every default of server and client', () => {
    const defaults = [
      ...Object.keys(serverLimits).map((name) => `${name} src/server/options.ts`),
      ...Object.keys({ ...defaultDeadlines, ...clientLimits, ...defaultRetry }).map(
        (name) => `${name} src/client/options.ts`,
      ),
    ];
    const documented = new Set(rows.map(({ name, file }) => `${name} ${file}`));
    assert.deepEqual(
      defaults.filter((name) => !documented.has(name)),
      [],
    );
  });

  test('has every constant that is called a maximum', () => {
    const sources = filesBelow('src', '.ts').filter(
      (file) => !/\.test\.ts$|^src\/(?:testing|cli|.*\/contract)\//.test(file),
    );
    const maxima = sources.flatMap((file) =>
      [...textOf(file).matchAll(/^(?:export )?const (max[A-Z]\w*)(?:: \w+)? = \d/gm)].map(
        (match) => `${match[1]} ${file}`,
      ),
    );
    const documented = new Set(rows.map(({ name, file }) => `${name} ${file}`));
    assert.ok(maxima.length > 10, 'the search finds something');
    assert.deepEqual(
      maxima.filter((name) => !documented.has(name)),
      [],
    );
  });
});
