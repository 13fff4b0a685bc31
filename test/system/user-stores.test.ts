/** `serve` with users from elsewhere: hooks, several places at once, anonymous users; and a store that fails. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createTempFolder, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { cleanEnvironment, launcher, startServe } from '../fixtures/serve-process.ts';

interface Question {
  readonly user: string;
  readonly password: string;
}

/** An HTTP hook that knows hugo with the password "of the hook"; everybody else is answered with `status`. */
async function startHook(status: number) {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    void text(request).then((body) => {
      const { user, password } = JSON.parse(body) as Question;
      asked.push(`${request.headers.authorization} ${user}`);
      if (user === 'hugo' && password === 'of the hook') response.end('{"home":"/hugo","readOnly":true}');
      else response.writeHead(status).end();
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function rootWith(folder: TempFolder): Promise<string> {
  const root = folder.join('root');
  await mkdir(folder.join('root', 'hugo'), { recursive: true });
  await mkdir(folder.join('root', 'incoming'));
  await writeFile(folder.join('root', 'top.txt'), 'top');
  await writeFile(folder.join('root', 'hugo', 'his.txt'), 'his');
  return root;
}

async function curl(port: number, login: string, ...args: readonly string[]) {
  const url = `ftp://127.0.0.1:${port}/`;
  const told = ['-sSk', '--ssl-reqd', '-u', login, '--list-only', url, ...args];
  const { exitCode, stdout, stderr } = await runCommand('curl', told);
  return { exitCode, names: stdout.toString().trim().split(/\r?\n/), stderr };
}

void test('users come from the configuration, a database and a hook at once, each from one place', async () => {
  await using folder = await createTempFolder();
  await using hook = await startHook(401);
  const root = await rootWith(folder);
  await writeFile(folder.join('secret'), 'shibboleth\n');
  const env = { ...cleanEnvironment, TWINLINE_PASSWORD: 'of the database' };
  const added = [launcher, 'user', 'add', 'dora', '--db', 'users.db'];
  assert.equal((await runCommand(process.execPath, added, { cwd: folder.path, env })).exitCode, 0);
  await writeFile(
    folder.join('server.toml'),
    `user = ["carl:of the file"]\nusers-db = "users.db"\n[users-http]\nurl = "${hook.url}"\nsecret-file = "secret"\ntimeout = "2 s"\n`,
  );
  await using serve = await startServe({ cwd: folder.path, args: ['--config', 'server.toml', '--root', root] });
  assert.equal((await curl(serve.port, 'carl:of the file')).exitCode, 0);
  assert.equal((await curl(serve.port, 'dora:of the database')).exitCode, 0);
  assert.equal((await curl(serve.port, 'dora:of the hook')).exitCode, 67);
  assert.deepEqual(hook.asked, [], 'nobody else is asked about a name that is known');
  assert.deepEqual((await curl(serve.port, 'hugo:of the hook')).names, ['his.txt']);
  assert.equal((await curl(serve.port, 'hugo:another')).exitCode, 67);
  assert.deepEqual(hook.asked, ['Bearer shibboleth hugo', 'Bearer shibboleth hugo']);
  await serve.stop();
  assert.doesNotMatch(serve.output.stdout + serve.output.stderr, /of the (?:file|database|hook)|shibboleth/);
});

void test('a store that fails is no wrong password: 421, and the reason is in the log', async () => {
  await using folder = await createTempFolder();
  await using hook = await startHook(500);
  const root = await rootWith(folder);
  await using serve = await startServe({ cwd: folder.path, args: ['--users-http', `url=${hook.url}`, '--root', root] });
  const { stderr } = await runCommand('curl', [
    '-svk',
    '--ssl-reqd',
    '-u',
    'eve:a password',
    `ftp://127.0.0.1:${serve.port}/`,
  ]);
  const [, reference = ''] =
    /< 421 Logins cannot be checked at the moment, try again later \(reference (\w+)\)/.exec(stderr) ?? [];
  assert.notEqual(reference, '');
  await serve.waitForLine(new RegExp(`"reference":"${reference}".*answered with status 500`));
  await serve.waitForLine(/"event":"login".*"accepted":false,"cause":"store-failed"/);
  assert.doesNotMatch(serve.output.stdout, /a password/);
});

void test('a program is asked when the settings name one', async () => {
  await using folder = await createTempFolder();
  const root = await rootWith(folder);
  await writeFile(
    folder.join('hook.cjs'),
    `const { user, password } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
     if (user !== 'hugo' || password !== 'of the hook') process.exit(77);
     console.log('{"home":"/hugo"}');`,
  );
  await writeFile(
    folder.join('server.toml'),
    `[users-program]\ncommand = ["${process.execPath}", "${folder.join('hook.cjs')}"]\n`,
  );
  await using serve = await startServe({ cwd: folder.path, args: ['--config', 'server.toml', '--root', root] });
  assert.deepEqual((await curl(serve.port, 'hugo:of the hook')).names, ['his.txt']);
  assert.equal((await curl(serve.port, 'hugo:another')).exitCode, 67);
});

const noJq = await runCommand('jq', ['--version']).then(
  ({ exitCode }) => exitCode !== 0,
  () => true,
);

void test('the shell program of the how-to page works', { skip: noJq && 'jq is not here' }, async () => {
  await using folder = await createTempFolder();
  const root = await rootWith(folder);
  const page = await readFile(new URL('../../docs/how-to/users.md', import.meta.url), 'utf8');
  const script = /```sh\n([^]*?)```/.exec(page)?.[1] ?? assert.fail('no script on the page');
  await writeFile(folder.join('password'), 'a "good" $password \\\n');
  const own = script.replace('/etc/anna-password', folder.join('password')).replace('"/anna"', '"/hugo"');
  await writeFile(folder.join('ftp-login'), own, { mode: 0o755 });
  const args = ['--users-program', `command=${folder.join('ftp-login')}`, '--root', root];
  await using serve = await startServe({ cwd: folder.path, args });
  assert.deepEqual((await curl(serve.port, 'anna:a "good" $password \\')).names, ['his.txt']);
  for (const login of ['anna:a "good" $password', 'anna:', 'bob:a "good" $password \\']) {
    assert.equal((await curl(serve.port, login)).exitCode, 67, login);
  }
});

void test('anonymous users read and change nothing, and their mail address is in the log', async () => {
  await using folder = await createTempFolder();
  const root = await rootWith(folder);
  await using serve = await startServe({ cwd: folder.path, args: ['--anonymous', '--root', root] });
  assert.deepEqual((await curl(serve.port, 'anonymous:me@example.org')).names.toSorted(), [
    'hugo',
    'incoming',
    'top.txt',
  ]);
  assert.equal((await curl(serve.port, 'ftp:')).exitCode, 0);
  assert.equal((await curl(serve.port, 'demo:x')).exitCode, 67);
  await serve.waitForLine(/"event":"login".*"mail":"me@example\.org"/);
  for (const command of [
    'DELE top.txt',
    'MKD x',
    'RMD hugo',
    'RNFR top.txt',
    'SITE CHMOD 600 top.txt',
    'MFMT 20200101000000 top.txt',
  ]) {
    const { exitCode, stderr } = await curl(serve.port, 'anonymous:x', '-Q', command);
    assert.equal(exitCode, 21, command);
    assert.match(stderr, /550/, command);
  }
  const put = [
    '-sk',
    '--ssl-reqd',
    '-u',
    'ftp:x',
    '-T',
    folder.join('root', 'top.txt'),
    `ftp://127.0.0.1:${serve.port}/new.txt`,
  ];
  assert.notEqual((await runCommand('curl', put)).exitCode, 0);
});

void test('without --anonymous nobody gets in by that name, and the other settings of it say so', async () => {
  await using folder = await createTempFolder();
  await using serve = await startServe({ cwd: folder.path, args: [] });
  for (const name of ['anonymous', 'ftp'])
    assert.equal((await curl(serve.port, `${name}:me@example.org`)).exitCode, 67);
  const refused = await runCommand(process.execPath, [launcher, 'serve', '--anonymous-home', '/pub'], {
    cwd: folder.path,
  });
  assert.equal(refused.exitCode, 64);
  assert.match(refused.stderr, /--anonymous-home has no meaning without --anonymous/);
});

void test('anonymous uploads go into their folder, where nobody anonymous reads, replaces or removes them', async () => {
  await using folder = await createTempFolder();
  const root = await rootWith(folder);
  const args = ['--anonymous', '--anonymous-upload', '/incoming', '--root', root];
  await using serve = await startServe({ cwd: folder.path, args });
  const base = `ftp://127.0.0.1:${serve.port}`;
  const asAnonymous = async (...words: readonly string[]) =>
    await runCommand('curl', ['-sSk', '--ssl-reqd', '-u', 'anonymous:me@example.org', ...words]);
  const put = async (path: string) => await asAnonymous('-T', folder.join('root', 'top.txt'), `${base}${path}`);
  assert.equal((await put('/incoming/new.txt')).exitCode, 0);
  assert.equal(await readFile(folder.join('root', 'incoming', 'new.txt'), 'utf8'), 'top');
  assert.equal((await asAnonymous('-l', `${base}/incoming/`)).stdout.toString().trim(), 'new.txt');
  assert.equal((await asAnonymous(`${base}/top.txt`)).stdout.toString(), 'top');
  for (const refused of [
    await put('/incoming/new.txt'),
    await put('/other.txt'),
    await asAnonymous(`${base}/incoming/new.txt`),
    ...(await Promise.all(
      [
        ['DELE incoming/new.txt'],
        ['MKD incoming/x'],
        ['RNFR incoming/new.txt', 'RNTO incoming/old.txt'],
        ['RNFR incoming/new.txt', 'RNTO top.txt'],
        ['DELE top.txt'],
        ['HASH incoming/new.txt'],
        ['SITE COPY incoming/new.txt copy.txt'],
        ['SITE SYMLINK incoming/new.txt link.txt'],
      ].map((commands) => asAnonymous(...commands.flatMap((command) => ['-Q', command]), `${base}/`)),
    )),
  ]) {
    assert.notEqual(refused.exitCode, 0);
    assert.match(refused.stderr, /55\d|25/);
  }
  assert.deepEqual((await asAnonymous('-l', `${base}/`)).stdout.toString().trim().split(/\r?\n/).toSorted(), [
    'hugo',
    'incoming',
    'top.txt',
  ]);
});
