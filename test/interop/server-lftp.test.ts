/** lftp against our server: get, put, mirror both ways, rename, delete, resume, listings. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, hashOf, runCommand, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

type Way = 'explicit' | 'implicit' | 'clear';

/** Runs lftp commands in one session; fails unless all of them succeed. */
async function lftp(
  server: TestServer,
  folder: string,
  commands: readonly string[],
  way: Way = 'explicit',
): Promise<string> {
  await writeFile(join(folder, 'ca.pem'), (await testCertificate()).certificatePem);
  const settings = [
    'set net:max-retries 1',
    'set net:timeout 20',
    'set cmd:fail-exit yes',
    `set ssl:ca-file ${join(folder, 'ca.pem')}`,
    `set ftp:ssl-allow ${way === 'clear' ? 'no' : 'yes'}`,
    `set ftp:ssl-force ${way === 'clear' ? 'no' : 'yes'}`,
    'set ftp:ssl-protect-data yes',
  ];
  const url = way === 'implicit' ? `ftps://localhost:${server.implicitPort}` : `ftp://localhost:${server.port}`;
  const script = [...settings, `open -u user,pass ${url}`, ...commands, 'bye'].join('\n');
  // lftp keeps bookmarks and history at home.
  // Names in UTF-8 take a locale for them, which not every machine sets.
  const env = { HOME: folder, LFTP_HOME: join(folder, '.lftp'), LC_ALL: 'C.UTF-8' };
  const result = await runCommand('lftp', ['--norc'], { input: script, cwd: folder, env, timeoutMs: 60_000 });
  assert.equal(result.stderr, '');
  assert.equal(result.exitCode, 0);
  return result.stdout.toString();
}

/** A tree with files of many sizes and names. */
async function makeTree(root: string): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  await mkdir(join(root, 'deep', 'er folder', 'Übung'), { recursive: true });
  await mkdir(join(root, 'empty'));
  const names = ['a', 'with space.txt', 'deep/b.bin', 'deep/er folder/c', 'deep/er folder/Übung/漢字.txt', 'zero'];
  for (const [i, name] of names.entries()) {
    const bytes = seededBytes(name === 'zero' ? 0 : 50_000 * i + 1, i);
    await writeFile(join(root, name), bytes);
    hashes.set(name, hashOf(bytes));
  }
  return hashes;
}

async function assertTree(root: string, hashes: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, hash] of hashes) assert.equal(hashOf(await readFile(join(root, name))), hash, name);
  assert.deepEqual(await readdir(join(root, 'empty')), []);
}

/** How many bytes the listings of a folder have, by verb, with the facts that lftp has chosen. */
async function listingSizes(server: TestServer, way: Way, folder: string): Promise<Map<string, number>> {
  await using client = await server.session({ protection: way === 'clear' ? 'plain' : 'TLSv1.3' });
  await client.expect(250, `CWD ${folder}`);
  for (const { text } of server.eventsOf('command')) if (text.startsWith('OPTS MLST')) await client.expect(200, text);
  const sizes = new Map<string, number>();
  for (const verb of ['LIST', 'NLST', 'MLSD']) {
    const line = await client.openPassive({ tls: way !== 'clear' });
    await client.expect(150, verb);
    sizes.set(verb, (await line.finish()).length);
    assert.match(await client.readReply(), /^226/);
  }
  return sizes;
}

const skip = missingProgram('lftp');
const ways: readonly Way[] = ['explicit', 'implicit', 'clear'];

