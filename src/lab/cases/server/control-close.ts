/** Server cases about the matrix of lines that end while data move (group J): 120 cells, generated from their axes. */

import { defineServerCase, type ServerCase } from '../../engine/lab-case.ts';
import { cellsOf, rowOf, slugOf, smokeRows, textOf, type Cell } from '../control-close/cells.ts';
import { expectationOfControl, runControlCell } from './control-close/control-cells.ts';
import { expectationOfData, runDataCell } from './control-close/data-cells.ts';

/** Every kind but 421, which a server says by itself. */
export const serverCells: readonly Cell[] = cellsOf(['rst', 'fin', 'cn', 'trunc', 'hole']);

function caseOf(cell: Cell): ServerCase {
  const isControl = cell.channel === 'control';
  const { id, requirement, ...expectation } = isControl ? expectationOfControl(cell) : expectationOfData(cell);
  const needsWriting = cell.direction !== 'download';
  return defineServerCase({
    ...expectation,
    id: `${id}/${slugOf(cell)}`,
    row: rowOf(cell),
    area: 'failure',
    requirement: `${requirement} (${textOf(cell)})`,
    needs: needsWriting ? ['write'] : [],
    ...(smokeRows.has(rowOf(cell)) ? { smoke: true } : {}),
    // They try the data port again, which another session may have been given.
    ...(isControl && cell.phase === 0 && cell.kind !== 'hole' ? { alone: true } : {}),
    run: (lab) => (isControl ? runControlCell(lab, cell) : runDataCell(lab, cell)),
  });
}

export const controlCloseCases: readonly ServerCase[] = serverCells.map(caseOf);
