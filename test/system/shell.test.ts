/** `twinline shell`, typed and as a script. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createTempFolder, runCommand, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';
import { startServer } from '../fixtures/start-server.ts';
import { TerminalProgram } from '../fixtures/terminal-program.ts';

const big = seededBytes(2_000_000, 5);

/** A server with a few files, and an empty folder with no home of anybody. */
async function openPlace() {
  const server = await startServer();
  await server.write('/letter one.txt', Buffer.from('first'));
  await server.write('/second.txt', Buffer.from('second'));
  await server.write('/big.bin', big);
  await server.storage.makeDirectory('/in');
  const folder = await createTempFolder();
  const url = `ftpes://user@${server.host}:${server.port}/`;
  const words = [launcher, 'shell', '-k', url];
  const env = {
    ...process.env,
    ...cleanEnvironment,
    TWINLINE_PASSWORD: 'pass',
    XDG_STATE_HOME: folder.join('state'),
    XDG_CACHE_HOME: folder.join('cache'),
    XDG_CONFIG_HOME: folder.join('config'),
    TERM: 'xterm',
  };
  return {
    server,
    join: (name: string) => folder.join(name),
    /** Runs lines as a script from standard input. */
    run: (script: readonly string[], ...options: string[]) =>
      runCommand(process.execPath, [...words, ...options], { cwd: folder.path, env, input: script.join('\n') }),
    terminal: () => new TerminalProgram([process.execPath, ...words], { cwd: folder.path, env }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder.remove();
    },
  };
}

describe('a script of the shell', () => {
  test('works on one login with paths relative to its folder', async () => {
    await using place = await openPlace();
    await writeFile(place.join('new.txt'), 'new');
    const done = await place.run([
      'cd in',
      'put new.txt',
      'pwd',
      'cd ..',
      'get in/new.txt -o copy.txt',
      'get "letter one.txt"',
    ]);
    assert.equal(done.exitCode, 0, done.stderr);
    assert.equal(done.stdout.toString(), '/in\n');
    assert.equal((await place.server.read('/in/new.txt'))?.toString(), 'new');
    assert.equal(await readFile(place.join('copy.txt'), 'utf8'), 'new');
    assert.equal(await readFile(place.join('letter one.txt'), 'utf8'), 'first');
    assert.equal(place.server.eventsOf('command').filter(({ text }) => text.startsWith('PASS')).length, 1);
  });

  test('lists the folder it is in, and goes back with "cd -"', async () => {
    await using place = await openPlace();
    const done = await place.run(['ls', 'cd in', 'ls', 'cd -', 'pwd', 'cd ../../..', 'pwd']);
    assert.match(done.stdout.toString(), /letter one\.txt/);
    assert.match(done.stdout.toString(), /^\/\n\/\n$/m);
    assert.equal(done.exitCode, 0, done.stderr);
  });

  test('mirrors a folder there to one here, and with -R the other way', async () => {
    await using place = await openPlace();
    await place.server.write('/in/a', Buffer.from('a'));
    const done = await place.run(['mirror in copy', 'cd in', 'mirror -R copy back', 'ls back']);
    assert.equal(done.exitCode, 0, done.stderr);
    assert.equal(await readFile(place.join('copy/a'), 'utf8'), 'a');
    assert.equal((await place.server.read('/in/back/a'))?.toString(), 'a');
  });

  test('goes on behind a command that fails, and ends with its exit code', async () => {
    await using place = await openPlace();
    const done = await place.run(['get nosuch', 'nonsense', 'cd nowhere', 'get "open', 'pwd']);
    assert.equal(done.stdout.toString(), '/\n');
    for (const sentence of [/RETR \/nosuch/, /no command "nonsense"/, /CWD \/nowhere/, /quote is not closed/]) {
      assert.match(done.stderr, sentence);
    }
    assert.equal(done.exitCode, 64);
  });

  test('stops at a failure with -e', async () => {
    await using place = await openPlace();
    const done = await place.run([], '-e', '-c', 'pwd; get nosuch; pwd');
    assert.deepEqual([done.exitCode, done.stdout.toString()], [66, '/\n']);
  });

  test('ends at exit, and reads comments and empty lines', async () => {
    await using place = await openPlace();
    const done = await place.run(['# a comment', '', 'pwd # where', 'exit', 'pwd']);
    assert.deepEqual([done.exitCode, done.stdout.toString()], [0, '/\n']);
  });

  test('takes the folder of its URL, and refuses one that is not there', async () => {
    await using place = await openPlace();
    const url = `ftpes://user@${place.server.host}:${place.server.port}/none`;
    const done = await runCommand(process.execPath, [launcher, 'shell', '-k', url, '-c', 'pwd'], {
      env: { ...cleanEnvironment, TWINLINE_PASSWORD: 'pass', XDG_CACHE_HOME: place.join('cache') },
    });
    assert.equal(done.exitCode, 66);
    assert.match(done.stderr, /CWD/);
  });
});

