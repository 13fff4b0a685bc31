/** `twinline user` and `serve --users-db`: what the command writes is what the server lets in. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { createTempFolder, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher, startServe } from '../fixtures/serve-process.ts';

async function user(folder: TempFolder, ...args: readonly string[]) {
  const env = { ...cleanEnvironment, TWINLINE_PASSWORD: 'a password' };
  return await runCommand(process.execPath, [launcher, 'user', ...args, '--db', 'users.db'], { cwd: folder.path, env });
}

async function curl(port: number, login: string): Promise<number | null> {
  const url = `ftp://127.0.0.1:${port}/`;
  return (await runCommand('curl', ['-sk', '--ssl-reqd', '-u', login, url, '-o', '/dev/null'])).exitCode;
}

void test('a user that was added can log in, until the user is disabled, while the server runs', async () => {
  await using folder = await createTempFolder();
  assert.equal((await user(folder, 'add', 'anna')).exitCode, 0);
  await using serve = await startServe({ cwd: folder.path, args: ['--users-db', 'users.db'] });
  assert.equal(await curl(serve.port, 'anna:a password'), 0);
  assert.equal(await curl(serve.port, 'anna:another'), 67);
  assert.equal((await user(folder, 'disable', 'anna')).exitCode, 0);
  assert.equal(await curl(serve.port, 'anna:a password'), 67);
});

void test('the database is readable for its owner alone', async () => {
  await using folder = await createTempFolder();
  await user(folder, 'add', 'anna');
  assert.equal((await stat(folder.join('users.db'))).mode & 0o777, 0o600);
});

void test('mistakes get one sentence and a code, and change nothing', async () => {
  await using folder = await createTempFolder();
  await user(folder, 'add', 'anna');
  const cases = [
    { args: ['add', 'anna'], code: 78, says: /already/ },
    { args: ['set', 'bob'], code: 78, says: /no user "bob"/ },
    { args: ['rm', 'bob'], code: 78, says: /no user "bob"/ },
    { args: ['set', 'anna', '--expires', 'soon'], code: 64, says: /never/ },
    { args: ['set', 'anna', '--read-only', 'maybe'], code: 64, says: /yes or no/ },
    { args: ['set', 'anna', '--allow', 'everywhere'], code: 78, says: /network such as/ },
    { args: ['add'], code: 64, says: /needs a name/ },
    { args: ['promote', 'anna'], code: 64, says: /no action/ },
    { args: ['rm', 'anna', '--home', '/x'], code: 64, says: /no use for --home/ },
    { args: ['list', 'anna'], code: 64, says: /takes no name/ },
    { args: ['add', ''], code: 78, says: /needs a name/ },
    { args: ['add', ' bob'], code: 78, says: /space/ },
    { args: ['add', 'b\x1b[31mob'], code: 78, says: /control characters/ },
    { args: ['add', 'bob', '--hash', '$1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1'], code: 78, says: /MD5-crypt/ },
    { args: ['hash', 'bob', '--hash', '$5$x'], code: 78, says: /no user "bob"/ },
    { args: ['passwd', 'anna', '--password-file', 'nowhere'], code: 78, says: /no such file/ },
    { args: ['passwd', 'anna', '--password-file', 'nowhere', '--password-stdin'], code: 64, says: /exclude/ },
    { args: ['import', 'nowhere'], code: 78, says: /nowhere cannot be read: there is no such file/ },
    { args: ['import', 'users.db'], code: 78, says: /not text in UTF-8/ },
    { args: ['import', 'users.db', '--format', 'excel'], code: 64, says: /--format takes htpasswd/ },
  ];
  for (const { args, code, says } of cases) {
    const { exitCode, stderr } = await user(folder, ...args);
    assert.equal(exitCode, code, args.join(' '));
    assert.match(stderr, says);
    assert.equal(stderr.trim().split('\n').length, 1);
  }
  const list = await user(folder, 'list', '--json');
  assert.deepEqual(JSON.parse(list.stdout.toString()), {
    name: 'anna',
    home: '/',
    readOnly: false,
    admin: false,
    disabled: false,
    allowedNetworks: [],
  });
});

void test('a name may hold colons and spaces, and a password what a client can send', async () => {
  await using folder = await createTempFolder();
  await writeFile(folder.join('password'), ' spaces : and ünïcode \nanother line\n');
  assert.equal((await user(folder, 'add', 'a: b', '--password-file', 'password')).exitCode, 0);
  await using serve = await startServe({ cwd: folder.path, args: ['--users-db', 'users.db'] });
  const right = `ftp://${encodeURIComponent('a: b')}:${encodeURIComponent(' spaces : and ünïcode ')}@127.0.0.1:${serve.port}/`;
  assert.equal((await runCommand('curl', ['-sk', '--ssl-reqd', right, '-o', '/dev/null'])).exitCode, 0);
});

void test('an empty password is refused wherever it comes from', async () => {
  await using folder = await createTempFolder();
  await writeFile(folder.join('empty'), '\n');
  const { exitCode, stderr } = await user(folder, 'add', 'anna', '--password-file', 'empty');
  assert.equal(exitCode, 64);
  assert.match(stderr, /empty/);
});

void test('a list, and every change of one user, needs a database that is there', async () => {
  await using folder = await createTempFolder();
  for (const args of [['list'], ['rm', 'anna'], ['set', 'anna']]) {
    const { exitCode, stderr } = await user(folder, ...args);
    assert.equal(exitCode, 78);
    assert.match(stderr, /no user database/);
  }
  assert.deepEqual(await readdir(folder.path), []);
});

void test('users of a web server log in with their passwords after an import, and a trial leaves nothing behind', async () => {
  await using folder = await createTempFolder();
  // The password is "pässwörd ✓".
  const line = 'anna:$2y$05$abcdefghijklmnopqrstuucXzl.EdFiYZ8M9ef3QFcQ5vnOe67Nqe\n';
  await writeFile(folder.join('.htpasswd'), `${line}bob:$apr1$saltsalt$WAwO/FqFlP1FzuCVsHzeT1\n`);
  const refused = await user(folder, 'import', '.htpasswd');
  assert.equal(refused.exitCode, 78);
  assert.match(
    refused.stderr,
    /^\.htpasswd:2: .*Apache's MD5.*\nNothing was taken over: one line needs your hand\.\n$/,
  );
  await writeFile(folder.join('.htpasswd'), line);
  const trial = await user(folder, 'import', '.htpasswd', '--dry-run', '--json');
  assert.deepEqual(JSON.parse(trial.stdout.toString()), {
    added: ['anna'],
    updated: [],
    skipped: [],
    problems: [],
    notes: [],
    dryRun: true,
  });
  assert.equal((await user(folder, 'import', '.htpasswd')).exitCode, 0);
  await using serve = await startServe({ cwd: folder.path, args: ['--users-db', 'users.db'] });
  assert.equal(await curl(serve.port, 'anna:pässwörd ✓'), 0);
  assert.equal(await curl(serve.port, 'anna:pässwörd'), 67);
});

void test('what a list writes, an import takes', async () => {
  await using folder = await createTempFolder();
  const settings = [
    '--home',
    '/b',
    '--expires',
    '2027-03-31',
    '--allow',
    '192.0.2.0/24',
    '--on-control-loss',
    'grace:5',
  ];
  await user(folder, 'add', 'bob', '--read-only', 'yes', '--missing-close-notify', 'tolerate', ...settings);
  const { stdout } = await user(folder, 'list', '--json');
  const before = stdout.toString();
  await writeFile(folder.join('list.json'), before);
  await user(folder, 'set', 'bob', '--home', '/', '--expires', 'never', '--allow', 'any', '--read-only', 'no');
  const { exitCode, stderr } = await user(folder, 'import', 'list.json', '--update');
  assert.equal(exitCode, 0, stderr);
  assert.equal((await user(folder, 'list', '--json')).stdout.toString(), before);
});
