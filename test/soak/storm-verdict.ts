/** Judges storms: what must be as before, and by how much memory may differ. */

import type { Holdings } from './storm-server.ts';
import { type FileReport, StormServer, type StormReport } from './storm.ts';

/**
 * Bytes of JavaScript heap by which two measurements of a process that leaks nothing differ: compiled code and the
 * shapes of objects come and go. A leak of 1 KiB a session is above it after 2,000 sessions; one object of the classes
 * that are counted is found by its count.
 */
export const heapToleranceBytes = 2 * 1024 * 1024;

/** Buffers outside the heap: the pump keeps up to 16 of 256 KiB for the next transfers, and warming up may not fill them. */
export const externalToleranceBytes = 8 * 1024 * 1024;

/** Sessions that make the process warm before its memory is taken as the base. */
const warmUpDisconnects = 150;

export interface StormRun {
  readonly base: Holdings;
  readonly warm: Holdings;
  /** Two storms one after the other: what the second adds to the first is growth. */
  readonly storms: readonly [StormReport, StormReport];
  readonly files: FileReport;
  /** One sentence for each thing that is not as it should be; empty when all is well. */
  readonly complaints: readonly string[];
}

/** Runs `disconnects` in two storms on one server and judges them. */
export async function runJudgedStorm(disconnects: number, seed: number): Promise<StormRun> {
  await using server = await StormServer.start();
  const base = await server.holdings();
  const { after: warm } = await server.storm(warmUpDisconnects, { seed });
  const half = Math.ceil(disconnects / 2);
  const storms = [await server.storm(half, { seed }), await server.storm(disconnects - half, { seed })] as const;
  const files = await server.examineFiles();
  return { base, warm, storms, files, complaints: complaintsOf(base, warm, storms, files) };
}

function complaintsOf(
  base: Holdings,
  warm: Holdings,
  [first, second]: readonly [StormReport, StormReport],
  files: FileReport,
): string[] {
  return [
    ...files.flaws,
    ...complaintsAbout('first storm', first, base),
    ...complaintsAbout('second storm', second, base),
    ...memoryComplaints('the first storm', warm, first.after),
    ...memoryComplaints('the second storm', first.after, second.after),
  ];
}

function complaintsAbout(name: string, { failures, reported, after, cuts, disconnects }: StormReport, base: Holdings) {
  const complaints = [...failures, ...reported.internalErrors];
  if (cuts < disconnects * 0.95) complaints.push(`only ${cuts} of ${disconnects} sessions came to their cut`);
  if (reported.sessionsOpened !== reported.sessionsClosed) {
    complaints.push(`${reported.sessionsOpened} sessions opened and ${reported.sessionsClosed} closed`);
  }
  for (const [kind, count] of Object.entries(after.counts)) {
    if (count !== 0) complaints.push(`${count} of kind ${kind} still counted`);
  }
  for (const part of ['descriptors', 'resources', 'objects'] as const) {
    const kinds = new Set([...Object.keys(base[part]), ...Object.keys(after[part])]);
    for (const kind of kinds) {
      const [before, now] = [base[part][kind] ?? 0, after[part][kind] ?? 0];
      if (before !== now) complaints.push(`${part}: ${now} of kind ${kind}, and ${before} before`);
    }
  }
  return complaints.map((complaint) => `${name}: ${complaint}`);
}

function memoryComplaints(storm: string, before: Holdings, after: Holdings): string[] {
  const complaints: string[] = [];
  const heap = after.heapBytes - before.heapBytes;
  const external = after.externalBytes - before.externalBytes;
  if (heap > heapToleranceBytes) complaints.push(`${storm} left ${heap} bytes on the heap`);
  if (external > externalToleranceBytes) complaints.push(`${storm} left ${external} bytes outside the heap`);
  return complaints;
}