describe('a person at the shell', { skip: missingProgram('script') }, () => {
  test('gets names of commands, of the server and of this machine with Tab', async () => {
    await using place = await openPlace();
    await writeFile(place.join('local file.txt'), 'x');
    await using shell = place.terminal();
    await shell.shows(/\/> /);
    shell.type('ge\t');
    await shell.shows(/get /);
    shell.type('lett\t');
    await shell.shows(/"letter one\.txt" /);
    shell.type('\r');
    await shell.shows(/complete[^]*\/> /);
    assert.equal(await readFile(place.join('letter one.txt'), 'utf8'), 'first');
    shell.type('put loc\t');
    await shell.shows(/"local file\.txt"/);
    shell.type('\r');
    await shell.shows(/complete[^]*\/> /);
    shell.type('cd i\t');
    await shell.shows(/in\//);
    shell.type('\r');
    await shell.shows(/\/in> /);
    shell.type('exit\r');
    assert.equal(await shell.exited, 0);
  });

  test('aborts a transfer with Ctrl-C and keeps the session and the part', async () => {
    await using place = await openPlace();
    await using shell = place.terminal();
    await shell.shows(/\/> /);
    shell.type('get --limit-rate 200K big.bin\r');
    await shell.shows(/left/);
    shell.type('\x03');
    await shell.shows(/go on with: get --resume -o big\.bin \/big\.bin[^]*\/> /);
    assert.ok((await stat(place.join('big.bin.part'))).size > 0);
    shell.type('pwd\r');
    await shell.shows(/\n\/\r?\n[^]*\/> /);
    shell.type('\x04');
    assert.equal(await shell.exited, 0);
    assert.equal(place.server.eventsOf('login').length, 1);
  });

  test('gets a new session where the server has ended the old one', async () => {
    await using place = await openPlace();
    await using shell = place.terminal();
    await shell.shows(/\/> /);
    place.server.server.endSession((await place.server.event('login')).session);
    await place.server.event('session-closed');
    shell.type('get second.txt\r');
    await shell.shows(/complete[^]*\/> /);
    assert.equal(await readFile(place.join('second.txt'), 'utf8'), 'second');
    shell.type('exit\r');
    assert.equal(await shell.exited, 0);
  });

  test('finds earlier lines again, kept for their owner alone', async () => {
    await using place = await openPlace();
    {
      await using shell = place.terminal();
      await shell.shows(/\/> /);
      shell.type('lpwd\r');
      await shell.shows(/\/> /);
      shell.type('exit\r');
      await shell.exited;
    }
    const file = place.join('state/twinline/history');
    assert.equal(await readFile(file, 'utf8'), 'lpwd\nexit\n');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await using again = place.terminal();
    await again.shows(/\/> /);
    again.type('\x1b[A\x1b[A');
    await again.shows(/lpwd/);
    again.type('\x03');
    await again.shows(/\/> /);
    again.type('\x04');
    // What the other shell prints begins a line of its own.
    await again.shows(/\r?\n$/);
    assert.equal(await again.exited, 0);
  });
});
