/** The whole control-loss matrix against our server, each cell on a server of its own. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { allCombinations, cellName, leftOutBy, matrixCells, variantCells } from './cells.ts';
import { checkCell } from './check-cell.ts';

/** Some cells wait for deadlines; more at once than this, and the processor delays what is measured. */
const atOnce = 8;

test('every combination is a cell or is left out by a rule', () => {
  const all = allCombinations();
  assert.equal(all.length, 270);
  assert.equal(new Set(all.map(cellName)).size, all.length);
  assert.equal(matrixCells().length + all.filter((cell) => leftOutBy(cell) !== undefined).length, all.length);
  assert.equal(matrixCells().length, 198);
});

describe('the fate of a transfer', { concurrency: atOnce }, () => {
  for (const cell of matrixCells()) {
    test(cellName(cell), async () => {
      await checkCell(cell);
    });
  }
});

describe('the fate of a transfer over other data lines', { concurrency: atOnce }, () => {
  for (const cell of variantCells()) {
    test(cellName(cell), async () => {
      await checkCell(cell);
    });
  }
});
