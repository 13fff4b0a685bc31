/**
 * Judges the servers that are here and writes docs/lab: `npm run docs:lab [-- --only NAME] [--save-profiles] [--full FOLDER]`.
 * `--save-profiles` brings lab/profiles up to date, `--full` also writes JSON with events and HTML into a folder.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import {
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
  runServerLab,
  serverCases,
} from '../src/lab/index.ts';
import { publishedReport } from './published-lab-report.ts';
import { type LabTarget, labTargets } from '../test/fixtures/lab-targets.ts';

const top = join(import.meta.dirname, '..');
const folder = join(import.meta.dirname, 'lab');
/** Ports differ from run to run: pages show where such a server would be. */
const shownUrl = { explicit: 'ftpes://127.0.0.1/', implicit: 'ftps://127.0.0.1/', plain: 'ftp://127.0.0.1/' } as const;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    'save-profiles': { type: 'boolean', default: false },
    full: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});

interface Judged {
  /** Everything, with events. */
  readonly report: LabReport;
  readonly folders: readonly string[];
}

async function judge(target: LabTarget): Promise<Judged> {
  await using running = await target.start();
  const { product, target: at, folders } = running;
  const report = await runServerLab({
    target: at,
    targetText: shownUrl[at.security],
    cases: serverCases,
    seed: Number(values.seed),
    parallel: 4,
    tool: 'twinline lab',
  });
  return { report: { ...report, product }, folders };
}

async function knownProfile(name: string): Promise<Profile | undefined> {
  const file = join(top, 'lab/profiles', `${name}.json`);
  return existsSync(file) ? parseProfile(await readFile(file, 'utf8')) : undefined;
}

async function publish(name: string, { report, folders }: Judged): Promise<void> {
  const before = await knownProfile(name);
  for (const { id, verdict, profile: news } of before === undefined ? [] : holdAgainst(report, before).cases) {
    if (news !== undefined) console.log(`  ${news.kind}: ${id} is ${verdict}, the profile says ${news.expected}`);
  }
  const profile = profileOf(publishedReport(report, folders), before);
  if (values['save-profiles']) await writeFile(join(top, 'lab/profiles', `${name}.json`), profileText(profile));
  await writePages(
    name,
    holdAgainst(publishedReport(report, folders), values['save-profiles'] ? profile : (before ?? profile)),
  );
  if (values.full !== undefined) await writeFull(values.full, name, report);
}

/** A run that brings no news keeps the date of the one before it, so that it changes no file. */
async function writePages(name: string, seen: LabReport): Promise<void> {
  const file = join(folder, `${name}.json`);
  const old = existsSync(file) ? await readFile(file, 'utf8') : '';
  const { startedAt, durationMs } = old === '' ? seen : parseReport(old);
  const dated = { ...seen, startedAt, durationMs };
  const isNews = rendered(dated, 'json-summary') !== old;
  await writeFile(file, rendered(isNews ? seen : dated, 'json-summary'));
  await writeFile(join(folder, `${name}.md`), rendered(isNews ? seen : dated, 'markdown'));
}

function rendered(report: LabReport, format: string): string {
  return reportFormats[format]?.(report) ?? '';
}

async function writeFull(to: string, name: string, report: LabReport): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const [format, ending] of [
    ['json', 'json'],
    ['html', 'html'],
    ['junit', 'xml'],
    ['sarif', 'sarif'],
  ] as const) {
    await writeFile(join(to, `${name}.${ending}`), rendered(report, format));
  }
}

/** Of every report that is in the folder: a run for one server leaves the others in. */
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

function fetchFtpSrv(): void {
  const script = join(top, 'test/fixtures/peers/fetch-ftp-srv.sh');
  const { status } = spawnSync('bash', [script], { stdio: 'inherit' });
  if (status !== 0) console.log('ftp-srv could not be fetched');
}

await mkdir(folder, { recursive: true });
await mkdir(join(top, 'lab/profiles'), { recursive: true });
const wanted = labTargets.filter(({ name }) => values.only === undefined || values.only.includes(name));
if (wanted.some(({ name }) => name === 'ftp-srv')) fetchFtpSrv();
for (const target of wanted) {
  const missing = target.missing();
  if (missing !== undefined) {
    console.log(`${target.name}: left out, ${missing}`);
    continue;
  }
  const judged = await judge(target);
  const { cases, durationMs } = judged.report;
  console.log(`${target.name}: ${cases.length} cases in ${(durationMs / 1000).toFixed(1)} s`);
  await publish(target.name, judged);
}
await writeComparison();
