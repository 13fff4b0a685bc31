/** The bench: measures subjects side by side. `npm run bench -- --help` tells how. */

import { existsSync } from 'node:fs';
import { chmod, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { createTempFolder, createTestCertificate } from '../src/testing/index.ts';
import type { PeerOptions } from '../test/fixtures/peers/index.ts';
import { busyWith, machineFacts } from './machine.ts';
import { inShort, sectionOf, summaryOf, type KeptResult } from './report.ts';
import { readResults, withResult, writeDocuments, writeResults } from './results-file.ts';
import { type Extent, runWorkload } from './run.ts';
import { namedOnly, notMeasured, subjectKinds } from './subjects/index.ts';
import type { BenchContext, Subject, SubjectKind, Workload } from './workload.ts';
import { workloads } from './workloads/index.ts';

const allKinds = [...subjectKinds, ...namedOnly];

const names = (records: readonly { name: string }[]) => records.map((record) => record.name).join(', ');

const nameWidth = Math.max(...workloads.map(({ name }) => name.length));

const help = `npm run bench -- [options]

  --workload NAME[,NAME]  those below (default: all; with --quick not those of 10,000 files)
  --subjects NAME[,NAME]  ${names(subjectKinds)} (default: all that are there and fit the workload)
                          ${names(namedOnly)} (ours with two worker processes) only when named
  --rounds N              rounds that count, 1 to 99 (default 5, with --quick 2)
  --quick                 less to move, fewer subjects, for a first look at everything in under three minutes
  --write                 keep the results in bench/results.json and make bench/RESULTS.md and the chart from it
  --chart                 measure nothing, make RESULTS.md and the chart anew from what is kept
  --folder DIR            where the served files lie, up to 4 GiB (default: /dev/shm if it has room, so that no disk is measured)

Workloads; each explains itself in the report:
${workloads.map((workload) => `  ${workload.name.padEnd(nameWidth)}  ${inShort(workload.about)}`).join('\n')}

The other servers come from Debian's packages and serve as root: bash test/fixtures/peers/unpack-peers.sh fetches them into
.cache/peers, and nothing is installed; pyftpdlib is the package python3-pyftpdlib. One that is not there is left out by name,
or an error where --subjects names it.

${Object.entries(notMeasured)
  .map(([name, reason]) => `Not a subject: ${name}, because ${reason}.`)
  .join('\n')}
`;

/** Records by the names of an option; all of them when it is absent. */
function choose<T extends { name: string }>(
  records: readonly T[],
  wanted: string | undefined,
  what: string,
): readonly T[] {
  if (wanted === undefined) return records;
  return wanted.split(',').map((name) => {
    const found = records.find((record) => record.name === name);
    if (found !== undefined) return found;
    const reason = notMeasured[name];
    if (reason !== undefined) throw new Error(`${name} is not measured: ${reason}.`);
    throw new Error(`No ${what} is named "${name}"; there are ${names(records)}.`);
  });
}

/** A larger kin of another workload tells a first look nothing. */
const quickWorkloads = workloads.filter(({ quickSubjects }) => quickSubjects?.length !== 0);

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      workload: { type: 'string' },
      subjects: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      chart: { type: 'boolean', default: false },
      folder: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99) throw new Error('--rounds is a number from 1 to 99.');
  if (values.quick && values.write) throw new Error('--quick is a first look; --write keeps what the full sizes give.');
  return {
    ...values,
    rounds,
    workloads: choose(
      values.quick && values.workload === undefined ? quickWorkloads : workloads,
      values.workload,
      'workload',
    ),
    kinds: values.subjects === undefined ? subjectKinds : choose(allKinds, values.subjects, 'subject'),
    areKindsNamed: values.subjects !== undefined,
  };
}

type Options = ReturnType<typeof readOptions>;

/** Ours beside a server of processes and one of a single loop. */
const quickSubjects = ['twinline', 'vsftpd', 'pyftpdlib'];

/** Who takes part in a workload. */
function subjectsOf<T extends { name: string }>(workload: Workload, all: readonly T[], options: Options): T[] {
  const fit = all.filter(({ name }) => workload.subjects?.includes(name) ?? true);
  if (!options.quick || options.areKindsNamed) return fit;
  const few =
    workload.quickSubjects === undefined || workload.quickSubjects.length === 0
      ? quickSubjects
      : workload.quickSubjects;
  return fit.filter(({ name }) => few.includes(name));
}

/** Memory where it has room for the source and an upload of each size, the temporary folder elsewhere. */
async function defaultFolder(): Promise<string> {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = await statfs(memory);
  return bavail * bsize > 4 * 1024 ** 3 ? memory : tmpdir();
}

/** What every server gets: clear lines beside TLS, and room for all that a workload does unless it says otherwise. */
const common: PeerOptions = { tlsRequired: false, sessions: 1000, listedEntries: 250_000 };

/** Who names a subject wants its figures: without it there is nothing to measure for minutes. */
function demandAll(kinds: readonly SubjectKind[], options: Options): void {
  if (kinds.length === 0) throw new Error(`${names(options.workloads)} is not for ${names(options.kinds)}.`);
  for (const kind of kinds) {
    const missing = kind.peerMissing();
    if (missing !== undefined) throw new Error(`${kind.name} cannot be measured: ${missing}.`);
  }
}

/** Starts what is there into `running`, so that what has been started is stopped even if the next one fails. */
async function startSubjects(kinds: readonly SubjectKind[], context: BenchContext, running: Subject[]): Promise<void> {
  for (const kind of kinds) {
    const missing = kind.peerMissing();
    if (missing !== undefined) context.say(`${kind.name} is left out: ${missing}.`);
    else running.push(await kind.start({ ...common, root: context.root, certificate: context.certificate }));
  }
}

