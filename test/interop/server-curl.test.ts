/** curl against our server: many small files in one call, resume, ranges, listings, every kind of data connection. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type CommandResult, createTempFolder, hashOf, runCommand, seededBytes } from '../../src/testing/index.ts';
import { missingProgram } from '../fixtures/installed-program.ts';
import { startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

function curl(args: readonly string[]): Promise<CommandResult> {
  return runCommand('curl', ['-sS', '-u', 'user:pass', '--max-time', '60', ...args]);
}

async function fetched(args: readonly string[]): Promise<Buffer> {
  const result = await curl(args);
  assert.equal(result.stderr, '');
  assert.equal(result.exitCode, 0);
  return result.stdout;
}

const secure = ['-k', '--ssl-reqd'];

/** How often curl was silent for half a second and more behind the reply to an opener. */
function longWaits(server: TestServer): number {
  let count = 0;
  let openedAt: number | undefined;
  for (const event of server.events) {
    if (event.type === 'command' && openedAt !== undefined) {
      if (event.at - openedAt >= 500) count += 1;
      openedAt = undefined;
    }
    if (event.type === 'reply' && event.code === 229) openedAt = event.at;
  }
  return count;
}

/**
 * Whether one file waits is chance: it does where curl loses its processor at the wrong moment (decision 0005). A server that brings it about does so with most of them.
 */
const mostLongWaits = 3;

const smallFiles = Array.from({ length: 100 }, (_, i) => ({ name: `f${i}.bin`, bytes: seededBytes(1000 + i, i) }));

const skip = missingProgram('curl');

describe('100 small files in one curl call', { skip }, () => {
  for (const version of ['1.2', '1.3']) {
    test(`come down whole, and curl does not wait a second for each (TLS ${version})`, async () => {
      await using server = await startServer({ files: 'disk' });
      await using folder = await createTempFolder();
      for (const { name, bytes } of smallFiles) await writeFile(join(server.root, name), bytes);
      const url = `ftp://127.0.0.1:${server.port}/f[0-99].bin`;
      await fetched([...secure, '--tls-max', version, '-o', folder.join('f#1.bin'), url]);
      for (const { name, bytes } of smallFiles) {
        assert.equal(hashOf(await readFile(folder.join(name))), hashOf(bytes), name);
      }
      assert.ok(longWaits(server) <= mostLongWaits, `${longWaits(server)} files waited`);
      assert.equal(server.eventsOf('session-opened').length, 1);
      // curl keeps one ticket of TLS 1.3 and OpenSSL uses it once; the second file then brings one that lasts.
      assert.ok(server.eventsOf('data-tls').filter(({ tls }) => tls.resumed).length >= 99);
    });

    test(`go up whole, and curl does not wait a second for each (TLS ${version})`, async () => {
      await using server = await startServer({ files: 'disk' });
      await using folder = await createTempFolder();
      for (const { name, bytes } of smallFiles) await writeFile(folder.join(name), bytes);
      const names = smallFiles.map(({ name }) => folder.join(name)).join(',');
      await fetched([...secure, '--tls-max', version, '-T', `{${names}}`, `ftp://127.0.0.1:${server.port}/`]);
      for (const { name, bytes } of smallFiles) {
        assert.equal(hashOf(await readFile(join(server.root, name))), hashOf(bytes), name);
      }
      assert.ok(longWaits(server) <= mostLongWaits, `${longWaits(server)} files waited`);
      assert.equal((await readdir(server.root)).length, 100);
    });
  }
});

