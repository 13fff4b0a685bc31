/** The kept results, `results.json`, and the document and the chart that are made from them. */

import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chartOf } from './chart.ts';
import { documentOf, type KeptResult } from './report.ts';

const at = (name: string) => join(import.meta.dirname, name);

/** What earlier runs have kept. */
export function readResults(): KeptResult[] {
  const file = at('results.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as KeptResult[]) : [];
}

/** With `result` in place of the older one of the same workload, in the order of `names`; those of no name go. */
export function withResult(results: readonly KeptResult[], result: KeptResult, names: readonly string[]): KeptResult[] {
  const all = [...results.filter(({ name }) => name !== result.name), result];
  return names.flatMap((name) => all.filter((kept) => kept.name === name));
}

/** Writes `results.json`, `RESULTS.md` and `results.svg`. */
export async function writeResults(results: readonly KeptResult[]): Promise<void> {
  await writeFile(at('results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeDocuments(results);
}

/** Writes `RESULTS.md` and `results.svg`. */
export async function writeDocuments(results: readonly KeptResult[]): Promise<void> {
  await writeFile(at('RESULTS.md'), documentOf(results));
  await writeFile(at('results.svg'), chartOf(results));
}
