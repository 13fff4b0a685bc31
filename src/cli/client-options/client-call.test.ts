import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, writeFile } from 'node:fs/promises';
import { createTempFolder, type ScriptedServerOptions, type TempFolder } from '../../testing/index.ts';
import { modes, startServerFor } from '../../../test/fixtures/client-pair.ts';
import { runTwinline } from '../../../test/fixtures/command-run.ts';
import { startConnectProxy, startSocksProxy } from '../../../test/fixtures/proxies.ts';

const files = { a: Buffer.from('some bytes') };
const start = (options: ScriptedServerOptions = {}, mode = modes[0] as (typeof modes)[number]) =>
  startServerFor(mode, { files, ...options });

let home: TempFolder;
const kept: Record<string, string | undefined> = {};

/** The variables that decide here; each test begins without them. */
const variables = ['HOME', 'XDG_CONFIG_HOME', 'TWINLINE_PASSWORD', 'ALL_PROXY', 'FTPS_PROXY', 'ftp_proxy', 'NO_PROXY'];

before(async () => {
  home = await createTempFolder();
  for (const name of variables) {
    kept[name] = process.env[name];
    delete process.env[name];
  }
  process.env['HOME'] = home.path;
  process.env['XDG_CONFIG_HOME'] = home.join('config');
});

after(async () => {
  for (const name of variables) {
    if (kept[name] === undefined) delete process.env[name];
    else process.env[name] = kept[name];
  }
  await home.remove();
});

async function netrc(text: string, mode = 0o600): Promise<void> {
  await writeFile(home.join('.netrc'), text);
  await chmod(home.join('.netrc'), mode);
}

describe('the login of a command', () => {
  test('comes from .netrc where an option asks for it, and only then', async () => {
    await using server = await start();
    const url = `ftp://127.0.0.1:${server.port}/a`;
    await netrc('machine 127.0.0.1 login anna password "the secret" account a1');
    for (const words of [
      ['--netrc'],
      ['--netrc-optional'],
      ['--netrc-file', home.join('.netrc')],
      ['--netrc', '-u', 'anna'],
    ]) {
      const run = await runTwinline('get', url, '-o', '-', ...words);
      assert.equal(run.exitCode, 0, run.stderr);
      assert.deepEqual(server.sessions.at(-1)?.commands.slice(0, 2), ['USER anna', 'PASS the secret']);
    }
    await runTwinline('get', url, '-o', '-');
    assert.equal(server.sessions.at(-1)?.commands[0], 'USER anonymous');
  });

  test('warns of a .netrc that others can read, and says what is missing or wrong in it', async () => {
    await using server = await start();
    const url = `ftp://127.0.0.1:${server.port}/a`;
    await netrc('machine 127.0.0.1 login anna password secret', 0o644);
    assert.match((await runTwinline('get', url, '-o', '-', '--netrc')).stderr, /others can read .*chmod 600/);
    await netrc('machine elsewhere login anna password secret');
    const missing = await runTwinline('get', url, '-o', '-', '--netrc');
    assert.equal(missing.exitCode, 78);
    assert.match(missing.stderr, /has no entry for 127\.0\.0\.1; --netrc-optional/);
    assert.equal((await runTwinline('get', url, '-o', '-', '--netrc-optional')).exitCode, 0);
    await netrc('machine 127.0.0.1\npassword my secret');
    const wrong = await runTwinline('get', url, '-o', '-', '--netrc');
    assert.match(wrong.stderr, /\.netrc:2: .*double quotes/);
    assert.doesNotMatch(wrong.stderr, /secret/);
    const absent = await runTwinline('get', url, '-o', '-', '--netrc-file', home.join('none'));
    assert.equal(absent.exitCode, 74);
  });

  test('takes its password from the first source that has one', async () => {
    await using server = await start();
    await netrc('machine 127.0.0.1 login anna password from-netrc');
    const file = home.join('password');
    await writeFile(file, 'from-file\nnot this\n');
    process.env['TWINLINE_PASSWORD'] = 'from-environment';
    const plain = `ftp://127.0.0.1:${server.port}/a`;
    const withPassword = `ftp://anna:from-url@127.0.0.1:${server.port}/a`;
    const all = ['--netrc', '--password-file', file];
    for (const [words, password] of [
      [[withPassword, '-u', 'anna:from-option', ...all], 'from-option'],
      [[withPassword, ...all], 'from-url'],
      [[plain, '-u', 'anna', ...all], 'from-netrc'],
      [[plain, '-u', 'anna', '--password-file', file], 'from-file'],
      [[plain, '-u', 'anna'], 'from-environment'],
    ] as const) {
      const run = await runTwinline('get', ...words, '-o', '-');
      assert.equal(run.exitCode, 0, run.stderr);
      assert.equal(server.sessions.at(-1)?.commands[1], `PASS ${password}`);
    }
    delete process.env['TWINLINE_PASSWORD'];
    assert.equal((await runTwinline('get', plain, '-u', 'anna', '-o', '-')).exitCode, 64);
    await writeFile(file, '\n');
    const empty = await runTwinline('get', plain, '-u', 'anna', '-o', '-', '--password-file', file);
    assert.match(empty.stderr, /first line of the password file .* is empty/);
  });
});