describe('curl', { skip }, () => {
  test('verifies the certificate by name and by address', async () => {
    await using server = await startServer();
    await using folder = await createTempFolder();
    await writeFile(folder.join('ca.pem'), (await testCertificate()).certificatePem);
    await server.write('/a', Buffer.from('trusted'));
    for (const host of ['localhost', '127.0.0.1']) {
      const args = ['-4', '--ssl-reqd', '--cacert', folder.join('ca.pem')];
      assert.equal((await fetched([...args, `ftp://${host}:${server.port}/a`])).toString(), 'trusted');
      assert.equal((await fetched([...args, `ftps://${host}:${server.implicitPort}/a`])).toString(), 'trusted');
    }
    const distrusting = await curl(['--ssl-reqd', `ftp://127.0.0.1:${server.port}/a`]);
    assert.equal(distrusting.exitCode, 60);
  });

  test('lists, resumes and asks for ranges', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    const bytes = seededBytes(500_000, 1);
    await writeFile(join(server.root, 'a b.bin'), bytes);
    await mkdir(join(server.root, 'sub'));
    const url = `ftp://127.0.0.1:${server.port}/`;
    assert.match((await fetched([...secure, url])).toString(), /^-.* 500000 .* a b\.bin\r?$/m);
    assert.deepEqual((await fetched([...secure, '-l', url])).toString().trim().split(/\r?\n/).sort(), [
      'a b.bin',
      'sub',
    ]);
    assert.equal(
      hashOf(await fetched([...secure, '-r', '400000-', `${url}a%20b.bin`])),
      hashOf(bytes.subarray(400_000)),
    );
    assert.equal(
      hashOf(await fetched([...secure, '-r', '100-199', `${url}a%20b.bin`])),
      hashOf(bytes.subarray(100, 200)),
    );
    await writeFile(folder.join('part'), bytes.subarray(0, 123_456));
    await fetched([...secure, '-C', '-', '-o', folder.join('part'), `${url}a%20b.bin`]);
    assert.equal(hashOf(await readFile(folder.join('part'))), hashOf(bytes));
    const head = (await fetched([...secure, '-I', `${url}a%20b.bin`])).toString();
    assert.match(head, /Content-Length: 500000/);
    assert.match(head, /Last-Modified: /);
  });

  test('resumes its own interrupted upload', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    const bytes = seededBytes(3_000_000, 2);
    await writeFile(folder.join('up'), bytes);
    const url = `ftp://127.0.0.1:${server.port}/up`;
    const cut = await curl([...secure, '--limit-rate', '1M', '--max-time', '1', '-T', folder.join('up'), url]);
    assert.equal(cut.exitCode, 28);
    await server.event('transfer');
    assert.deepEqual((await readdir(server.root)).includes('up'), false);
    await fetched([...secure, '-C', '-', '-T', folder.join('up'), url]);
    assert.equal(hashOf(await readFile(join(server.root, 'up'))), hashOf(bytes));
    const resumed = server.eventsOf('transfer').at(-1)?.transfer;
    assert.deepEqual([resumed?.verb, resumed?.cause], ['APPE', 'completed']);
    assert.ok((resumed?.bytes ?? 0) < bytes.length);
  });

  for (const [name, args, verb] of [
    ['EPSV', [], 'EPSV'],
    ['PASV', ['--disable-epsv'], 'PASV'],
    ['EPRT', ['-P', '127.0.0.1'], 'EPRT'],
    ['PORT', ['-P', '127.0.0.1', '--disable-eprt'], 'PORT'],
  ] as const) {
    for (const tls of [[], secure]) {
      // curl 7.87 and 7.88 never start TLS on the data lines of active mode (its issue 10666); lftp does it instead.
      if (args[0] === '-P' && tls.length > 0) continue;
      test(`fetches and stores over ${name}, ${tls.length === 0 ? 'in clear' : 'under TLS'}`, async () => {
        await using server = await startServer({ tls: 'optional' });
        await using folder = await createTempFolder();
        const bytes = seededBytes(400_000, 3);
        await writeFile(folder.join('a'), bytes);
        const url = `ftp://127.0.0.1:${server.port}/a`;
        await fetched([...tls, ...args, '-T', folder.join('a'), url]);
        assert.equal(hashOf(await fetched([...tls, ...args, url])), hashOf(bytes));
        assert.ok(server.eventsOf('command').some((event) => event.text.startsWith(verb)));
      });
    }
  }

  test('works over IPv6, where PASV does not', async () => {
    await using server = await startServer({ host: '::1' });
    await server.write('/a', Buffer.from('six'));
    assert.equal((await fetched([...secure, `ftp://[::1]:${server.port}/a`])).toString(), 'six');
    assert.equal((await fetched(['-k', `ftps://[::1]:${server.implicitPort}/a`])).toString(), 'six');
  });

  test('makes directories, renames, appends, removes, and converts text', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeFile(folder.join('t'), 'one\ntwo\n');
    const url = `ftp://127.0.0.1:${server.port}`;
    await fetched([...secure, '--ftp-create-dirs', '-T', folder.join('t'), `${url}/x/y/t`]);
    await fetched([...secure, '-a', '-T', folder.join('t'), `${url}/x/y/t`]);
    assert.equal(await readFile(join(server.root, 'x/y/t'), 'utf8'), 'one\ntwo\none\ntwo\n');
    // curl takes the CR away again.
    assert.equal((await fetched([...secure, '-B', `${url}/x/y/t`])).toString(), 'one\ntwo\none\ntwo\n');
    assert.equal(server.eventsOf('transfer').at(-1)?.transfer.bytes, 20);
    const quoted = ['RNFR x/y/t', 'RNTO x/u', 'RMD x/y'].flatMap((command) => ['-Q', command]);
    await fetched([...secure, ...quoted, '-l', `${url}/`]);
    assert.deepEqual(await readdir(join(server.root, 'x')), ['u']);
    await fetched([...secure, '-Q', 'DELE x/u', '-l', `${url}/`]);
    assert.deepEqual(await readdir(join(server.root, 'x')), []);
  });

  test('protects the control line alone where TLS is optional, and is refused where it is required', async () => {
    await using optional = await startServer({ tls: 'optional' });
    await optional.write('/a', Buffer.from('clear data'));
    const control = ['-k', '--ftp-ssl-control'];
    assert.equal((await fetched([...control, `ftp://127.0.0.1:${optional.port}/a`])).toString(), 'clear data');
    assert.equal(optional.eventsOf('data-tls').length, 0);
    await using required = await startServer();
    await required.write('/a', Buffer.from('private'));
    assert.notEqual((await curl([...control, `ftp://127.0.0.1:${required.port}/a`])).exitCode, 0);
    const clear = await curl([`ftp://127.0.0.1:${required.port}/a`]);
    assert.equal(clear.exitCode, 67);
  });

  test('is told of a wrong password, a missing file and a full directory name', async () => {
    await using server = await startServer({ limits: { loginDelayMs: 1 } });
    const url = `ftp://127.0.0.1:${server.port}/none`;
    assert.equal((await runCommand('curl', ['-sS', ...secure, '-u', 'user:wrong', url])).exitCode, 67);
    assert.equal((await curl([...secure, url])).exitCode, 78);
    assert.equal((await curl([...secure, `${url}/none/`])).exitCode, 9);
  });
});
