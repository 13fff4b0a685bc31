/** The bench: measures subjects side by side. `npm run bench -- --help` tells how. */

import { existsSync, readFileSync } from 'node:fs';
import { chmod, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createTempFolder, createTestCertificate } from '../src/testing/index.ts';
import { machineFacts } from './machine.ts';
import { replaceSection, sectionOf } from './report.ts';
import { runWorkload } from './run.ts';
import { subjectKinds } from './subjects/index.ts';
import type { BenchContext, Subject, SubjectKind } from './workload.ts';
import { workloads } from './workloads/index.ts';

const names = (records: readonly { name: string }[]) => records.map((record) => record.name).join(', ');

const help = `npm run bench -- [options]

  --workload NAME[,NAME]  ${names(workloads)} (default: all)
  --subjects NAME[,NAME]  ${names(subjectKinds)} (default: all that are there)
  --rounds N              rounds that count, 1 to 99 (default 5, with --quick 2)
  --quick                 less to move, for a first look in under three minutes
  --write                 put the result into bench/RESULTS.md
  --folder DIR            where the served files lie (default: /dev/shm if it has room, so that no disk is measured)
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
    if (found === undefined) throw new Error(`No ${what} is named "${name}"; there are ${names(records)}.`);
    return found;
  });
}

function readOptions(args: string[]) {
  const { values } = parseArgs({
    args,
    options: {
      workload: { type: 'string' },
      subjects: { type: 'string' },
      rounds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      folder: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 2 : 5));
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 99) throw new Error('--rounds is a number from 1 to 99.');
  return {
    ...values,
    rounds,
    workloads: choose(workloads, values.workload, 'workload'),
    subjects: choose(subjectKinds, values.subjects, 'subject'),
  };
}

/** Memory where it has room for the source and an upload of each size, the temporary folder elsewhere. */
async function defaultFolder(): Promise<string> {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return tmpdir();
  const { bavail, bsize } = await statfs(memory);
  return bavail * bsize > 4 * 1024 ** 3 ? memory : tmpdir();
}

/** Starts what is there into `running`, so that what has been started is stopped even if the next one fails. */
async function startSubjects(kinds: readonly SubjectKind[], context: BenchContext, running: Subject[]): Promise<void> {
  for (const kind of kinds) {
    const missing = kind.peerMissing();
    if (missing !== undefined) context.say(`${kind.name} is left out: ${missing}`);
    else running.push(await kind.start({ root: context.root, certificate: context.certificate }));
  }
}

/** Ctrl-C and SIGTERM clean up too: gigabytes in memory must not stay behind. */
function onSignal(cleanUp: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      cleanUp().then(
        () => process.exit(130),
        () => process.exit(1),
      );
    });
  }
}

async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  await using folder = await createTempFolder('twinline-bench-root-', options.folder ?? (await defaultFolder()));
  // The daemons serve it as a user of their own.
  await chmod(folder.path, 0o777);
  const context: BenchContext = {
    quick: options.quick,
    root: folder.path,
    certificate: await createTestCertificate(),
    say: (text) => void process.stderr.write(`${text}\n`),
  };
  const subjects: Subject[] = [];
  const stopAll = async () => {
    await Promise.all(subjects.map((subject) => subject.stop()));
    await folder.remove();
  };
  onSignal(stopAll);
  try {
    await startSubjects(options.subjects, context, subjects);
    for (const workload of options.workloads) {
      const result = await runWorkload(workload, subjects, options.rounds, context);
      const section = sectionOf(result, machineFacts(), ['npm run bench --', ...args].join(' '));
      process.stdout.write(`${section}\n`);
      if (options.write) await writeSection(section);
    }
  } finally {
    await stopAll();
  }
}

async function writeSection(section: string): Promise<void> {
  const file = join(import.meta.dirname, 'RESULTS.md');
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  await writeFile(file, replaceSection(before, section));
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
