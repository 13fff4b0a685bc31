/** Workload: how long the command takes to start, from the sources and as it is published. */

import { cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { twinlineEnvironment } from '../loads/file-clients.ts';
import { runMetered } from '../loads/metered-command.ts';
import { spreadOf } from '../statistics.ts';
import type { BenchContext, Measures, Subject, Workload } from '../workload.ts';

const top = join(import.meta.dirname, '../..');
const listed = 'start-up';

const runsOf = (context: BenchContext) => (context.quick ? 3 : 10);

let built: TempFolder | undefined;

/** Builds what is published in a folder of its own; the sources go away there, or the launcher would run them. */
async function build(): Promise<TempFolder> {
  const folder = await createTempFolder('twinline-bench-built-');
  for (const name of ['bin', 'src', 'package.json', 'tsconfig.base.json']) {
    await cp(join(top, name), folder.join(name), { recursive: true });
  }
  await symlink(join(top, 'node_modules'), folder.join('node_modules'));
  const compiler = join(top, 'node_modules/typescript/bin/tsc');
  const made = await runCommand(process.execPath, [compiler, '-b', 'src'], { cwd: folder.path, timeoutMs: 180_000 });
  if (made.exitCode !== 0) throw new Error(`The build failed: ${made.stdout.toString()}${made.stderr}`);
  await cp(folder.join('src/package.json'), folder.join('dist/package.json'));
  await rm(folder.join('src'), { recursive: true });
  return folder;
}

async function prepare(context: BenchContext): Promise<void> {
  built = await build();
  const folder = join(context.root, listed);
  await mkdir(folder, { mode: 0o755 });
  for (const name of ['a', 'b', 'c']) await writeFile(join(folder, name), '', { mode: 0o644 });
}

interface Start {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it must print, or nothing would be proved. */
  readonly prints: RegExp;
}

/** The median of the whole process, in milliseconds: time that has passed, and processor time. */
async function milliseconds({ args, env, prints }: Start, runs: number): Promise<{ wall: number; cpu: number }> {
  const wall: number[] = [];
  const cpu: number[] = [];
  for (let count = 0; count < runs; count++) {
    const run = await runMetered(process.execPath, args, env);
    if (!prints.test(run.stdout)) throw new Error(`node ${args.join(' ')} printed ${run.stdout}`);
    wall.push(run.seconds * 1000);
    cpu.push(run.cpuSeconds * 1000);
  }
  return { wall: spreadOf(wall).median, cpu: cpu.reduce((sum, one) => sum + one, 0) / runs };
}

async function measure(subject: Subject, context: BenchContext): Promise<Measures> {
  await using home = await createTempFolder('twinline-bench-home-');
  const url = `ftpes://${subject.host}:${subject.controlPort}/${listed}/`;
  const starts = {
    version: { args: ['--version'], prints: /^\d+\.\d+\.\d+$/m },
    help: { args: ['--help'], prints: /^Usage: twinline/m },
    ls: {
      args: ['ls', url, '-k', '-u', subject.user],
      env: twinlineEnvironment(home.path, subject),
      prints: /^(?:.* [abc]\n){3}$/,
    },
  };
  const measures: Record<string, number> = {};
  for (const [prefix, folder] of [
    ['', top],
    ['built ', built?.path ?? top],
  ] as const) {
    for (const [name, start] of Object.entries(starts)) {
      const args = [join(folder, 'bin/twinline.js'), ...start.args];
      const { wall, cpu } = await milliseconds({ ...start, args }, runsOf(context));
      measures[`${prefix}${name}`] = wall;
      measures[`${prefix}${name} cpu`] = cpu;
    }
  }
  return measures;
}

async function ceiling(context: BenchContext): Promise<Measures> {
  const { wall, cpu } = await milliseconds({ args: ['-e', '0'], prints: /^$/ }, runsOf(context));
  return { 'built version': wall, 'built version cpu': cpu };
}

const column = (name: string) => ({ name, unit: 'ms', better: 'less' }) as const;

export const startUp: Workload = {
  name: 'start-up',
  about:
    '`twinline --version`, `twinline --help` and `twinline ls` of a folder with three files on our own server, the whole process: ' +
    'median of 10 starts (3 with --quick) in each round, and its processor time. "built" is what is published, compiled; the ' +
    'others run from the sources.',
  ceilingAbout: '`node -e 0`',
  columns: [
    { ...column('built version'), target: { value: 80 } },
    column('built help'),
    { ...column('built ls'), target: { value: 250 } },
    column('built version cpu'),
    column('built help cpu'),
    column('built ls cpu'),
    { ...column('version'), target: { value: 80 } },
    column('help'),
    { ...column('ls'), target: { value: 250 } },
    column('version cpu'),
    column('help cpu'),
    column('ls cpu'),
  ],
  subjects: ['twinline'],
  prepare,
  measure,
  ceiling,
  cleanUp: async (context) => {
    await built?.remove();
    built = undefined;
    await rm(join(context.root, listed), { recursive: true, force: true });
  },
};
