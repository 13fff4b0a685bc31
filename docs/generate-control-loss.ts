/** Plays the control-loss matrix, measures it, and writes `control-loss.md`: a part of `npm run docs`. */

import { writeFile } from 'node:fs/promises';
import { type Cell, cellName, matrixCells } from '../test/system/control-loss/cells.ts';
import { checkCell } from '../test/system/control-loss/check-cell.ts';
import { isMeasured, renderControlLoss } from './control-loss-page.ts';

const rounds = 5;
/** Silent cells wait for their deadlines and disturb nobody. */
const silentAtOnce = 3;

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** Plays the cells, `atOnce` at a time, and gives every time that was measured by the name of its cell. */
async function measure(cells: readonly Cell[], atOnce: number, times: Map<string, number[]>): Promise<void> {
  const waiting = [...cells];
  const work = async (): Promise<void> => {
    for (let cell = waiting.shift(); cell !== undefined; cell = waiting.shift()) {
      const name = cellName(cell);
      for (const { afterMs } of await checkCell(cell)) {
        if ((afterMs !== undefined) !== isMeasured(cell)) throw new Error(`${name}: measured or not?`);
        if (afterMs !== undefined) times.set(name, [...(times.get(name) ?? []), afterMs]);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

const times = new Map<string, number[]>();
const cells = matrixCells();
const silent = cells.filter((cell) => cell.fault === 'silence');
const others = cells.filter((cell) => cell.fault !== 'silence');
// The first round warms up and does not count.
await measure(others, 1, new Map());
for (let round = 0; round < rounds; round += 1) await measure(others, 1, times);
await measure(silent, silentAtOnce, times);

const page = renderControlLoss((cell) => {
  const measured = times.get(cellName(cell));
  return measured === undefined ? '—' : median(measured).toFixed(1);
});
await writeFile(new URL('control-loss.md', import.meta.url), page);
