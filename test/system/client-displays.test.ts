/** What commands show, and how they end, where things go wrong: many files, programs as readers, full disks, closed pipes, terminals. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { access, constants, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { clientEventLineSchema } from '../../src/cli/display/client-event.ts';
import { createTempFolder, type Script, seededBytes, startProcess } from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const login = ['-k', '-u', 'user:pass'];
const file = seededBytes(200_000, 5);
const urlOf = (server: TestServer, path: string): string => `ftpes://localhost:${server.port}/${path}`;

async function startWithFiles(names: readonly string[]): Promise<TestServer> {
  const server = await startServer();
  for (const name of names) await server.write(`/${name}`, file);
  return server;
}

const eventsIn = (stdout: Buffer) =>
  stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => clientEventLineSchema.parse(JSON.parse(line)));

describe('several files', () => {
  test('are each tried; the failed one is named, the last line adds up, and the exit code is that of the worst', async () => {
    await using server = await startWithFiles(['a', 'b']);
    await using folder = await createTempFolder();
    const urls = ['a', 'none', 'b'].map((name) => urlOf(server, name));
    const run = await runTwinline('get', ...urls, '-o', `${folder.join('new')}/`, ...login);
    assert.equal(run.exitCode, 66);
    assert.match(run.stderr, /^twinline: none: The server refused RETR none: "550/m);
    assert.match(run.stderr, /^3 files, 400,000 bytes in .*: 2 complete, 1 failed\n$/m);
    assert.deepEqual(await readdir(folder.join('new')), ['a', 'b']);
  });

  test('are events for programs on stdout, one result for each start, and a summary at the end', async () => {
    await using server = await startWithFiles(['a', 'b']);
    await using folder = await createTempFolder();
    const urls = ['a', 'none', 'b'].map((name) => urlOf(server, name));
    const run = await runTwinline('get', '--json', '--parallel', '3', ...urls, '-o', folder.path, ...login);
    assert.equal(run.exitCode, 66);
    const events = eventsIn(run.stdout);
    const ids = (kind: string) => events.flatMap((event) => (event.kind === kind && 'id' in event ? [event.id] : []));
    assert.deepEqual(new Set(ids('start')), new Set([1, 2, 3]));
    assert.equal(ids('result').length, 3);
    assert.deepEqual(new Set(ids('result')), new Set([1, 2, 3]));
    const outcomes = events.flatMap((event) => (event.kind === 'result' ? [`${event.remote} ${event.outcome}`] : []));
    assert.deepEqual(outcomes.sort(), ['a complete', 'b complete', 'none incomplete']);
    const last = events.at(-1);
    assert.ok(last?.kind === 'summary');
    assert.deepEqual([last.exitCode, last.complete, last.incomplete, last.bytes], [66, 2, 1, 400_000]);
  });

  test('that were cut by --max-time are gone on with by the same command and --resume', async () => {
    await using server = await startWithFiles(['a', 'b']);
    await using folder = await createTempFolder();
    const words = ['get', urlOf(server, '*'), '-o', folder.path, ...login];
    const cut = await runTwinline(...words, '--limit-rate', '50K', '--max-time', '1');
    assert.equal(cut.exitCode, 124, cut.stderr);
    assert.match(cut.stderr, /^Go on with the same command and --resume\.$/m);
    assert.ok(!(await readdir(folder.path)).includes('b'));
    const second = await runTwinline(...words, '--resume');
    assert.equal(second.exitCode, 0, second.stderr);
    assert.deepEqual(await readFile(folder.join('a')), file);
    assert.deepEqual(await readFile(folder.join('b')), file);
  });

  test('are those that a pattern meets, and a pattern that meets none is told', async () => {
    await using server = await startWithFiles(['x1.log', 'x2.log', '.x3.log', 'y']);
    await using folder = await createTempFolder();
    const run = await runTwinline('get', urlOf(server, 'x*.log'), urlOf(server, 'z*'), '-o', folder.path, ...login);
    assert.equal(run.exitCode, 66);
    assert.match(run.stderr, /No file there matches "z\*"; --no-glob takes it as a name/);
    assert.deepEqual((await readdir(folder.path)).sort(), ['x1.log', 'x2.log']);
  });

  const refusals: readonly (readonly [what: string, says: RegExp, words: (server: TestServer) => string[]])[] = [
    [
      'events on a stdout that gets the file',
      /would both write to standard output/,
      (s) => [urlOf(s, 'a'), '-o', '-', '--json'],
    ],
    ['several files on stdout', /use: twinline cat/, (s) => [urlOf(s, 'a'), urlOf(s, 'b'), '-o', '-']],
    ['several files for one name', /Several files need a folder/, (s) => [urlOf(s, 'a'), urlOf(s, 'b'), '-o', 'one']],
    ['two files that would get one name', /would both become "a"/, (s) => [urlOf(s, 'a'), urlOf(s, 'in/a')]],
    ['files of two servers', /is on another server/, (s) => [urlOf(s, 'a'), 'ftpes://other.example/a']],
    ['no sessions', /--parallel takes a number of sessions/, (s) => [urlOf(s, 'a'), '--parallel', '0']],
    ['a digest of stdout', /--verify reads the file back/, (s) => [urlOf(s, 'a'), '-o', '-', '--verify']],
  ];
  for (const [what, says, words] of refusals) {
    test(`refuse ${what} before anything moves`, async () => {
      await using server = await startWithFiles(['a', 'b']);
      const run = await runTwinline('get', ...words(server), ...login);
      assert.equal(run.exitCode, 64, run.stderr);
      assert.match(run.stderr, says);
      assert.ok(!server.dialogue().some((line) => line.startsWith('> RETR')));
    });
  }
});

describe('names from a listing', () => {
  const MLSD: Script = async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    await line.write('type=file;size=1; \x1b[2Jred\r\ntype=file;size=1; ../../up\r\ntype=file;size=1; plain\r\n');
    await session.endData(line);
    await session.reply('226 Done');
  };

  test('reach neither the terminal as they are nor the disk outside of the folder', async () => {
    await using server = await startServerFor(modes[2], { commands: { MLSD } });
    await using folder = await createTempFolder();
    const words = ['-k', '-u', 'a:b'];
    const url = `ftpes://${server.host}:${server.port}/`;
    for (const command of [['ls', '-1'], ['ls', '-R'], ['tree']]) {
      const run = await runTwinline(...command, url, ...words);
      assert.ok(!`${run.stdout.toString()}${run.stderr}`.includes('\x1b'), command.join(' '));
    }
    await mkdir(folder.join('in'));
    const run = await runTwinline('get', `${url}*`, '-o', folder.join('in'), ...words);
    assert.equal(run.exitCode, 64, run.stderr);
    assert.deepEqual(await readdir(folder.path, { recursive: true }), ['in']);
  });

  test('are not taken for all where the listing was cut, in any command', async () => {
    const cut: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write('type=file;size=1; a\r\n');
      line.finWithoutCloseNotify();
      await session.reply('226 Done');
    };
    for (const command of [
      ['ls'],
      ['ls', '--sort', 'name'],
      ['ls', '--json'],
      ['tree'],
      ['du'],
      ['rm', '-f'],
      ['get'],
    ]) {
      await using server = await startServerFor(modes[2], { commands: { MLSD: cut } });
      const path = command[0] === 'rm' || command[0] === 'get' ? '*' : '';
      const run = await runTwinline(...command, `ftpes://${server.host}:${server.port}/${path}`, '-k', '-u', 'a:b');
      assert.equal(run.exitCode, 75, `${command.join(' ')}: ${run.stderr}`);
      assert.match(run.stderr, /without close_notify/);
      const verbs = server.sessions.flatMap(({ commands }) => commands.map((line) => line.split(' ')[0]));
      assert.ok(!verbs.includes('DELE') && !verbs.includes('RETR'), verbs.join(' '));
    }
  });
});

describe('a download', () => {
  test('to a full disk says so, and leaves no file under the name', async (context) => {
    if (!existsSync('/dev/full')) return context.skip('there is no /dev/full');
    await using server = await startWithFiles(['a']);
    const run = await runTwinline('get', urlOf(server, 'a'), '-o', '/dev/full', ...login);
    assert.equal(run.exitCode, 74, run.stderr);
    assert.match(run.stderr, /cannot be written: the disk is full/);
  });

  test('into a folder that takes no files says so', async (context) => {
    if (process.getuid?.() === 0) return context.skip('root may write anywhere');
    await using server = await startWithFiles(['a']);
    await using folder = await createTempFolder();
    await mkdir(folder.join('closed'), { mode: 0o500 });
    await assert.rejects(access(folder.join('closed'), constants.W_OK));
    const run = await runTwinline('get', urlOf(server, 'a'), '-o', folder.join('closed/a'), ...login);
    assert.equal(run.exitCode, 74, run.stderr);
  });

  test('whose digest differs is thrown away, and not gone on with', async () => {
    const HASH = `213 SHA-256 0-100 ${'0'.repeat(64)} a`;
    const commands = { FEAT: '211-Features\n HASH SHA-256*\n211 End', OPTS: '200 SHA-256', HASH };
    await using server = await startServerFor(modes[2], { files: { a: file }, commands });
    await using folder = await createTempFolder();
    const url = `ftpes://${server.host}:${server.port}/a`;
    const run = await runTwinline('get', '--verify', url, '-o', folder.join('a'), '-k', '-u', 'a:b');
    assert.equal(run.exitCode, 75, run.stderr);
    assert.match(run.stderr, /differ by SHA-256: [0-9a-f]{64} here, 0{64} there/);
    assert.deepEqual(await readdir(folder.path), []);
  });
});

describe('a command as a process', () => {
  test('ends like one that SIGPIPE ended when the reader of its listing has gone', async () => {
    await using server = await startServer();
    await using folder = await createTempFolder();
    for (let index = 0; index < 300; index += 1) await server.write(`/${'n'.repeat(200)}-${index}`, Buffer.alloc(0));
    const line = `"${process.execPath}" "${launcher}" ls -1 ${urlOf(server, '')} -k -u user:pass | head -n 1; echo "\${PIPESTATUS[0]}"`;
    await using shell = await startProcess('bash', ['-c', line], { cwd: folder.path, env: cleanEnvironment });
    await shell.exited;
    assert.match(shell.output.stdout, /^n+-\d+\n(?:141|0)\n$/);
    assert.equal(shell.output.stderr, '');
  });

  const python = spawnSync('python3', ['-c', 'import pty'], { encoding: 'utf8' }).status === 0;

  /** Runs it with a terminal for all its streams, types `typed`, and resolves with what the terminal has got. */
  async function onTerminal(
    words: readonly string[],
    cwd: string,
    typed = '',
    env: NodeJS.ProcessEnv = cleanEnvironment,
  ): Promise<string> {
    const script = [
      'import os, pty, sys',
      'typed = sys.argv[1].encode()',
      'pid, master = pty.fork()',
      'if pid == 0: os.execvp(sys.argv[2], sys.argv[2:])',
      'seen = b""',
      'while True:',
      '    try: chunk = os.read(master, 65536)',
      '    except OSError: break',
      '    if not chunk: break',
      '    seen += chunk',
      '    if typed and b"[y/N]" in seen: os.write(master, typed); typed = b""',
      'os.waitpid(pid, 0)',
      'sys.stdout.buffer.write(seen)',
    ].join('\n');
    const args = ['-c', script, typed, process.execPath, launcher, ...words];
    await using terminal = await startProcess('python3', args, { cwd, env: { ...env, TERM: 'xterm' } });
    await terminal.exited;
    return terminal.output.stdout;
  }

  test('draws bars on a terminal, takes them away, and uses no colour', { skip: !python }, async () => {
    await using server = await startWithFiles(['a.bin', 'b.bin']);
    await using folder = await createTempFolder();
    const words = ['get', urlOf(server, '*.bin'), ...login, '--limit-rate', '200K', '--parallel', '2'];
    const seen = await onTerminal(words, folder.path, '', { ...cleanEnvironment, NO_COLOR: '1' });
    assert.match(seen, /[012] of 2 files {2}█*░* +\d+%/);
    assert.match(seen, /a\.bin {2}█*░* +\d+% /);
    assert.match(seen, /2 files, 400,000 bytes in .*: 2 complete/);
    assert.ok(seen.includes('\x1b[?25h'), 'the cursor is there again');
    // eslint-disable-next-line no-control-regex -- exactly these are colours
    assert.doesNotMatch(seen, /\x1b\[[\d;]*m/);
    assert.deepEqual(await readFile(folder.join('a.bin')), file);
  });

  test(
    'asks on a terminal before it removes a folder, and takes anything but yes for no',
    { skip: !python },
    async () => {
      await using server = await startServer({ files: 'disk' });
      await using folder = await createTempFolder();
      await mkdir(`${server.root}/old`);
      await writeFile(`${server.root}/old/f`, 'x');
      const words = ['rm', '-r', urlOf(server, 'old'), ...login];
      assert.match(
        await onTerminal(words, folder.path, '\n'),
        /Remove "old" on localhost with all that is in it\? \[y\/N\]/,
      );
      assert.deepEqual(await readdir(server.root), ['old']);
      await onTerminal(words, folder.path, 'yes\n');
      assert.deepEqual(await readdir(server.root), []);
    },
  );

  test('stores under a new name that it prints, with put --unique', async () => {
    await using server = await startServer();
    await using folder = await createTempFolder();
    await writeFile(folder.join('f'), 'unique');
    await runTwinline('mkdir', urlOf(server, 'in'), ...login);
    const run = await runTwinline('put', '--unique', folder.join('f'), urlOf(server, 'in/'), ...login);
    assert.equal(run.exitCode, 0, run.stderr);
    const name = /^Stored as (\S+)$/m.exec(run.stderr)?.[1] ?? assert.fail(run.stderr);
    assert.equal((await server.read(`/in/${name.replace(/^.*\//, '')}`))?.toString(), 'unique');
  });

  test('takes -h for sizes in du, and --help for help', async () => {
    await using server = await startWithFiles(['a']);
    assert.equal((await runTwinline('du', '-h', urlOf(server, ''), ...login)).stdout.toString(), '200 kB\t.\n');
    assert.match((await runTwinline('du', '--help')).stdout.toString(), /^Usage: twinline du/m);
  });

  test('refuses raw commands that the session must know of, and ends with 66 behind a refusal', async () => {
    await using server = await startServer();
    for (const command of ['QUIT', 'RETR a', 'PASV', 'USER x']) {
      const run = await runTwinline('quote', urlOf(server, ''), command, ...login);
      assert.equal(run.exitCode, 64, run.stderr);
    }
    const run = await runTwinline('quote', urlOf(server, ''), 'NOOP', 'NONSENSE', 'NOOP', ...login);
    assert.equal(run.exitCode, 66);
    assert.match(run.stdout.toString(), /^200 [^\n]*\n500 [^\n]*\n$/);
  });

  test('reads standard input for put -', async () => {
    await using server = await startServer();
    await using folder = await createTempFolder();
    const line = `printf 'from a pipe' | "${process.execPath}" "${launcher}" put -p - ${urlOf(server, 'new/f')} -k -u user:pass -s`;
    await using shell = await startProcess('bash', ['-c', line], { cwd: folder.path, env: cleanEnvironment });
    assert.deepEqual(await shell.exited, { exitCode: 0, signal: null });
    assert.equal((await server.read('/new/f'))?.toString(), 'from a pipe');
    assert.equal(shell.output.stderr, '');
  });
});