/** A first look ends then, whatever is not measured yet. */
const quickLimitSeconds = 170;

/** Workloads that have printed their section. */
const measured: KeptResult[] = [];

/** Ctrl-C, SIGTERM and the end of a first look's time clean up too: gigabytes in memory must not stay behind. */
function endEarly(options: Options, context: BenchContext, cleanUp: () => Promise<void>): void {
  const end = (code: number) =>
    void cleanUp().then(
      () => process.exit(code),
      () => process.exit(1),
    );
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end(130));
  if (!options.quick) return;
  const limit = setTimeout(() => {
    if (measured.length > 1) process.stdout.write(summaryOf(measured));
    const missed = options.workloads.filter(({ name }) => measured.every((result) => result.name !== name));
    context.say(`The time of a first look is over before all was measured. Not measured: ${names(missed)}.`);
    end(1);
  }, quickLimitSeconds * 1000);
  // It keeps nothing running that has come to its end.
  limit.unref();
}

/** From then on all is stopped. */
let isOver = false;

type Stoppable = Pick<Subject, 'stop'>;

/** What the workloads of one run share; `say` tells how long the run has lasted. What is started goes into `running`. */
async function contextOf(options: Options, root: string, running: Stoppable[]): Promise<BenchContext> {
  const certificate = await createTestCertificate();
  return {
    quick: options.quick,
    root,
    certificate,
    // The clock begins with the process.
    say: (text) => {
      const seconds = Math.round(performance.now() / 1000);
      process.stderr.write(`${String(seconds).padStart(5)} s  ${text}\n`);
    },
    alsoStop: (stop) => {
      running.push({ stop });
      if (!isOver) return;
      // What measures goes on until the process ends, and would start the next one.
      void stop().catch(() => {});
      throw new Error('The run is over.');
    },
    startAnew: async (subject, more) => {
      const kind = allKinds.find(({ name }) => name === subject.name);
      if (kind === undefined) throw new Error(`No subject is named "${subject.name}".`);
      const anew = await kind.start({ ...common, root, certificate, ...more });
      running.push(anew);
      return anew;
    },
  };
}

/** A first look at everything is over by then, less what its last round takes. */
const quickSeconds = 110;

/** How much a workload may do: with --quick its share of the time that is left. */
function extentOf(workload: Workload, options: Options): Extent {
  const rounds = Math.min(options.rounds, workload.maxRounds ?? Infinity);
  if (!options.quick) return { rounds };
  const left = quickSeconds * 1000 - performance.now();
  const still = options.workloads.length - options.workloads.indexOf(workload);
  return { rounds, until: performance.now() + left / still };
}

/** Measures one workload and prints its section. */
async function measure(workload: Workload, subjects: readonly Subject[], options: Options, context: BenchContext) {
  const chosen = subjectsOf(workload, subjects, options);
  const result = await runWorkload(workload, chosen, extentOf(workload, options), context);
  const command = ['npm run bench --', ...process.argv.slice(2)].join(' ');
  const kept: KeptResult = {
    ...result,
    isQuick: options.quick,
    command,
    date: new Date().toISOString(),
    machine: machineFacts(),
  };
  process.stdout.write(`${sectionOf(kept)}\n`);
  measured.push(kept);
  if (!options.write) return;
  await writeResults(
    withResult(
      readResults(),
      kept,
      workloads.map(({ name }) => name),
    ),
  );
}

function failureOf(error: unknown, context: BenchContext): string {
  if (!(error instanceof Error)) return String(error);
  const isFull = (error as NodeJS.ErrnoException).code === 'ENOSPC';
  return isFull ? `no room is left in ${dirname(context.root)}; --folder names another place` : error.message;
}

/** All workloads in turn; one that fails as a whole does not take the others along. */
async function measureAll(subjects: readonly Subject[], options: Options, context: BenchContext): Promise<void> {
  for (const workload of options.workloads) {
    if (subjectsOf(workload, subjects, options).length === 0) {
      context.say(`${workload.name} is left out: it is not for ${names(subjects)}.`);
      continue;
    }
    try {
      await measure(workload, subjects, options, context);
    } catch (error) {
      process.exitCode = 1;
      context.say(`${workload.name} failed: ${failureOf(error, context)}`);
    }
  }
  if (measured.length > 1) process.stdout.write(summaryOf(measured));
  context.say('This is the end.');
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  if (options.chart) {
    await writeDocuments(readResults());
    return;
  }
  const kinds = options.kinds.filter((kind) =>
    options.workloads.some((workload) => subjectsOf(workload, [kind], options).length > 0),
  );
  if (options.areKindsNamed) demandAll(kinds, options);
  await using folder = await createTempFolder('twinline-bench-root-', options.folder ?? (await defaultFolder()));
  // The daemons serve it as a user of their own.
  await chmod(folder.path, 0o777);
  const running: Subject[] = [];
  const others: Stoppable[] = [];
  const context = await contextOf(options, folder.path, others);
  const stopAll = async () => {
    isOver = true;
    await Promise.all([...others, ...running].map((one) => one.stop()));
    // A load generator that was cut off may have written once more meanwhile.
    await folder.remove().catch(() => folder.remove());
  };
  endEarly(options, context, stopAll);
  const busy = busyWith();
  if (busy !== undefined) context.say(busy);
  try {
    await startSubjects(kinds, context, running);
    await measureAll([...running], options, context);
  } finally {
    await stopAll();
  }
}

const isOfCommandLine = (error: unknown) =>
  error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (isOfCommandLine(error)) process.stderr.write('npm run bench -- --help lists all options.\n');
  process.exitCode = 1;
}
