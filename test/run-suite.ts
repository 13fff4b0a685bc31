/**
 * Runs test files, and tries a file in which something failed once more, alone.
 *
 * Thousands of tests with real sockets, processes and deadlines share two cores here. A file that fails beside others and
 * passes alone is named at the end as unsteady, so that it is mended; a file that fails alone too fails the run, and so
 * does a run in which many files fail. Called with the file patterns and `--concurrency N --timeout SECONDS`.
 */

import { relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { parseArgs } from 'node:util';

/** More failed files than this are no bad luck, and trying them all again would take too long. */
const mostFilesTriedAgain = 3;

interface Failure {
  readonly file: string;
  readonly name: string;
}

/** Runs with Node's own reporter; resolves with the tests that failed, suites around them left out. */
async function runOnce(options: NonNullable<Parameters<typeof run>[0]>): Promise<readonly Failure[]> {
  const failures: Failure[] = [];
  let passed = 0;
  const events = run(options);
  events.on('test:pass', () => passed++);
  events.on('test:fail', ({ file, name, details }) => {
    const cause = details.error as { failureType?: string };
    if (cause.failureType !== 'subtestsFailed') failures.push({ file: file ?? name, name });
  });
  await pipeline(events, new spec(), process.stdout, { end: false });
  if (passed === 0 && failures.length === 0) throw new Error('No test ran; do the patterns match any file?');
  return failures;
}

function filesOf(failures: readonly Failure[]): readonly string[] {
  return [...new Set(failures.map(({ file }) => file))];
}

function print(title: string, failures: readonly Failure[]): void {
  const lines = failures.map(({ file, name }) => `  ${relative(process.cwd(), file)}: ${name}`);
  process.stdout.write(`\n${title}\n${lines.join('\n')}\n`);
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { concurrency: { type: 'string', default: '2' }, timeout: { type: 'string', default: '180' } },
  });
  const timeout = Number(values.timeout) * 1_000;
  const failures = await runOnce({ globPatterns: positionals, concurrency: Number(values.concurrency), timeout });
  if (failures.length === 0) return;
  const files = filesOf(failures);
  if (files.length > mostFilesTriedAgain) {
    process.exitCode = 1;
    return;
  }
  print('Failed, and is tried once more alone:', failures);
  const again = await runOnce({ files, concurrency: 1, timeout });
  if (again.length === 0) print('Unsteady, as it failed beside others and passed alone. Mend it:', failures);
  else {
    print('Failed alone as well:', again);
    process.exitCode = 1;
  }
}

await main(process.argv.slice(2));
