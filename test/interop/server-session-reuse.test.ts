/** curl and lftp against a server on which every data line must resume the TLS session of its control line. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, hashOf, runCommand, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const files = Array.from({ length: 50 }, (_, i) => ({ name: `f${i}.bin`, bytes: seededBytes(i * 977, i) }));

/** All data lines of one session resumed it. */
function assertAllResumed(server: TestServer): void {
  const lines = server.eventsOf('data-tls');
  assert.ok(lines.length >= files.length, `${lines.length} data lines`);
  assert.ok(lines.every(({ tls }) => tls.resumed));
  assert.equal(new Set(lines.map(({ session }) => session)).size, 1);
  assert.deepEqual(server.eventsOf('data-peer-refused'), []);
}

async function assertSame(folder: string): Promise<void> {
  for (const { name, bytes } of files) assert.equal(hashOf(await readFile(join(folder, name))), hashOf(bytes), name);
}

describe('50 transfers on one login with curl', { skip: missingProgram('curl') }, () => {
  for (const version of ['1.2', '1.3']) {
    const args = ['-sS', '-k', '--ssl-reqd', '-u', 'user:pass', '--max-time', '60', '--tls-max', version];

    test(`down, on TLS ${version}`, async () => {
      await using server = await startServer({ files: 'disk', sessionReuse: 'require' });
      await using folder = await createTempFolder();
      for (const { name, bytes } of files) await writeFile(join(server.root, name), bytes);
      const url = `ftp://127.0.0.1:${server.port}/f[0-49].bin`;
      const result = await runCommand('curl', [...args, '-o', folder.join('f#1.bin'), url]);
      assert.deepEqual([result.exitCode, result.stderr], [0, '']);
      await assertSame(folder.path);
      assertAllResumed(server);
    });

    test(`up, on TLS ${version}`, async () => {
      await using server = await startServer({ files: 'disk', sessionReuse: 'require' });
      await using folder = await createTempFolder();
      for (const { name, bytes } of files) await writeFile(folder.join(name), bytes);
      const names = files.map(({ name }) => folder.join(name)).join(',');
      const result = await runCommand('curl', [...args, '-T', `{${names}}`, `ftp://127.0.0.1:${server.port}/`]);
      assert.deepEqual([result.exitCode, result.stderr], [0, '']);
      await assertSame(server.root);
      assertAllResumed(server);
    });
  }

  test('a curl that keeps no sessions is told what to do', async () => {
    await using server = await startServer({ sessionReuse: 'require' });
    await server.write('/a', Buffer.from('mine'));
    const args = ['-v', '-k', '--ssl-reqd', '--no-sessionid', '-u', 'user:pass', '--max-time', '20'];
    const result = await runCommand('curl', [...args, `ftp://127.0.0.1:${server.port}/a`]);
    assert.notEqual(result.exitCode, 0);
    const refusals = server.eventsOf('reply').filter(({ code }) => code === 522);
    const said = result.stderr.includes('handshake failure') || result.stderr.includes('must resume the TLS session');
    assert.ok(refusals.length === 1 || said, result.stderr);
  });
});

describe('50 transfers on one login with lftp', { skip: missingProgram('lftp') }, () => {
  test('down and up', async () => {
    await using server = await startServer({ files: 'disk', sessionReuse: 'require' });
    await using folder = await createTempFolder();
    await mkdir(folder.join('up'));
    for (const { name, bytes } of files) {
      await writeFile(join(server.root, name), bytes);
      await writeFile(join(folder.path, 'up', name), bytes);
    }
    const script = [
      'set net:max-retries 1',
      'set cmd:fail-exit yes',
      'set ssl:verify-certificate no',
      'set ftp:ssl-force yes',
      'set ftp:ssl-protect-data yes',
      `open -u user,pass ftp://127.0.0.1:${server.port}`,
      'mget f*.bin',
      'mkdir copy',
      'cd copy',
      'lcd up',
      'mput f*.bin',
      'bye',
    ].join('\n');
    const env = { HOME: folder.path, LFTP_HOME: folder.join('.lftp') };
    const result = await runCommand('lftp', ['--norc'], { input: script, cwd: folder.path, env, timeoutMs: 60_000 });
    assert.deepEqual([result.exitCode, result.stderr], [0, '']);
    await assertSame(folder.path);
    await assertSame(join(server.root, 'copy'));
    assert.equal((await readdir(join(server.root, 'copy'))).length, files.length);
    assertAllResumed(server);
  });
});
