/**
 * Judges the servers that are here and writes docs/lab: `npm run docs:lab [-- --only NAME] [--save-profiles] [--full FOLDER]`.
 * `--save-profiles` brings lab/profiles up to date, `--full` also writes JSON with events and HTML into a folder.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { holdAgainst, type LabReport, profileOf, runServerLab, serverCases } from '../src/lab/index.ts';
import { LabPages, writeFullReport } from './lab-pages.ts';
import { publishedReport } from './published-lab-report.ts';
import { type LabTarget, labTargets } from '../test/fixtures/lab-targets.ts';

const top = join(import.meta.dirname, '..');
const pages = await LabPages.open(join(import.meta.dirname, 'lab'), join(top, 'lab/profiles'));
/** What `--full` writes: formats by the ending of the file. */
const fullFormats = { json: 'json', html: 'html', xml: 'junit', sarif: 'sarif' } as const;
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

async function publish(name: string, { report, folders }: Judged): Promise<void> {
  const before = await pages.profileOf(name);
  for (const { id, verdict, profile: news } of before === undefined ? [] : holdAgainst(report, before).cases) {
    if (news !== undefined) console.log(`  ${news.kind}: ${id} is ${verdict}, the profile says ${news.expected}`);
  }
  const published = publishedReport(report, folders);
  const renewed = profileOf(published, before);
  if (values['save-profiles']) await pages.saveProfile(name, renewed);
  await pages.write(name, holdAgainst(published, values['save-profiles'] ? renewed : (before ?? renewed)));
  if (values.full !== undefined) await writeFullReport(values.full, name, report, fullFormats);
}

function fetchFtpSrv(): void {
  const script = join(top, 'test/fixtures/peers/fetch-ftp-srv.sh');
  const { status } = spawnSync('bash', [script], { stdio: 'inherit' });
  if (status !== 0) console.log('ftp-srv could not be fetched');
}

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
await pages.writeComparison();
