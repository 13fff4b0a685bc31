/**
 * Judges the clients that are here and writes docs/lab/clients:
 * `npm run docs:lab-clients [-- --only NAME] [--save-profiles] [--full FOLDER] [--from FOLDER]`. `--save-profiles` brings
 * lab/profiles/clients up to date, `--full` also writes JSON with events and HTML into a folder, `--from` takes the runs that are there.
 */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  clientCases,
  clientPresets,
  type ClientUnderTest,
  holdAgainst,
  type LabReport,
  parseReport,
  type Profile,
  profileOf,
  runClientLab,
} from '../src/lab/index.ts';
import { LabPages, writeFullReport } from './lab-pages.ts';
import { maskedClientText, publishedClientReport } from './published-client-report.ts';

const pages = await LabPages.open(
  join(import.meta.dirname, 'lab/clients'),
  join(import.meta.dirname, '../lab/profiles/clients'),
);

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

async function keepProfile(name: string, seen: LabReport): Promise<Profile> {
  const profile = await pages.profileOf(name);
  if (profile !== undefined && !values['save-profiles']) return profile;
  const renewed = profileOf(seen, profile);
  if (values['save-profiles']) await pages.saveProfile(name, renewed);
  return renewed;
}

async function publish(name: string, seen: LabReport): Promise<void> {
  const profile = await keepProfile(name, seen);
  const held = holdAgainst(seen, profile);
  for (const { id, verdict, facts = '', profile: news } of held.cases) {
    if (news === undefined) continue;
    console.log(`  ${news.kind}: ${id} is ${verdict}, the profile says ${news.expected}; ${maskedClientText(facts)}`);
  }
  await pages.write(name, publishedClientReport(held));
  if (values.full !== undefined) await writeFullReport(values.full, name, held, { json: 'json', html: 'html' });
}

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
await pages.writeComparison();
