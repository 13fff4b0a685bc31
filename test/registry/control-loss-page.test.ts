/** The committed page of the control-loss matrix says what the rules say, and its times are within the target. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { isMeasured, maskMeasured, renderControlLoss } from '../../docs/control-loss-page.ts';
import { matrixCells } from '../system/control-loss/cells.ts';
import { expectationOf } from '../system/control-loss/expectation.ts';
import { textOf } from './source-files.ts';

/** Within which the other line must end (server-wide target), in milliseconds. */
const targetMs = 50;

const page = textOf('docs/control-loss.md');

/** The third column of every row of the matrix, in the order of the cells on the page. */
function times(text: string): (number | undefined)[] {
  const rows = text.split('\n').filter((line) => line.split(' | ').length === 9 && !line.startsWith('| Cell'));
  return rows.map((line) => {
    const time = Number(line.split(' | ')[2]);
    return Number.isNaN(time) ? undefined : time;
  });
}

describe('docs/control-loss.md', () => {
  test('has the cells and outcomes of the rules (else: npm run docs)', () => {
    assert.equal(
      maskMeasured(page),
      renderControlLoss(() => '…'),
    );
  });

  test('has a time for each cell that has one, and the other line ends in time', () => {
    const cells = matrixCells();
    const measured = times(page);
    assert.equal(measured.length, cells.length);
    for (const [index, cell] of cells.entries()) {
      const time = measured[index];
      assert.equal(time !== undefined, isMeasured(cell), `row ${index}`);
      if (expectationOf(cell).otherLineEnds) assert.ok((time ?? Infinity) < targetMs, `row ${index}: ${time} ms`);
    }
  });
});
