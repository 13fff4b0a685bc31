/** SIGHUP: `twinline serve` reads its file again; what can change does, a bad file changes nothing, sessions stay. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import {
  createTempFolder,
  createTestCertificate,
  runCommand,
  ScriptedClient,
  type TempFolder,
} from '../../src/testing/index.ts';
import { type ServeProcess, startServe } from '../fixtures/serve-process.ts';

async function serveConfig(folder: TempFolder, toml: string, ...args: string[]): Promise<ServeProcess> {
  await writeFile(folder.join('server.toml'), toml);
  return startServe({ cwd: folder.path, args: ['--config', 'server.toml', ...args] });
}

/** Changes the file and waits for the word of the server on it. */
async function reload(serve: ServeProcess, folder: TempFolder, toml: string): Promise<Record<string, unknown>> {
  await writeFile(folder.join('server.toml'), toml);
  return hangUp(serve);
}

async function hangUp(serve: ServeProcess): Promise<Record<string, unknown>> {
  const before = reloadsOf(serve).length;
  serve.signal('SIGHUP');
  await serve.waitForLine(new RegExp(`(?:"event":"settings-re(?:loaded|fused)"[^]*){${before + 1}}`));
  return reloadsOf(serve)[before] ?? assert.fail('no event');
}

function reloadsOf({ output }: ServeProcess): readonly Record<string, unknown>[] {
  const lines = output.stdout.split('\n').filter((line) => /"event":"settings-re(?:loaded|fused)"/.test(line));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function greeting(port: number): Promise<string> {
  await using client = await ScriptedClient.connect({ host: '127.0.0.1', port });
  return await client.readReply();
}

async function login(port: number, user: string, password: string): Promise<string> {
  await using client = await ScriptedClient.connect({ host: '127.0.0.1', port });
  await client.readReply();
  await client.authTls();
  await client.expect(331, `USER ${user}`);
  return await client.command(`PASS ${password}`);
}

describe('twinline serve that is told to read its file again', () => {
  test('refuses a pipe in place of the file, and still ends at SIGTERM', async () => {
    await using folder = await createTempFolder();
    const serve = await serveConfig(folder, 'user = "anna:secret"');
    await rm(folder.join('server.toml'));
    await runCommand('mkfifo', [folder.join('server.toml')]);
    const event = await hangUp(serve);
    assert.match(JSON.stringify(event), /settings-refused.*pipe into which nobody has written/);
    serve.signal('SIGTERM');
    assert.equal((await serve.exited).exitCode, 0);
  });

  test('takes users, welcome and limits, and names what has changed', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveConfig(folder, 'user = "anna:one"\nwelcome = "old"\n');
    await using stays = await ScriptedClient.connect({ host: '127.0.0.1', port: serve.port });
    await stays.readReply();
    await stays.authTls();
    await stays.login('anna', 'one');
    const toml = 'user = "carl:two"\nwelcome = "new"\n[limits]\nidle = "20 min"\n';
    const event = await reload(serve, folder, toml);
    assert.equal(event['event'], 'settings-reloaded');
    assert.deepEqual(event['changed'], ['user', 'welcome', 'limits']);
    assert.deepEqual(event['afterRestart'], []);
    assert.match(await greeting(serve.port), /^220 new/);
    assert.match(await login(serve.port, 'carl', 'two'), /^230/);
    assert.match(await login(serve.port, 'anna', 'one'), /^530/);
    await stays.expect(257, 'PWD');
    assert.deepEqual((await reload(serve, folder, toml))['changed'], []);
  });

  test('keeps everything when the file is bad, and logs each problem with its line', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveConfig(folder, 'user = "anna:one"\nwelcome = "old"\n');
    const event = await reload(serve, folder, 'user = "carl:two"\nwelcom = "new"\ntls = "maybe"\n');
    assert.equal(event['event'], 'settings-refused');
    assert.equal(event['level'], 'error');
    assert.deepEqual(event['problems'], [
      'server.toml:2: There is no setting "welcom"; did you mean "welcome"?',
      'server.toml:3: tls must be required, optional or off, not "maybe".',
    ]);
    assert.match(await greeting(serve.port), /^220 old/);
    assert.match(await login(serve.port, 'anna', 'one'), /^230/);
    const missing = await reload(serve, folder, 'users-db = "absent.db"\n');
    assert.match(String(missing['problems']), /There is no user database .*absent\.db/);
    const good = await reload(serve, folder, 'user = "carl:two"\nwelcome = "new"\n');
    assert.deepEqual(good['changed'], ['user', 'welcome']);
  });

  test('says what counts after a restart only, and goes on with it as it was', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveConfig(folder, 'durability = "rename"\nuser = "anna:one"\n');
    const event = await reload(serve, folder, 'root = "/nowhere"\nuser = "anna:two"\n');
    assert.deepEqual(event['changed'], ['user']);
    assert.deepEqual(event['afterRestart'], ['root', 'durability']);
    assert.match(await login(serve.port, 'anna', 'two'), /^230/);
  });

  test('shows a renewed certificate to new sessions', async () => {
    await using folder = await createTempFolder();
    const place = async (): Promise<void> => {
      const { certificatePem, privateKeyPem } = await createTestCertificate();
      await writeFile(folder.join('cert.pem'), certificatePem);
      await writeFile(folder.join('key.pem'), privateKeyPem);
    };
    await place();
    await using serve = await serveConfig(folder, 'cert = "cert.pem"\nkey = "key.pem"\n');
    await place();
    assert.deepEqual((await hangUp(serve))['changed'], []);
    assert.match(serve.output.stdout, /"event":"tls-settings-replaced"/);
    await writeFile(folder.join('key.pem'), 'no key');
    assert.match(String((await hangUp(serve))['problems']), /key\.pem is not a private key in PEM form/);
  });

  test('lets options of the command line win, as at the start', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveConfig(folder, '', '--welcome', 'from the command line');
    await reload(serve, folder, 'welcome = "from the file"\n');
    assert.match(await greeting(serve.port), /^220 from the command line/);
  });

  test('reads a file by itself when it is watched', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveConfig(folder, 'welcome = "old"\n', '--watch-config');
    await writeFile(folder.join('server.toml'), 'welcome = "new"\n');
    await serve.waitForLine(/"event":"settings-reloaded"[^\n]*"welcome"/);
    assert.match(await greeting(serve.port), /^220 new/);
    assert.equal(await readFile(folder.join('server.toml'), 'utf8'), 'welcome = "new"\n');
  });
});
