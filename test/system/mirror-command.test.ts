/** `twinline mirror` as a process: killed and taken up again, interrupted, and with a server that dies and comes back. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTempFolder,
  freePort,
  type RunningProcess,
  runCommand,
  seededBytes,
  startProcess,
  type TempFolder,
  within,
} from '../../src/testing/index.ts';
import { treeLines, writeTree } from '../fixtures/folder-tree.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const bytes = seededBytes(60_000, 7);
const names = Array.from({ length: 40 }, (_, index) => `d${index % 4}/f${index}`);
const files = Object.fromEntries(names.map((name) => [name, bytes]));
// Each takes tens of seconds at the rate of a slow mirror: once one has begun, an interruption finds a transfer.
const largeFiles = Object.fromEntries(
  ['d0', 'd1', 'd2', 'd3'].map((name) => [`${name}/large`, seededBytes(8_000_000, 8)]),
);

function environment(home: TempFolder): Record<string, string | undefined> {
  return { ...cleanEnvironment, HOME: home.path, XDG_STATE_HOME: home.join('state'), TWINLINE_PASSWORD: 'pass' };
}

function mirrorWords(port: number, to: string, ...more: string[]): string[] {
  return [launcher, 'mirror', `ftpes://127.0.0.1:${port}/`, to, '-k', '-u', 'user', ...more];
}

/** Starts a mirror that takes some seconds, and waits until `count` of its files are whole. */
async function startSlowMirror(words: string[], home: TempFolder, count: number): Promise<RunningProcess> {
  const slow = [...words, '--limit-rate', '400K', '--json'];
  const running = await startProcess(process.execPath, slow, { env: environment(home) });
  const enough = async (): Promise<void> => {
    while (wholeFiles(running) < count) await sleep(20);
  };
  try {
    await within(enough(), `${count} whole files`, 30_000);
    return running;
  } catch (error) {
    await running.stop();
    throw error;
  }
}

