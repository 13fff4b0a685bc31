/** Memory of programs as Linux counts it. */

import { readFileSync, writeFileSync } from 'node:fs';
import { processTree } from '../test/fixtures/peers/index.ts';

function kibOf(file: string, field: string): number {
  let text: string;
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    // It has ended meanwhile.
    return 0;
  }
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
}

/** PSS of a process and all its descendants in KiB: pages that several share are counted once. */
export function treePssKib(root: number): number {
  return processTree(root).reduce((sum, pid) => sum + kibOf(`/proc/${pid}/smaps_rollup`, 'Pss'), 0);
}

/** Resident memory of one process now, and the most it has had since it began or {@link forgetPeak}, in KiB. */
export function residentKib(pid: number): { now: number; peak: number } {
  const file = `/proc/${pid}/status`;
  return { now: kibOf(file, 'VmRSS'), peak: kibOf(file, 'VmHWM') };
}

/** Lets the peak of {@link residentKib} begin anew. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
