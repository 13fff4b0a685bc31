/** Runs a field note by its command line, in folders of the test, and gives the report that it writes. */

import { readdir, readFile } from 'node:fs/promises';
import { type NotePart, type NoteReport, noteReportSchema } from '../../src/lab/index.ts';
import { createTempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';

export interface PlayedNote {
  readonly exitCode: number;
  readonly report: NoteReport;
  readonly stdout: string;
  readonly stderr: string;
}

/** The words are those behind `twinline lab note`. */
export async function playNote(...words: string[]): Promise<PlayedNote> {
  await using folder = await createTempFolder();
  const file = folder.join('report.json');
  const run = await runTwinline('lab', 'note', ...words, '--seed', '7', '--report', `json=${file}`);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) throw new Error(`There is no report (exit code ${run.exitCode}): ${run.stderr}`);
  const report = noteReportSchema.parse(JSON.parse(text)) as NoteReport;
  return { exitCode: run.exitCode, report, stdout: run.stdout.toString(), stderr: run.stderr };
}

/** `server PASS, client PASS`. */
export function verdictsOf({ verdicts }: NotePart): string {
  return verdicts.map(({ end, verdict }) => `${end} ${verdict}`).join(', ');
}

/** The words of one column, each on a line. */
export function columnOf({ timeline }: NotePart, column: string): string {
  return timeline
    .filter((entry) => entry.column === column)
    .map(({ text }) => text)
    .join('\n');
}

/** What notes have left in the folder for temporary files. */
export async function leftIn(path: string): Promise<readonly string[]> {
  return (await readdir(path)).filter((name) => name.startsWith('twinline-note-'));
}
