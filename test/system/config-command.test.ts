/** `twinline config` as it is run: what it says, where, and with which exit code. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createTempFolder, createTestCertificate } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/serve-process.ts';

describe('twinline config check', () => {
  test('says that a file is good, opens nothing and makes nothing', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.toml'), 'listen = "127.0.0.1:2121"\n[limits]\nidle = "20 min"\n');
    const result = await runTwinline(['config', 'check', 'server.toml'], { cwd: folder.path });
    assert.equal(result.stderr, '');
    assert.equal(result.stdout.toString(), 'server.toml: a server can start with this.\n');
    assert.equal(result.exitCode, 0);
    assert.deepEqual(await readdir(folder.path), ['server.toml']);
  });

  test('tells everything that is wrong in the file at once, with its line', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('server.toml'), 'lissten = "x"\ntls = "maybe"\n[limits]\nidle = "soon"\nstal = 1\n');
    const result = await runTwinline(['config', 'check', 'server.toml'], { cwd: folder.path });
    assert.equal(result.exitCode, 78);
    assert.deepEqual(result.stderr.trim().split('\n').toSorted(), [
      'twinline: server.toml:1: There is no setting "lissten"; did you mean "listen"?',
      'twinline: server.toml:2: tls must be required, optional or off, not "maybe".',
      'twinline: server.toml:4: limits.idle takes a time such as "500 ms", "30 s", "15 min", "2 h" or "7 days"; "soon" is not that.',
      'twinline: server.toml:5: There is no setting "stal" in [limits]; did you mean "stall"?',
    ]);
    assert.equal(result.stdout.toString(), '');
  });

  test('looks at certificate, root, user database and data folder, and tells of all of them', async () => {
    await using folder = await createTempFolder();
    const [one, other] = [await createTestCertificate(), await createTestCertificate()];
    await writeFile(folder.join('cert.pem'), one.certificatePem);
    await writeFile(folder.join('key.pem'), other.privateKeyPem);
    await writeFile(folder.join('users.db'), 'no database');
    await writeFile(folder.join('file'), '');
    const toml = 'cert = "cert.pem"\nkey = "key.pem"\nroot = "absent"\nusers-db = "users.db"\n';
    await writeFile(folder.join('server.toml'), toml);
    const result = await runTwinline(['config', 'check', 'server.toml'], { cwd: folder.path });
    assert.equal(result.exitCode, 78);
    const lines = result.stderr.trim().split('\n');
    assert.equal(lines.length, 3, result.stderr);
    assert.match(lines[0] ?? '', /key\.pem does not belong to the certificate/);
    assert.match(lines[1] ?? '', /The root .*absent cannot be served: there is no such file or folder\.$/);
    assert.match(lines[2] ?? '', /The user database .*users\.db cannot be read: file is not a database/);
    const data = await runTwinline(['config', 'check', '--data-dir', 'file/data'], { cwd: folder.path });
    assert.equal(data.exitCode, 78);
    assert.match(data.stderr, /file\/data cannot be made or written: a part of the path is not a folder/);
  });

  test('looks at hooks, sinks, storages, places of users, and the ban list, and tells of all of them', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('plain.sh'), '#!/bin/sh\n', { mode: 0o644 });
    await writeFile(folder.join('bans.db'), 'no database, but long enough to be looked at');
    await writeFile(
      folder.join('server.toml'),
      `data-dir = "."
audit-file = "absent/audit.jsonl"
audit-db = "."
xferlog = "plain.sh/xferlog"
storage = ["tapes=${folder.join('tapes')}"]
[users-program]
command = ["${folder.join('login')}"]
[[user]]
name = "anna"
password = "secret"
mounts = ["/a=films:/"]
[[hook]]
on = ["upload.complete"]
program = ["${folder.join('plain.sh')}"]
[[hook]]
on = ["upload.complete"]
program = ["twinline-no-such-program"]
[[hook]]
on = ["upload.compleet"]
url = "https://hooks.example.org/"
secret = "absent.key"
`,
    );
    const result = await runTwinline(['config', 'check', 'server.toml'], { cwd: folder.path });
    assert.equal(result.exitCode, 78);
    const expected = [
      /^twinline: Warning: anna has the mount \/a of a storage "films", and none has that name\.$/,
      /: The storage tapes \(.*tapes\) cannot be served: there is no such file or folder\.$/,
      /: users-program: the program .*login cannot be started: there is no such file or folder\.$/,
      /: Hook 1: the program .*plain\.sh cannot be started: it is not executable for this user/,
      /: Hook 2: the program twinline-no-such-program cannot be started: no folder of PATH has a program/,
      /: Hook 3: there is no event "upload\.compleet"; did you mean "upload\.complete"/,
      /: --xferlog .* cannot be written: a part of the path is not a folder\.$/,
      /: --audit-file .* cannot be written: the folder .*absent is of no use: it does not exist; make it\.$/,
      /: --audit-db .* cannot be written: it is a folder; name a file in it\.$/,
      /: The ban list .*bans\.db cannot be read: file is not a database/,
    ];
    const lines = result.stderr.trim().split('\n');
    assert.equal(lines.length, expected.length, result.stderr);
    for (const [index, line] of lines.entries()) assert.match(line, expected[index] ?? /^$/);
  });

  test('is content with hooks, sinks and storages that are there, and writes into none of them', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('hook.sh'), '#!/bin/sh\n', { mode: 0o755 });
    await mkdir(folder.join('tapes'));
    const words = ['--hook', `upload.complete=${folder.join('hook.sh')}`, '--hook', 'upload.complete=sh'];
    const sinks = ['--audit-file', 'audit.jsonl', '--audit-db', 'audit.db', '--log-file', 'log'];
    const storage = ['--storage', `tapes=${folder.join('tapes')}`];
    const result = await runTwinline(['config', 'check', ...words, ...sinks, ...storage], { cwd: folder.path });
    assert.equal(result.stderr, '');
    assert.equal(result.exitCode, 0);
    assert.deepEqual((await readdir(folder.path)).toSorted(), ['hook.sh', 'tapes']);
  });

  test(
    'warns of a root that cannot be written',
    { skip: process.getuid?.() === 0 && 'root may write anywhere' },
    async () => {
      await using folder = await createTempFolder();
      await mkdir(folder.join('root'));
      await chmod(folder.join('root'), 0o555);
      const result = await runTwinline(['config', 'check', '--root', 'root'], { cwd: folder.path });
      assert.match(result.stderr, /^twinline: Warning: This user has no right to write in the root/);
      assert.equal(result.exitCode, 0);
    },
  );

  test('tells mistakes of the command line by another exit code', async () => {
    await using folder = await createTempFolder();
    const result = await runTwinline(['config', 'check', '--tls', 'x', '--listen', 'y'], { cwd: folder.path });
    assert.equal(result.exitCode, 64);
    assert.equal(result.stderr.trim().split('\n').length, 2);
    const twice = await runTwinline(['config', 'check', 'a.toml', '-c', 'b.toml'], { cwd: folder.path });
    assert.equal(
      twice.stderr,
      'twinline: The file is given twice, as a.toml and with --config: leave one of them out.\n',
    );
    const wrong = await runTwinline(['config', 'chek'], { cwd: folder.path });
    assert.equal(wrong.exitCode, 64);
  });
});

test('twinline config print shows what the server would go by, and refuses what it could not', async () => {
  await using folder = await createTempFolder();
  await writeFile(folder.join('server.toml'), 'user = "anna:secret"\n');
  const printed = await runTwinline(['config', 'print', 'server.toml', '--read-only'], { cwd: folder.path });
  assert.equal(
    printed.stdout.toString(),
    'user = ["anna:********"]  # server.toml:1\nread-only = true  # --read-only\n',
  );
  const json = await runTwinline(['config', 'print', 'server.toml', '--json'], { cwd: folder.path });
  assert.deepEqual(JSON.parse(json.stdout.toString()), { user: { value: ['anna:********'], from: 'server.toml:1' } });
  const refused = await runTwinline(['config', 'print', 'server.toml', '--tls', 'x'], { cwd: folder.path });
  assert.equal(refused.exitCode, 64);
  assert.equal(refused.stdout.toString(), '');
});

test('the example that twinline config writes is a configuration', async () => {
  await using folder = await createTempFolder();
  const example = await runTwinline(['config', 'example'], { cwd: folder.path });
  await writeFile(folder.join('server.toml'), example.stdout);
  const result = await runTwinline(['config', 'check', '-c', 'server.toml'], { cwd: folder.path });
  assert.equal(result.exitCode, 0, result.stderr);
});