for (const way of ways) {
  describe(`lftp, ${way}`, { skip }, () => {
    const open = (): Promise<TestServer> =>
      startServer({ files: 'disk', tls: way === 'clear' ? 'optional' : 'required', host: '127.0.0.1' });

    test('puts, gets and lists compressed by MODE Z', async () => {
      await using server = await open();
      await using folder = await createTempFolder();
      const bytes = Buffer.concat([Buffer.alloc(2_000_000, 'text and text\n'), seededBytes(300_000, 2)]);
      await writeFile(folder.join('up.bin'), bytes);
      const commands = ['set ftp:use-mode-z yes', 'put up.bin', 'ls', 'get up.bin -o down.bin', 'chmod 600 up.bin'];
      assert.match(await lftp(server, folder.path, commands, way), /2300000.* up\.bin/);
      assert.equal(hashOf(await readFile(folder.join('down.bin'))), hashOf(bytes));
      assert.equal((await stat(join(server.root, 'up.bin'))).mode & 0o777, 0o600);
      const transfers = server.eventsOf('transfer').map(({ transfer }) => transfer);
      assert.deepEqual(
        transfers.map(({ verb, verdict }) => `${verb} ${verdict}`),
        ['STOR complete', 'LIST complete', 'RETR complete'],
      );
      for (const { bytes: moved } of transfers) assert.ok(moved < 400_000, `${moved} bytes on the line`);
    });

    test('puts, gets, lists, renames and deletes', async () => {
      await using server = await open();
      await using folder = await createTempFolder();
      const bytes = seededBytes(5_000_000, 1);
      await writeFile(folder.join('up.bin'), bytes);
      const shown = await lftp(
        server,
        folder.path,
        [
          // Deflated, how many bytes move says nothing.
          'set ftp:use-mode-z no',
          'mkdir -p one/two',
          'cd one/two',
          'put up.bin',
          'get up.bin -o down.bin',
          'mv up.bin "new name.bin"',
          'cls -l',
          'nlist',
          'ls',
          'pwd',
        ],
        way,
      );
      const whole = await listingSizes(server, way, 'one/two');
      await lftp(server, folder.path, ['cd one/two', 'rm "new name.bin"', 'cd ..', 'rmdir two'], way);
      assert.equal(hashOf(await readFile(folder.join('down.bin'))), hashOf(bytes));
      assert.match(shown, /5000000.*new name\.bin/);
      assert.match(shown, /^new name\.bin$/m);
      assert.match(shown, /\/one\/two/);
      assert.deepEqual(await readdir(join(server.root, 'one')), []);
      const transfers = server.eventsOf('transfer').map(({ transfer }) => transfer);
      for (const { verb, direction, verdict, cause, bytes: moved } of transfers) {
        if (direction === 'listing') assert.equal(moved, whole.get(verb), verb);
        // lftp at times resets the data connection of a listing that it has whole, with our close_notify unread.
        if (direction !== 'listing' || cause !== 'data-reset') assert.equal(verdict, 'complete', verb);
      }
    });

    test('mirrors a tree up and down, with several connections at once', async () => {
      await using server = await open();
      await using folder = await createTempFolder();
      await mkdir(folder.join('source'));
      const hashes = await makeTree(folder.join('source'));
      await lftp(server, folder.path, ['mirror -R --parallel=3 source /copy', 'mirror --parallel=3 /copy back'], way);
      await assertTree(join(server.root, 'copy'), hashes);
      await assertTree(folder.join('back'), hashes);
    });
  });
}

describe('lftp', { skip }, () => {
  test('mirrors only what has changed, because the times are right', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await mkdir(folder.join('source'));
    const hashes = await makeTree(folder.join('source'));
    await cp(folder.join('source'), join(server.root, 'copy'), { recursive: true, preserveTimestamps: true });
    await lftp(server, folder.path, ['mirror /copy back']);
    await assertTree(folder.join('back'), hashes);
    const before = server.eventsOf('transfer').filter(({ transfer }) => transfer.verb === 'RETR').length;
    await lftp(server, folder.path, ['mirror /copy back']);
    assert.equal(server.eventsOf('transfer').filter(({ transfer }) => transfer.verb === 'RETR').length, before);
    const [ours, theirs] = [await stat(folder.join('back/a')), await stat(join(server.root, 'copy/a'))];
    assert.equal(Math.floor(ours.mtimeMs / 1000), Math.floor(theirs.mtimeMs / 1000));
  });

  test('resumes downloads and uploads', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    const bytes = seededBytes(2_000_000, 2);
    await writeFile(join(server.root, 'a'), bytes);
    await writeFile(folder.join('a'), bytes.subarray(0, 700_000));
    await lftp(server, folder.path, ['get -c a']);
    assert.equal(hashOf(await readFile(folder.join('a'))), hashOf(bytes));
    await writeFile(join(server.root, 'b'), bytes.subarray(0, 700_000));
    await writeFile(folder.join('b'), bytes);
    await lftp(server, folder.path, ['put -c b']);
    assert.equal(hashOf(await readFile(join(server.root, 'b'))), hashOf(bytes));
  });

  test('fetches one file in pieces over several connections', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    const bytes = seededBytes(8_000_000, 3);
    await writeFile(join(server.root, 'a'), bytes);
    await lftp(server, folder.path, ['set net:limit-rate 4000000', 'set net:limit-max 100000', 'pget -n 3 a']);
    assert.equal(hashOf(await readFile(folder.join('a'))), hashOf(bytes));
    // The first connections read past their piece and end early: that is a cut download, and is told as one.
    assert.ok(server.eventsOf('transfer').some(({ transfer }) => transfer.startOffset > 0));
  });

  test('uses PASV, and active mode, where it is told to', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeFile(join(server.root, 'a'), 'content');
    await lftp(server, folder.path, [
      'set ftp:prefer-epsv no',
      'get a -o one',
      'set ftp:passive-mode no',
      'get a -o two',
    ]);
    assert.equal(await readFile(folder.join('one'), 'utf8'), 'content');
    assert.equal(await readFile(folder.join('two'), 'utf8'), 'content');
    const verbs = server.eventsOf('command').map((event) => event.text.split(' ')[0]);
    assert.ok(verbs.includes('PASV'));
    assert.ok(verbs.includes('PORT') || verbs.includes('EPRT'));
  });
});
