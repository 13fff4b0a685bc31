/** `twinline serve --run-as`: ports that need root are opened, then every right of root is given up for good. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createTempFolder, createTestCertificate, runCommand, type TempFolder } from '../../src/testing/index.ts';
import { launcher, runTwinline, type ServeProcess, startServe } from '../fixtures/serve-process.ts';

const isRoot = process.getuid?.() === 0;
const nobody = Number(/^nobody:[^:]*:(\d+):/m.exec(await readFile('/etc/passwd', 'utf8').catch(() => ''))?.[1] ?? NaN);
/** Whoever the server becomes must be able to read the program; a checkout in a private folder is none for it. */
const canRead = (): boolean =>
  spawnSync(process.execPath, [launcher, '--version'], { uid: nobody, gid: nobody, cwd: '/' }).status === 0;
const reason = !isRoot
  ? 'needs root'
  : Number.isNaN(nobody)
    ? 'needs a user nobody'
    : !canRead() && 'the user nobody cannot read this checkout';

/** A port that only root may open, free by now; undefined where the system gives such ports to everyone. */
async function privilegedPort(): Promise<number> {
  for (let port = 1023; port > 512; port -= 1) {
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (!isFree) continue;
    await new Promise((resolve) => server.close(resolve));
    return port;
  }
  return assert.fail('no port is free');
}

async function prepare(folder: TempFolder): Promise<void> {
  const { certificatePem, privateKeyPem } = await createTestCertificate();
  await chmod(folder.path, 0o755);
  await writeFile(folder.join('cert.pem'), certificatePem);
  await writeFile(folder.join('key.pem'), privateKeyPem, { mode: 0o600 });
  await mkdir(folder.join('files'));
  await chown(folder.join('files'), nobody, nobody);
}

const settings = ['--user', 'anna:secret', '--root', 'files', '--cert', 'cert.pem', '--key', 'key.pem'];

async function serveAsNobody(folder: TempFolder, ...args: string[]): Promise<ServeProcess> {
  await prepare(folder);
  return startServe({ cwd: folder.path, args: [...settings, '--run-as', 'nobody', ...args] });
}

