/** The bench: measures subjects side by side. `npm run bench -- --help` tells how. */

import { existsSync } from 'node:fs';
import { chmod, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { createTempFolder, createTestCertificate } from '../src/testing/index.ts';
import type { PeerOptions } from '../test/fixtures/peers/index.ts';
import { machineFacts } from './machine.ts';
import { sectionOf, type KeptResult } from './report.ts';
import { readResults, withResult, writeDocuments, writeResults } from './results-file.ts';
import { type Extent, runWorkload } from './run.ts';
import { namedOnly, notMeasured, subjectKinds } from './subjects/index.ts';
import type { BenchContext, Subject, SubjectKind, Workload } from './workload.ts';
import { workloads } from './workloads/index.ts';

const allKinds = [...subjectKinds, ...namedOnly];

const names = (records: readonly { name: string }[]) => records.map((record) => record.name).join(', ');

const help = `npm run bench -- [options]

  --workload NAME[,NAME]  ${names(workloads)} (default: all; with --quick not those of 10,000 files)
  --subjects NAME[,NAME]  ${names(subjectKinds)} (default: all that are there and fit the workload)
                          ${names(namedOnly)} only when named
  --rounds N              rounds that count, 1 to 99 (default 5, with --quick 2)
  --quick                 less to move, fewer subjects, for a first look at everything in under three minutes
  --write                 keep the results in bench/results.json and make bench/RESULTS.md and the chart from it
  --chart                 measure nothing, make RESULTS.md and the chart anew from what is kept
  --folder DIR            where the served files lie (default: /dev/shm if it has room, so that no disk is measured)

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

/** Starts what is there into `running`, so that what has been started is stopped even if the next one fails. */
async function startSubjects(kinds: readonly SubjectKind[], context: BenchContext, running: Subject[]): Promise<void> {
  for (const kind of kinds) {
    const missing = kind.peerMissing();
    if (missing !== undefined) context.say(`${kind.name} is left out: ${missing}`);
    else running.push(await kind.start({ ...common, root: context.root, certificate: context.certificate }));
  }
}

/** A first look ends then, whatever is not measured yet. */
const quickLimitSeconds = 170;

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
    context.say('The time of a first look is over; workloads without a section above were not measured.');
    end(1);
  }, quickLimitSeconds * 1000);
  // It keeps nothing running that has come to its end.
  limit.unref();
}

/** What the workloads of one run share; `say` tells how long the run has lasted. What is started goes into `running`. */
async function contextOf(options: Options, root: string, running: Subject[]): Promise<BenchContext> {
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
  if (!options.write) return;
  await writeResults(
    withResult(
      readResults(),
      kept,
      workloads.map(({ name }) => name),
    ),
  );
}

/** All workloads in turn; one that fails as a whole does not take the others along. */
async function measureAll(subjects: readonly Subject[], options: Options, context: BenchContext): Promise<void> {
  for (const workload of options.workloads) {
    try {
      await measure(workload, subjects, options, context);
    } catch (error) {
      process.exitCode = 1;
      context.say(`${workload.name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  context.say('This is how long all of it took.');
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
  await using folder = await createTempFolder('twinline-bench-root-', options.folder ?? (await defaultFolder()));
  // The daemons serve it as a user of their own.
  await chmod(folder.path, 0o777);
  const running: Subject[] = [];
  const context = await contextOf(options, folder.path, running);
  const stopAll = async () => {
    await Promise.all(running.map((subject) => subject.stop()));
    // A load generator that was cut off may have written once more meanwhile.
    await folder.remove().catch(() => folder.remove());
  };
  endEarly(options, context, stopAll);
  const kinds = options.kinds.filter((kind) =>
    options.workloads.some((workload) => subjectsOf(workload, [kind], options).length > 0),
  );
  try {
    await startSubjects(kinds, context, running);
    await measureAll([...running], options, context);
  } finally {
    await stopAll();
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
