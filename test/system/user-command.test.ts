/** `twinline user` and `serve --users-db`: what the command writes is what the server lets in. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
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