describe('twinline serve --run-as', { skip: reason }, () => {
  let port = 0;
  before(async () => {
    port = await privilegedPort();
  });

  test('serves on a port of root as another user, with a key that only root may read', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveAsNobody(folder, '--listen', `127.0.0.1:${port}`);
    const status = await readFile(`/proc/${serve.pid}/status`, 'utf8');
    assert.match(status, new RegExp(`^Uid:\\t${nobody}\\t${nobody}\\t${nobody}\\t${nobody}$`, 'm'));
    assert.match(status, /^CapEff:\t0+$/m);
    assert.match(status, /^CapPrm:\t0+$/m);
    await writeFile(folder.join('up.txt'), 'hello');
    const url = `ftp://127.0.0.1:${port}/up.txt`;
    const login = ['-sSk', '--ssl-reqd', '-u', 'anna:secret'];
    const upload = await runCommand('curl', [...login, '-T', folder.join('up.txt'), url]);
    assert.equal(upload.exitCode, 0, upload.stderr);
    assert.equal((await stat(folder.join('files/up.txt'))).uid, nobody);
    const download = await runCommand('curl', [...login, url]);
    assert.equal(download.stdout.toString(), 'hello');
    assert.equal((await stat(folder.join('twinline-data'))).uid, nobody);
    assert.doesNotMatch(serve.output.stdout, /runs as root/);
  });

  test('goes on with its certificate when a reload may not read the key any more, and says so', async () => {
    await using folder = await createTempFolder();
    await using serve = await serveAsNobody(folder);
    serve.signal('SIGHUP');
    await serve.waitForLine(/"event":"settings-refused"[^\n]*key\.pem cannot be read: this process has no right to it/);
    await chown(folder.join('key.pem'), nobody, nobody);
    serve.signal('SIGHUP');
    await serve.waitForLine(/"event":"settings-reloaded"/);
  });

  test('leaves a data folder to the owner that it has', async () => {
    await using folder = await createTempFolder();
    await prepare(folder);
    await mkdir(folder.join('twinline-data'));
    const args = ['serve', '--listen', '127.0.0.1:0', ...settings, '--run-as', 'nobody'];
    const result = await runTwinline(args, { cwd: folder.path });
    assert.equal(result.exitCode, 78);
    assert.match(result.stderr, /twinline-data does not belong to nobody, whom --run-as names: chown -R nobody/);
  });

  test(
    'ends, with its ports closed, when the new user may not open the list of bans',
    { timeout: 60_000 },
    async () => {
      await using folder = await createTempFolder();
      await prepare(folder);
      await mkdir(folder.join('twinline-data'));
      await chown(folder.join('twinline-data'), nobody, nobody);
      // As "twinline ban add" leaves it when root runs it before the first start.
      await writeFile(folder.join('twinline-data/bans.db'), '', { mode: 0o600 });
      const args = ['serve', ...settings, '--run-as', 'nobody', '--listen', `127.0.0.1:${port}`];
      const { exitCode, stderr } = await runCommand(process.execPath, [launcher, ...args], { cwd: folder.path });
      assert.equal(exitCode, 78, stderr);
      assert.match(stderr, new RegExp(`bans\\.db cannot be used: .*; it belongs to another user: chown ${nobody} `));
    },
  );

  test('is refused without the rights of root', async () => {
    await using folder = await createTempFolder();
    await prepare(folder);
    await chown(folder.join('key.pem'), nobody, nobody);
    const words = [launcher, 'serve', '--listen', '127.0.0.1:0', ...settings, '--run-as', 'nobody'];
    const options = { uid: nobody, gid: nobody, cwd: folder.path, encoding: 'utf8', timeout: 20_000 } as const;
    const { status, stderr } = spawnSync(process.execPath, [...words, '--data-dir', 'files/data'], options);
    assert.equal(status, 78, stderr);
    assert.match(stderr, /--run-as needs the rights of root to give them up/);
  });
});

describe('twinline serve refuses to go on as', () => {
  const cases: readonly (readonly [string, RegExp, number])[] = [
    ['no-such-user', /--run-as names "no-such-user", and this machine has no such user\.$/m, 78],
    ['nobody:no-such-group', /names the group "no-such-group", and this machine has no such group\.$/m, 78],
    ['root', /--run-as must name a user other than root/, 78],
    ['0', /--run-as must name a user other than root/, 78],
    ['a:b:c', /--run-as takes USER or USER:GROUP; "a:b:c" is not that\.$/m, 64],
  ];
  for (const [name, sentence, exitCode] of cases) {
    test(name, async () => {
      await using folder = await createTempFolder();
      const result = await runTwinline(['serve', '--listen', '127.0.0.1:0', '--run-as', name], { cwd: folder.path });
      assert.match(result.stderr, sentence);
      assert.equal(result.exitCode, exitCode);
    });
  }

  test('anyone with passive ports below 1024', async () => {
    await using folder = await createTempFolder();
    const args = ['serve', '--listen', '127.0.0.1:0', '--run-as', 'nobody', '--passive-ports', '1000-2000'];
    const result = await runTwinline(args, { cwd: folder.path });
    assert.match(
      result.stderr,
      /--passive-ports must begin at 1024 or above: with run-as, no port below can be opened\.$/m,
    );
  });
});

test('a server that runs as root says so', { skip: !isRoot && 'needs root' }, async () => {
  await using folder = await createTempFolder();
  await using serve = await startServe({ cwd: folder.path });
  await serve.waitForLine(/"event":"warning","text":"The server runs as root and keeps every right of root/);
  assert.match(serve.output.stderr, /^twinline: Warning: The server runs as root/m);
});
