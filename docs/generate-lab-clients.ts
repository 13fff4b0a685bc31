/**
 * Judges the clients that are here and writes docs/lab/clients:
 * `npm run docs:lab-clients [-- --only NAME] [--save-profiles] [--full FOLDER] [--from FOLDER]`. `--save-profiles` brings
 * lab/profiles/clients up to date, `--full` also writes JSON with events and HTML into a folder, `--from` takes the runs that are there.
 */

import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  clientCases,
  clientPresets,
  type ClientUnderTest,
  compareReports,
  comparisonFormats,
  holdAgainst,
  type LabReport,
  parseProfile,
  parseReport,
  type Profile,
  profileOf,
  profileText,
  reportFormats,
  runClientLab,
} from '../src/lab/index.ts';
import { maskedText, saysTheSame, steadyReport } from './steady-report.ts';

const top = join(import.meta.dirname, '..');
const folder = join(import.meta.dirname, 'lab/clients');
const profiles = join(top, 'lab/profiles/clients');

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    'save-profiles': { type: 'boolean', default: false },
    full: { type: 'string' },
    from: { type: 'string' },
    seed: { type: 'string', default: '1' },
    parallel: { type: 'string', default: '3' },
  },
});

/** Name and version; what else a program was built with says nothing here. */
function productOf({ name }: ClientUnderTest, firstLine = ''): string {
  const [version = ''] = /\d+(?:\.\d+)+/.exec(firstLine) ?? [];
  return name === 'ftplib' ? `ftplib of Python ${version}` : `${name} ${version}`.trim();
}

/** Every case, those that are only for clients one owns as well: these clients are started here, against the lab alone. */
async function judge(client: ClientUnderTest): Promise<LabReport> {
  if (values.from !== undefined) return parseReport(await readFile(join(values.from, `${client.name}.json`), 'utf8'));
  const report = await runClientLab({
    client,
    cases: clientCases,
    seed: Number(values.seed),
    parallel: Number(values.parallel),
    tool: 'twinline lab',
    repeat: `twinline lab client --preset ${client.name}`,
    intrusive: true,
  });
  return { ...report, product: productOf(client, report.product) };
}

async function knownProfile(name: string): Promise<Profile | undefined> {
  const file = join(profiles, `${name}.json`);
  return existsSync(file) ? parseProfile(await readFile(file, 'utf8')) : undefined;
}

async function keepProfile(name: string, seen: LabReport): Promise<Profile> {
  const profile = await knownProfile(name);
  if (profile !== undefined && !values['save-profiles']) return profile;
  const renewed = profileOf(seen, profile);
  if (values['save-profiles']) await writeFile(join(profiles, `${name}.json`), profileText(renewed));
  return renewed;
}

async function isPublished(name: string, report: LabReport): Promise<boolean> {
  const file = join(folder, `${name}.json`);
  return existsSync(file) && saysTheSame(parseReport(await readFile(file, 'utf8')), report);
}

async function publish(name: string, seen: LabReport): Promise<void> {
  const profile = await keepProfile(name, seen);
  const held = holdAgainst(seen, profile);
  for (const { id, verdict, facts = '', profile: news } of held.cases) {
    if (news === undefined) continue;
    console.log(`  ${news.kind}: ${id} is ${verdict}, the profile says ${news.expected}; ${maskedText(facts)}`);
  }
  const report = steadyReport(held);
  if (!(await isPublished(name, report))) {
    await writeFile(join(folder, `${name}.md`), reportFormats['markdown']?.(report) ?? '');
    await writeFile(join(folder, `${name}.json`), reportFormats['json-summary']?.(report) ?? '');
  }
  if (values.full === undefined) return;
  await mkdir(values.full, { recursive: true });
  for (const format of ['json', 'html'] as const) {
    await writeFile(join(values.full, `${name}.${format}`), reportFormats[format]?.(held) ?? '');
  }
}

/** Of every report that is in the folder: a run for one client leaves the others in. */
async function writeComparison(): Promise<void> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const reports = await Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.json'),
      report: parseReport(await readFile(join(folder, file), 'utf8')),
    })),
  );
  await writeFile(join(folder, 'compare.md'), comparisonFormats['markdown']?.(compareReports(reports)) ?? '');
}

await mkdir(folder, { recursive: true });
await mkdir(profiles, { recursive: true });
for (const client of clientPresets) {
  if (values.only !== undefined && !values.only.includes(client.name)) continue;
  const report = await judge(client);
  if (!report.sanity.before.ok) {
    console.log(`${client.name}: left out, ${report.sanity.before.says}`);
    continue;
  }
  console.log(`${client.name}: ${report.cases.length} cases in ${(report.durationMs / 1000).toFixed(1)} s`);
  await publish(client.name, report);
}
await writeComparison();
