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
import { maskedClientText, publishedClientReport } from './published-client-report.ts';

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

/** A run that brings no news keeps the date of the one before it, so that it changes no file. */
async function writePages(name: string, seen: LabReport): Promise<void> {
  const file = join(folder, `${name}.json`);
  const old = existsSync(file) ? await readFile(file, 'utf8') : '';
  const { startedAt, durationMs } = old === '' ? seen : parseReport(old);
  const dated = { ...seen, startedAt, durationMs };
  const kept = rendered(dated, 'json-summary') === old ? dated : seen;
  await writeFile(file, rendered(kept, 'json-summary'));
  await writeFile(join(folder, `${name}.md`), rendered(kept, 'markdown'));
}

function rendered(report: LabReport, format: string): string {
  return reportFormats[format]?.(report) ?? '';
}

async function publish(name: string, seen: LabReport): Promise<void> {
  const profile = await keepProfile(name, seen);
  const held = holdAgainst(seen, profile);
  for (const { id, verdict, facts = '', profile: news } of held.cases) {
    if (news === undefined) continue;
    console.log(`  ${news.kind}: ${id} is ${verdict}, the profile says ${news.expected}; ${maskedClientText(facts)}`);
  }
  await writePages(name, publishedClientReport(held));
  if (values.full === undefined) return;
  await mkdir(values.full, { recursive: true });
  for (const format of ['json', 'html'] as const) {
    await writeFile(join(values.full, `${name}.${format}`), rendered(held, format));
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
