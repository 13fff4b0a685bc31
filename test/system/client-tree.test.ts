/** Whole trees, digests, times and modes with the client and the server of this project. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, connect, createPool, type ConnectOptions } from '../../src/client/index.ts';
import { Secret } from '../../src/users/index.ts';
import { startServer, type TestServer, type TestServerOptions } from '../fixtures/start-server.ts';

function optionsFor(server: TestServer): ConnectOptions {
  return { host: server.host, port: server.port, user: 'user', password: 'pass', tls: { insecure: true } };
}

async function pathsBelow(client: Client, path?: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of client.walk(path)) paths.push(`${entry.path} ${entry.type}`);
  return paths.toSorted();
}

describe('trees on a server of ours', () => {
  test('are made, walked and removed, and nothing that a link leads to goes with them', async () => {
    await using server = await startServer({ files: 'disk' });
    await using client = await connect(optionsFor(server));
    assert.deepEqual(await client.makeDirectories('/a/b/c'), ['/a', '/a/b', '/a/b/c']);
    assert.deepEqual(await client.makeDirectories('/a/b/d/'), ['/a/b/d']);
    assert.deepEqual(await client.makeDirectories('a/b'), []);
    await client.upload('/a/b/c/f', Buffer.from('1'));
    await mkdir(join(server.root, 'kept'));
    await writeFile(join(server.root, 'kept/file'), 'x');
    await symlink('../../kept', join(server.root, 'a/b/link'));
    await symlink('..', join(server.root, 'a/b/up'));
    const seen = await pathsBelow(client, '/a');
    // This server shows links to folders as folders: the way upwards ends where it comes back to a folder above it.
    assert.deepEqual(
      seen.map((line) => line.split(' ')[0]),
      ['b', 'b/c', 'b/c/f', 'b/d', 'b/link', 'b/link/file', 'b/up', 'b/up/b'],
    );
    const removed: string[] = [];
    const result = await client.removeTree('/a', { onEntry: ({ path }) => removed.push(path) });
    assert.equal(result.files + result.directories, removed.length);
    assert.equal(removed.at(-1), '/a');
    assert.equal(await client.exists('/a'), false);
    assert.deepEqual(await readdir(join(server.root, 'kept')), ['file']);
  });

  test('can be changed while they are walked', async () => {
    await using server = await startServer({ files: 'disk' });
    await using client = await connect(optionsFor(server));
    await client.makeDirectories('/t/in');
    for (const name of ['/t/a', '/t/b', '/t/in/c']) await client.upload(name, Buffer.from('x'));
    for await (const entry of client.walk('/t')) {
      if (entry.type === 'file') await client.remove(`/t/${entry.path}`);
    }
    assert.deepEqual(await pathsBelow(client, '/t'), ['in directory']);
    for await (const { name } of client.list('/t')) await client.removeDirectory(`/t/${name}`);
    assert.deepEqual(await pathsBelow(client, '/t'), []);
  });

  test('a file is a tree of one, and what is not there is an error', async () => {
    await using server = await startServer();
    await using client = await connect(optionsFor(server));
    await client.upload('/f', Buffer.from('x'));
    assert.deepEqual(await client.removeTree('/f'), { files: 1, directories: 0 });
    await assert.rejects(client.removeTree('/f'), { code: 'ERR_TWINLINE_REFUSED', replyCode: 550 });
  });
});

test('digests, times and modes are set and told', async () => {
  await using server = await startServer({ files: 'disk' });
  await using client = await connect(optionsFor(server));
  const bytes = Buffer.from('0123456789'.repeat(1000));
  await client.upload('/a b', bytes);
  assert.deepEqual(await client.hashAlgorithms(), ['SHA-256', 'SHA-512', 'SHA-1', 'MD5', 'CRC32']);
  for (const algorithm of ['SHA-256', 'SHA-512', 'SHA-1', 'MD5'])
    assert.deepEqual(await client.hash('/a b', { algorithm }), {
      algorithm,
      digest: createHash(algorithm.replace('-', '')).update(bytes).digest('hex'),
    });
  assert.equal((await client.hash('/a b')).algorithm, 'SHA-256');
  assert.equal(
    (await client.hash('/a b', { from: 5, to: 1005, algorithm: 'md5' })).digest,
    createHash('md5').update(bytes.subarray(5, 1005)).digest('hex'),
  );
  await assert.rejects(client.hash('/a b', { algorithm: 'SHA-3' }), { code: 'ERR_TWINLINE_NOT_SUPPORTED' });
  const timeMs = Date.UTC(2011, 11, 13, 14, 15, 16);
  await client.setModified('/a b', timeMs + 999);
  assert.equal(await client.modified('/a b'), timeMs);
  await client.changeMode('/a b', 0o640);
  assert.equal((await stat(join(server.root, 'a b'))).mode & 0o777, 0o640);
  await assert.rejects(client.changeMode('/a b', 0o10000), { code: 'ERR_TWINLINE_ARGUMENT' });
});

const bounds: Readonly<Record<string, TestServerOptions>> = {
  'by the address': { limits: { maxSessionsPerAddress: 2 }, exemptNetworks: [] },
  'by the user': { users: [{ name: 'user', password: new Secret('pass'), maxSessions: 2 }] },
};

for (const [bound, options] of Object.entries(bounds)) {
  test(`a pool works side by side, and goes on with the sessions that it gets where they are bounded ${bound}`, async () => {
    await using server = await startServer(options);
    const notices: string[] = [];
    await using pool = createPool(optionsFor(server), {
      size: 4,
      onNotice: ({ kind, sessions, error }) =>
        notices.push(`${kind} ${sessions} ${String(error?.message.length !== 0)}`),
    });
    let most = 0;
    const names = Array.from({ length: 12 }, (_, index) => `/f${index}`);
    await Promise.all(
      names.map((name) =>
        pool.use(async (client) => {
          most = Math.max(most, pool.busy);
          await client.upload(name, Buffer.from(name));
        }),
      ),
    );
    assert.equal(most, 2);
    assert.ok(notices.length > 0 && notices.every((notice) => notice.startsWith('fewer')), notices.join());
    assert.equal((await pool.use((client) => pathsBelow(client, '/'))).length, 12);
    await pool.quit();
    assert.equal(pool.counts.get('session'), 0);
    const late = pool.use(async () => undefined);
    await assert.rejects(late, { code: 'ERR_TWINLINE_CALL_ORDER' });
  });
}
