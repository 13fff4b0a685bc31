/** What is published: everything that the package promises, no tests, and it runs where only its dependencies are. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';
import { textOf, top } from './source-files.ts';

interface Manifest {
  readonly version: string;
  readonly bin: Record<string, string>;
  readonly exports: Record<string, string | Record<string, string>>;
}

const manifest = JSON.parse(textOf('package.json')) as Manifest;
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';

async function run(command: string, args: string[], cwd: string, env: Record<string, string> = {}): Promise<string> {
  const result = await runCommand(command, args, { cwd, env, timeoutMs: 120_000 });
  assert.equal(result.exitCode, 0, `${command} ${args.join(' ')}\n${result.stdout.toString()}${result.stderr}`);
  return result.stdout.toString();
}

/** The files of the package, from a build that is brought up to date first. */
async function packedFiles(): Promise<string[]> {
  await run(process.execPath, [join(top, 'node_modules/typescript/bin/tsc'), '-b', 'src'], top);
  const told = await run(npm, ['pack', '--dry-run', '--json', '--ignore-scripts'], top);
  const [packed] = JSON.parse(told) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map((file) => file.path);
}

describe('the published package', () => {
  let files: string[] = [];
  before(async () => {
    files = await packedFiles();
  });

  test('contains what an operator is sent to: how-to pages, units and configurations', () => {
    for (const name of [
      'docs/how-to/operate.md',
      'examples/systemd/twinline.service',
      'examples/every-setting.toml',
      'examples/client/first.ts',
      'examples/lab/own-case.ts',
    ]) {
      assert.ok(files.includes(name), name);
    }
  });

  test('contains no tests, no sources, no measurements and no leftovers of the compiler', () => {
    const unwanted =
      /\.test\.|^(?:test|bench|src|\.ci|\.cache)\/|tsbuildinfo|^(?!examples\/(?:client|lab)\/).*(?<!\.d)\.ts$/;
    assert.deepEqual(
      files.filter((file) => unwanted.test(file)),
      [],
    );
    // No program imports the command, and the reports on other programs are for the web.
    assert.deepEqual(
      files.filter((file) => /^dist\/(?:cli|console)\/.*\.d\.ts$|^docs\/lab\//.test(file)),
      [],
    );
  });

  test('contains every file that its manifest names', () => {
    const named = Object.values(manifest.exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    );
    const promised = [...named, ...Object.values(manifest.bin), './README.md', './LICENSE', './dist/cli/main.js'];
    const absent = promised.map((file) => file.replace('./', '')).filter((file) => !files.includes(file));
    assert.deepEqual(absent, []);
  });

  test('runs from its tarball with nothing but its own dependencies beside it', async () => {
    await using folder = await createTempFolder();
    const told = await run(npm, ['pack', '--json', '--ignore-scripts', '--pack-destination', folder.path], top);
    const [packed] = JSON.parse(told) as { filename: string }[];
    const modules = folder.join('node_modules');
    await mkdir(join(modules, 'twinline'), { recursive: true });
    const extract = [
      '-xzf',
      folder.join(packed?.filename ?? ''),
      '--strip-components=1',
      '-C',
      join(modules, 'twinline'),
    ];
    await run('tar', extract, folder.path);
    await linkDependencies(modules);

    const launcher = join(modules, 'twinline/bin/twinline.js');
    assert.match(
      await run(process.execPath, [launcher, '--version'], folder.path, { XDG_CACHE_HOME: folder.path }),
      new RegExp(`\\b${manifest.version}\\b`),
    );
    // What was compiled is kept for the next start, where nobody else can write.
    const kept = await stat(folder.join('twinline/compile'));
    assert.equal(kept.mode & 0o777, process.platform === 'win32' ? kept.mode & 0o777 : 0o700);
    assert.ok((await readdir(folder.join('twinline/compile'))).length > 0);
    for (const [subpath, entry] of Object.entries(manifest.exports)) {
      if (typeof entry === 'string') continue;
      const script = `console.log(Object.keys(await import('twinline${subpath.slice(1)}')).length > 0)`;
      const printed = await run(process.execPath, ['--input-type=module', '-e', script], folder.path);
      assert.equal(printed.trim(), 'true', subpath);
    }
    assert.equal(
      await run(process.execPath, ['--input-type=module', '-e', ownProgram], folder.path),
      'complete\n550\n',
    );
    await compileAgainst(modules, folder.path);
  });
});

/** The types of the client and the lab as a project sees them that has nothing but the package, Node's types, and strict settings. */
async function compileAgainst(modules: string, folder: string): Promise<void> {
  await mkdir(join(modules, '@types'), { recursive: true });
  for (const name of ['@types/node', 'undici-types']) {
    if (!existsSync(join(modules, name))) await symlink(join(top, 'node_modules', name), join(modules, name));
  }
  const programs = ['client.ts', 'lab.ts'];
  for (const name of programs) await copyFile(join(top, 'test/types', name), join(folder, name));
  const lib = 'ES2024,ESNext.Disposable,ESNext.Iterator';
  const settings = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    lib,
  ];
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  const compiler = join(top, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [compiler, '--noEmit', '--types', 'node', ...settings, ...programs], folder);
}

/** What somebody else writes with nothing but the package: a server of their own, and a client that visits it. */
const ownProgram = `
import { connect, ReplyError } from 'twinline/client';
import { createMemoryStorage, createMemoryUserStore, createServer, Secret } from 'twinline/server';
import { createTestCertificate } from 'twinline/testing';

const storage = createMemoryStorage();
const users = createMemoryUserStore({ users: [{ name: 'anna', password: new Secret('pw') }] });
const tlsSettings = await createTestCertificate();
const listeners = [{ host: '127.0.0.1', port: 0, mode: 'explicit' }];
const server = createServer({ listeners, storage, users, tlsSettings });
const [{ port }] = await server.start();
const client = await connect({ host: '127.0.0.1', port, user: 'anna', password: 'pw', tls: { insecure: true } });
await client.upload('/a.txt', Buffer.from('hello'));
console.log((await client.download('/a.txt', { write: async () => {} })).outcome);
await client.size('/none').catch((error) => console.log(error instanceof ReplyError && error.replyCode));
await client.quit();
await server.close();
`;

/** Puts links to the installed dependencies, and to theirs, into another node_modules. */
async function linkDependencies(modules: string): Promise<void> {
  const installed = join(top, 'node_modules');
  const listed = await run(npm, ['ls', '--omit=dev', '--all', '--parseable'], top);
  const paths = listed
    .trim()
    .split('\n')
    .filter((path) => path.startsWith(join(installed, '/')));
  for (const path of paths) {
    const name = relative(installed, path);
    if (name.includes('node_modules')) continue;
    await mkdir(dirname(join(modules, name)), { recursive: true });
    await symlink(path, join(modules, name));
  }
}