/** Nothing for a file that has been moved to its name meanwhile. */
async function sizeOf(path: string): Promise<number> {
  return await stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Waits for a part that holds more than a small file has. */
async function somethingHasArrived(folder: string): Promise<void> {
  for (;;) {
    const all = await readdir(folder, { recursive: true });
    const parts = all.filter((name) => name.endsWith('.part'));
    const sizes = await Promise.all(parts.map((name) => sizeOf(join(folder, name))));
    if (sizes.some((size) => size > bytes.length)) return;
    await sleep(20);
  }
}

function wholeFiles({ output }: RunningProcess): number {
  return output.stdout.split('\n').filter((line) => line.includes('"kind":"result"')).length;
}

function countOf(server: TestServer, verb: string): number {
  return server.eventsOf('command').filter(({ text }) => text.startsWith(`${verb} `)).length;
}

describe('a mirror that is killed', () => {
  test('goes on with the same command: what is done is let be, and parts are finished', async () => {
    await using server = await startServer({ files: 'disk' });
    await using home = await createTempFolder();
    await writeTree(server.root, files);
    const words = mirrorWords(server.port, home.join('to'), '--checksum');
    await using running = await startSlowMirror(words, home, 10);
    running.signal('SIGKILL');
    await running.exited;
    const [journal = ''] = (await readdir(home.join('state/twinline/mirror'))).filter((name) =>
      name.endsWith('.jsonl'),
    );
    const done = (await readFile(home.join('state/twinline/mirror', journal), 'utf8')).match(/"k":"d"/g)?.length ?? 0;
    assert.ok(done >= 5, `${done} files are noted`);
    const before = countOf(server, 'RETR');
    const again = await runCommand(process.execPath, words, { env: environment(home) });
    assert.equal(again.exitCode, 0, again.stderr);
    assert.match(again.stderr, /Going on with a mirror/);
    assert.deepEqual(await treeLines(home.join('to')), await treeLines(server.root));
    assert.ok(countOf(server, 'RETR') - before <= names.length - done, 'what is done is not fetched again');
    assert.ok(countOf(server, 'HASH') + countOf(server, 'XSHA256') <= 8, 'nor is it looked at again');
    assert.deepEqual(
      await readdir(home.join('state/twinline/mirror')),
      [],
      'a mirror that is complete leaves no journal',
    );
  });

  test('goes on upwards, and no file is taken for whole that was broken off', async () => {
    await using server = await startServer({ files: 'disk' });
    await using home = await createTempFolder();
    await writeTree(home.join('from'), files);
    const url = `ftpes://127.0.0.1:${server.port}/to`;
    const words = [launcher, 'mirror', home.join('from'), url, '-k', '-u', 'user', '--newer'];
    await using running = await startSlowMirror(words, home, 6);
    running.signal('SIGKILL');
    await running.exited;
    const again = await runCommand(process.execPath, words, { env: environment(home) });
    assert.equal(again.exitCode, 0, again.stderr);
    assert.deepEqual(await treeLines(`${server.root}/to`), await treeLines(home.join('from')));
  });
});

describe('a mirror that is interrupted', () => {
  test('aborts on all sessions, keeps what has arrived, says how to go on, and exits with 130', async () => {
    await using server = await startServer({ files: 'disk' });
    await using home = await createTempFolder();
    await writeTree(server.root, { ...files, ...largeFiles });
    const words = mirrorWords(server.port, home.join('to'));
    await using running = await startSlowMirror(words, home, 4);
    await within(somethingHasArrived(home.join('to')), 'a part of a large file', 30_000);
    running.signal('SIGINT');
    assert.deepEqual(await running.exited, { exitCode: 130, signal: null });
    assert.match(running.output.stderr, /the same command goes on with it/);
    assert.ok(server.eventsOf('command').some(({ text }) => text === 'ABOR'));
    assert.ok(server.eventsOf('command').some(({ text }) => text === 'QUIT'));
    const again = await runCommand(process.execPath, words, { env: environment(home) });
    assert.equal(again.exitCode, 0, again.stderr);
    assert.deepEqual(await treeLines(home.join('to')), await treeLines(server.root));
  });

  test('leaves at once when it is interrupted twice', async () => {
    await using server = await startServer({ files: 'disk' });
    await using home = await createTempFolder();
    await writeTree(server.root, files);
    await using running = await startSlowMirror(mirrorWords(server.port, home.join('to')), home, 2);
    running.signal('SIGINT');
    await running.waitForLine(/Interrupted/);
    running.signal('SIGINT');
    assert.equal((await running.exited).exitCode, 130);
  });
});

describe('a mirror whose server dies in the middle', () => {
  async function serve(port: number, root: string, home: TempFolder): Promise<RunningProcess> {
    const words = [
      'serve',
      '--listen',
      `127.0.0.1:${port}`,
      '--root',
      root,
      '--user',
      'user:pass',
      '--log-format',
      'json',
    ];
    const running = await startProcess(process.execPath, [launcher, ...words], {
      cwd: home.path,
      env: environment(home),
    });
    await running.waitForLine(/"event":"online"/);
    return running;
  }

  test('goes on by itself when the server comes back', async () => {
    await using home = await createTempFolder();
    await writeTree(home.join('root'), files);
    const port = await freePort();
    await using first = await serve(port, home.join('root'), home);
    await using running = await startSlowMirror(mirrorWords(port, home.join('to')), home, 5);
    first.signal('SIGKILL');
    await first.exited;
    await using _second = await serve(port, home.join('root'), home);
    assert.equal((await running.exited).exitCode, 0, running.output.stderr);
    assert.deepEqual(await treeLines(home.join('to')), await treeLines(home.join('root')));
  });

  test('ends with what is whole, and says that the server is gone, when it does not come back', async () => {
    await using home = await createTempFolder();
    await writeTree(home.join('root'), files);
    const port = await freePort();
    await using server = await serve(port, home.join('root'), home);
    const words = [...mirrorWords(port, home.join('to')), '--retry', '1'];
    await using running = await startSlowMirror(words, home, 5);
    server.signal('SIGKILL');
    assert.ok(((await running.exited).exitCode ?? 0) >= 66);
    for (const line of await treeLines(home.join('to'))) {
      assert.ok(/\/$|\.twinline-\w+\.part | 60000 1700000000 /.test(line), line);
    }
  });
});

test('sync-check and mirror agree, by exit code and by lines for programs', async () => {
  await using server = await startServer({ files: 'disk' });
  await using home = await createTempFolder();
  await writeTree(server.root, { a: '1', 'b/c': '2' });
  await writeTree(home.join('to'), { x: '3' });
  const url = `ftpes://127.0.0.1:${server.port}/`;
  const run = (...words: string[]) =>
    runCommand(process.execPath, [launcher, ...words, '-k', '-u', 'user'], { env: environment(home) });
  const differing = await run('sync-check', url, home.join('to'));
  assert.equal(differing.exitCode, 1);
  assert.deepEqual(differing.stdout.toString().trim().split('\n').sort(), [
    'extra     x',
    'missing   a',
    'missing   b/',
  ]);
  const events = await run('sync-check', url, home.join('to'), '--json');
  const told = events.stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { kind: string; differences?: number });
  const kinds = told.map(({ kind }) => kind);
  assert.equal(told.at(-1)?.differences, 3);
  assert.deepEqual(kinds.filter((kind) => kind === 'difference').length, 3);
  assert.equal((await run('mirror', url, home.join('to'), '--delete')).exitCode, 0);
  assert.equal((await run('sync-check', url, home.join('to'))).exitCode, 0);
  assert.equal((await run('sync-check', home.join('to'), url, '--checksum')).exitCode, 0);
  const ordered = await run(
    'mirror',
    url,
    home.join('to'),
    '-n',
    '--include',
    'a',
    '--exclude',
    '*',
    '--json',
    '--quiet',
  );
  assert.equal(ordered.exitCode, 64);
});
