/** `npm run soak`: the long runs. Without options all of them at full length. */

import { parseArgs } from 'node:util';
import { type CrashReport, runCrashes, runPowerCuts } from './crash.ts';
import { type FaultyTransferReport, runFaultyTransfers } from './faulty-transfers.ts';
import { lossyDiskMissing } from './lossy-disk.ts';
import { shownCounts } from './tally.ts';
import { runJudgedStorm, type StormRun } from './storm-verdict.ts';

const { values } = parseArgs({
  options: {
    disconnects: { type: 'string' },
    kills: { type: 'string' },
    'power-cuts': { type: 'string' },
    'faulty-transfers': { type: 'string' },
    server: { type: 'string', default: 'twinline' },
    only: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Date.now() / 1000)) },
  },
});
const seed = Number(values.seed);
const runs = ['disconnects', 'kills', 'power-cuts', 'faulty-transfers'] as const;
const isAsked = runs.some((run) => values[run] !== undefined);
const lengthOf = (value: string | undefined, full: number): number => (isAsked ? Number(value ?? 0) : full);

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(2)} MiB`;
}

function sayStorm({ base, warm, storms, files }: StormRun): void {
  for (const [index, { disconnects, cuts, durationMs, reported, verdicts, cells, after }] of storms.entries()) {
    say(
      `Storm ${index + 1}: ${disconnects} sessions, ${cuts} cut at their moment, ${(durationMs / 1000).toFixed(1)} s`,
    );
    say(`  ends of sessions:  ${shownCounts(reported.sessionCauses)}`);
    say(`  ends of transfers: ${shownCounts(reported.transferCauses)}`);
    say(`  last replies:      ${shownCounts(verdicts)}`);
    say(`  moments and ways:  ${shownCounts(cells)}`);
    say(`  counts:      ${shownCounts(after.counts)}`);
    say(`  descriptors: ${shownCounts(after.descriptors)} (base: ${shownCounts(base.descriptors)})`);
    say(`  event loop:  ${shownCounts(after.resources)} (base: ${shownCounts(base.resources)})`);
    say(`  objects:     ${shownCounts(after.objects)} (base: ${shownCounts(base.objects)})`);
    say(
      `  heap ${mebibytes(after.heapBytes)} (warm: ${mebibytes(warm.heapBytes)}), outside it ` +
        `${mebibytes(after.externalBytes)} (${mebibytes(warm.externalBytes)}), resident ` +
        `${mebibytes(after.residentBytes)} (${mebibytes(warm.residentBytes)})`,
    );
  }
  say(
    `Files: ${files.visibleFiles} visible and whole, ${files.uploadsAnswered226} uploads answered with 226, ` +
      `${files.hiddenFiles} interrupted uploads kept`,
  );
}

function sayCrashes(
  what: string,
  { complaints: _complaints, kills, durationMs, bytesAnswered, ...counts }: CrashReport,
): void {
  say(`${what}: ${kills}, ${(durationMs / 1000).toFixed(1)} s`);
  say(`  ${shownCounts(counts)}`);
  say(`  ${mebibytes(bytesAnswered)} in the files answered with 226`);
}

function sayFaultyTransfers(server: string, report: FaultyTransferReport): void {
  say(`Faulty transfers with ${server}: ${report.transfers}, ${(report.durationMs / 1000).toFixed(1)} s`);
  say(`  exit codes:         ${shownCounts(report.exits)}`);
  say(`  broken lines:       ${shownCounts(report.faults)}`);
  say(`  silent corruptions: ${report.silentCorruptions}`);
}

const complaints: string[] = [];
say(`seed ${seed}`);

const disconnects = lengthOf(values.disconnects, 10_000);
if (disconnects > 0) {
  const run = await runJudgedStorm(disconnects, seed);
  sayStorm(run);
  complaints.push(...run.complaints);
}

const kills = lengthOf(values.kills, 50);
if (kills > 0) {
  const report = await runCrashes(kills, seed);
  sayCrashes('Kills', report);
  complaints.push(...report.complaints);
}

const powerCuts = lengthOf(values['power-cuts'], 50);
const missing = powerCuts > 0 ? await lossyDiskMissing() : undefined;
if (missing !== undefined) say(`Power cuts: skipped, ${missing}`);
else if (powerCuts > 0) {
  const report = await runPowerCuts(powerCuts, seed, 'fsync');
  sayCrashes('Power cuts', report);
  complaints.push(...report.complaints);
}

const faultyTransfers = lengthOf(values['faulty-transfers'], 300);
if (faultyTransfers > 0) {
  const { server, only } = values;
  const report = await runFaultyTransfers(faultyTransfers, {
    seed,
    server,
    ...(only === undefined ? {} : { only: Number(only), say }),
  });
  sayFaultyTransfers(server, report);
  complaints.push(...report.complaints);
}

for (const complaint of complaints) say(`NOT RIGHT: ${complaint}`);
say(complaints.length === 0 ? 'All is as it should be.' : `${complaints.length} things are not right.`);
process.exitCode = complaints.length === 0 ? 0 : 1;