describe('the way to the server', () => {
  test('leads through the proxy of the option or of the environment, and around it for exceptions', async () => {
    await using server = await start();
    await using socks = await startSocksProxy();
    await using http = await startConnectProxy();
    const url = `ftp://127.0.0.1:${server.port}/a`;
    const get = (...words: string[]) => runTwinline('get', url, '-o', '-', ...words);
    assert.equal((await get('--proxy', `socks5h://127.0.0.1:${socks.port}`)).exitCode, 0);
    assert.equal(socks.targets.length, 2);
    process.env['ALL_PROXY'] = `http://127.0.0.1:${http.port}`;
    assert.equal((await get()).exitCode, 0);
    assert.equal(http.targets.length, 2);
    for (const words of [
      ['-x', ''],
      ['--noproxy', '*'],
      ['--noproxy', '127.0.0.0/8'],
    ]) {
      assert.equal((await get(...words)).exitCode, 0);
    }
    process.env['NO_PROXY'] = '127.0.0.1';
    assert.equal((await get()).exitCode, 0);
    assert.equal(http.targets.length, 2);
    delete process.env['ALL_PROXY'];
    delete process.env['NO_PROXY'];
  });

  test('may be active mode, with an address and ports', async () => {
    await using server = await start();
    const url = `ftp://127.0.0.1:${server.port}/a`;
    for (const words of [
      ['--active'],
      ['--ftp-port', '-'],
      ['--ftp-port', '127.0.0.1'],
      ['--ftp-port', 'localhost:40000-65535'],
    ]) {
      const run = await runTwinline('get', url, '-4', '-o', '-', ...words);
      assert.equal(run.exitCode, 0, run.stderr);
      assert.ok(server.sessions.at(-1)?.commands.some((line) => line.startsWith('EPRT |1|127.0.0.1|')));
    }
  });

  for (const [words, says] of [
    [['-4', '-6'], /leave no address/],
    [['--ftp-port', ''], /--ftp-port takes ADDRESS/],
    [['--ftp-port', '-:9-5'], /the lower one first/],
    [['--ftp-port', '-:x'], /--ftp-port takes ADDRESS/],
    [['--proxy', 'socks4://h'], /use socks5h/],
    [['--key', 'x'], /--cert FILE/],
    [['--pin', 'abc'], /44 characters/],
  ] as const) {
    test(`is refused in one sentence with ${JSON.stringify(words)}`, async () => {
      const run = await runTwinline('ls', 'ftpes://127.0.0.1:1/', ...words);
      assert.ok([64, 78].includes(run.exitCode), run.stderr);
      assert.match(run.stderr, says);
    });
  }

  test('ends at the server with the pinned key, which an error names', async () => {
    await using server = await start({}, modes[2]);
    const url = `ftpes://anna:secret@127.0.0.1:${server.port}/a`;
    const first = await runTwinline('get', url, '-o', '-');
    assert.equal(first.exitCode, 76);
    const pin = /sha256\/[A-Za-z0-9+/]{43}=/.exec(first.stderr)?.[0] ?? assert.fail(first.stderr);
    assert.equal((await runTwinline('get', url, '-o', '-', '--pin', pin)).exitCode, 0);
    assert.equal((await runTwinline('get', url, '-o', '-', '--pinnedpubkey', pin.replace('/', '//'))).exitCode, 0);
    const other = `sha256/${Buffer.alloc(32).toString('base64')}`;
    assert.equal((await runTwinline('get', url, '-o', '-', '-k', '--pin', other)).exitCode, 76);
  });
});
