/** Reports side by side. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { hostileText, sampleCase, sampleReport } from '../../../../test/fixtures/lab-report.ts';
import { compareReports, comparisonFormats, comparisonTerminal } from './index.ts';

const first = sampleReport([
  sampleCase({ id: 'a/1/same', row: 'A01' }),
  sampleCase({ id: 'a/1/other', row: 'A02', verdict: 'FAIL', says: hostileText, facts: hostileText }),
  sampleCase({ id: 'a/1/alone', row: 'A03' }),
]);
const second = sampleReport([
  sampleCase({ id: 'a/1/same', row: 'A01' }),
  sampleCase({ id: 'a/1/other', row: 'A02' }),
  sampleCase({ id: 'a/1/new', row: 'A04', verdict: 'SKIP' }),
]);
const named = [
  { name: 'one', report: first },
  { name: 'two', report: second },
];

describe('a comparison', () => {
  test('has a row for every case of any report, and a gap where one does not have it', () => {
    const { cases } = compareReports(named);
    assert.deepEqual(
      cases.map(({ id, cells }) => [id, ...cells.map((cell) => cell?.verdict)]),
      [
        ['a/1/same', 'PASS', 'PASS'],
        ['a/1/other', 'FAIL', 'PASS'],
        ['a/1/alone', 'PASS', undefined],
        ['a/1/new', undefined, 'SKIP'],
      ],
    );
  });

  test('can leave out what all agree on; what was not judged is no difference', () => {
    const { cases, leftOut } = compareReports(named, true);
    assert.deepEqual(
      cases.map(({ id }) => id),
      ['a/1/other'],
    );
    assert.equal(leftOut, 3);
  });

  test('numbers columns of one name, and gives each its letters', () => {
    const { subjects, areas } = compareReports(named.map(({ report }) => ({ name: 'x', report })));
    assert.deepEqual(
      subjects.map(({ name }) => name),
      ['x', 'x (2)'],
    );
    const failure = areas.find(({ area }) => area === 'failure');
    assert.deepEqual(
      failure?.grades.map(({ letter }) => letter),
      ['F', 'A'],
    );
  });

  test('is a table on a terminal, without control characters of a peer', () => {
    const text = comparisonTerminal(compareReports([{ name: hostileText, report: first }, ...named]), false);
    assert.match(text, /FAIL +FAIL +pass +A02 {3}a\/1\/other/);
    assert.match(text, /4 cases; the verdicts of 1 differ\./);
    assert.doesNotMatch(text, /(?!\n)\p{Cc}/u);
  });

  test('is written as Markdown with whole tables and without markup of a peer', () => {
    const text = comparisonFormats['markdown']?.(compareReports(named)) ?? '';
    for (const line of text
      .replaceAll(/\\[^\n]/g, '')
      .split('\n')
      .filter((one) => one.startsWith('| A0'))) {
      assert.equal(line.split('|').length - 1, 6, line);
    }
    assert.doesNotMatch(text.replaceAll(/\\[^\n]/g, '').replaceAll(/<\/?code>/g, ''), /<|https:|\]\(|@/);
    assert.match(text, /\*\*FAIL\*\* \| PASS/);
  });

  test('is written as HTML that loads and runs nothing', () => {
    const html = comparisonFormats['html']?.(compareReports(named)) ?? '';
    assert.doesNotMatch(html, /<script|<img|<link|<a |\bon\w+=|url\(/i);
    assert.match(html, /<tr class="same-everywhere"><th scope="row"><span class="soft">A01/);
    assert.match(html, /<tr><th scope="row"><span class="soft">A02/);
  });
});
