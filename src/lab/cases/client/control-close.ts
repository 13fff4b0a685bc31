/** Client cases about the matrix of lines that end while data move (group J): 144 cells, generated from their axes. */

import type { ClientLab } from '../../client-lab/client-lab.ts';
import { type ClientCase, defineClientCase, type Seen, type Task } from '../../engine/lab-case.ts';
import { cellsOf, type Cell, type Direction, kinds, rowOf, slugOf, smokeRows, textOf } from '../control-close/cells.ts';
import { type Happened, rogueScripts, unfitOf } from './control-close/rogue-transfer.ts';
import { expectationOf, outcomeOf, outcomesOf } from './control-close/verdicts.ts';

const tasks: Readonly<Record<Direction, Task>> = { download: 'download', upload: 'upload', listing: 'list' };

/** A silent line is watched for so long, in milliseconds: whoever waits longer is let go. */
const silencePatienceMs = 9_000;

/** What is moved, in bytes. */
const contentBytes = 2 * 1024 * 1024;

/** Every cell of the matrix. */
export const clientCells: readonly Cell[] = cellsOf(kinds);

async function run(lab: ClientLab, cell: Cell): Promise<Seen> {
  const known = lab.protects && unfitOf(cell, lab.protects);
  if (known !== undefined) lab.skip(known);
  const piece = lab.random.bytes(contentBytes);
  // An upload must not fit into the buffers of the kernels, or it is over before a client can notice anything.
  const isLong = cell.direction === 'upload' && cell.phase === 1;
  const content = isLong ? Buffer.concat(Array.from({ length: 6 }, () => piece)) : piece;
  const happened: Happened = { isDone: false, unfit: undefined, wentOn: false, lines: [] };
  const ran = await lab.run({
    content,
    commands: rogueScripts(lab, cell, content, happened),
    // The name of an upload is free, so that SIZE proves what has come.
    ...(cell.direction === 'upload' ? { files: {} } : {}),
    // TLS on the data line begins at the transfer, so that the line can be lost before it.
    ...(cell.phase === 0 && cell.channel === 'data' ? { dataTlsStart: 'on-transfer' } : {}),
    ...(cell.kind === 'hole' ? { patienceMs: silencePatienceMs } : {}),
  });
  if (happened.unfit !== undefined) lab.skip(happened.unfit);
  if (!happened.isDone) lab.skip('the client did not come to the transfer');
  return { outcome: outcomeOf(cell, ran, happened), facts: ran.facts, lines: happened.lines };
}

function caseOf(cell: Cell): ClientCase {
  const { requirement, ...expectation } = expectationOf(cell);
  return defineClientCase({
    ...expectation,
    id: `engineering/line-loss/${slugOf(cell)}`,
    row: rowOf(cell),
    area: 'failure',
    level: 'engineering',
    requirement: `${requirement} (${textOf(cell)})`,
    outcomes: outcomesOf(cell),
    task: tasks[cell.direction],
    waits: cell.kind === 'hole',
    ...(smokeRows.has(rowOf(cell)) ? { smoke: true } : {}),
    run: (lab) => run(lab, cell),
  });
}

export const controlCloseClientCases: readonly ClientCase[] = clientCells.map(caseOf);
