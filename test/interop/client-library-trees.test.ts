/** Trees, streams, digests, times and a pool of our client against real servers. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, connect, type ConnectOptions, createPool, NotSupportedError } from '../../src/client/index.ts';
import { seededBytes } from '../../src/testing/index.ts';
import { type Peer, peerKinds } from '../fixtures/peers/index.ts';

const file = seededBytes(2_000_000, 67);

async function optionsFor(peer: Peer): Promise<ConnectOptions> {
  return {
    host: 'localhost',
    port: peer.controlPort,
    user: peer.user,
    password: peer.password,
    tls: { caPem: await readFile(peer.certificateFile, 'utf8') },
  };
}

async function walked(client: Client, path: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of client.walk(path)) paths.push(entry.path);
  return paths.toSorted();
}

/** What may be done here, or undefined where the server says that it cannot. */
async function orUnsupported<Result>(work: Promise<Result>): Promise<Result | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotSupportedError) return undefined;
    throw error;
  }
}

for (const kind of peerKinds) {
  const missing = kind.peerMissing();
  describe(`our client and ${kind.name}`, { skip: missing ?? false }, () => {
    test('make, walk and remove a tree, and leave alone what a link in it leads to', async () => {
      await using peer = await kind.start({ maxTls: '1.3' });
      await using client = await connect(await optionsFor(peer));
      await client.makeDirectories('t/a b/c');
      assert.deepEqual(await client.makeDirectories('t/a b/c'), []);
      await client.upload('t/a b/c/f', file);
      await mkdir(join(peer.root, 'kept'));
      await writeFile(join(peer.root, 'kept/file'), 'x');
      await symlink('../kept', join(peer.root, 't/link'));
      const paths = await walked(client, 't');
      for (const path of ['a b', 'a b/c', 'a b/c/f', 'link']) assert.ok(paths.includes(path), paths.join());
      await client.removeTree('t');
      assert.equal(await client.exists('t'), false);
      assert.equal(await client.exists('kept'), true);
      assert.deepEqual(await readdir(join(peer.root, 'kept')), ['file']);
    });

    test('read a stream to its end and not to its end, and append', async () => {
      await using peer = await kind.start({ maxTls: '1.3' });
      await using client = await connect(await optionsFor(peer));
      await client.upload('f', file);
      const chunks: Buffer[] = [];
      for await (const chunk of client.createReadStream('f')) chunks.push(chunk as Buffer);
      assert.ok(Buffer.concat(chunks).equals(file));
      for await (const chunk of client.createReadStream('f')) {
        assert.ok(chunk);
        break;
      }
      await client.appendFile('f', Buffer.from('more'));
      assert.equal(await client.size('f'), file.length + 4);
      assert.ok(client.isConnected);
    });

    test('set and tell times, modes and digests as far as the server does', async () => {
      await using peer = await kind.start({ maxTls: '1.3' });
      await using client = await connect(await optionsFor(peer));
      await client.upload('f', file);
      for (const algorithm of await client.hashAlgorithms()) {
        const { digest } = await client.hash('f', { algorithm });
        const name = algorithm.replace('-', '').toLowerCase();
        if (name !== 'crc32') assert.equal(digest, createHash(name).update(file).digest('hex'), algorithm);
      }
      const timeMs = Date.UTC(2011, 11, 13, 14, 15, 16);
      const isSet = await orUnsupported(client.setModified('f', timeMs).then(() => true));
      if (isSet === true) assert.equal(await client.modified('f'), timeMs);
      await client.changeMode('f', 0o600);
      assert.equal((await stat(join(peer.root, 'f'))).mode & 0o777, 0o600);
      const { name } = await client.uploadUnique(Buffer.from('unique'));
      assert.ok(name !== undefined && (await client.exists(name)));
    });

    test('work side by side in a pool', async () => {
      await using peer = await kind.start({ maxTls: '1.3' });
      await using pool = createPool(await optionsFor(peer), { size: 3 });
      const names = Array.from({ length: 12 }, (_, index) => `f${index}`);
      await Promise.all(names.map((name) => pool.use((client) => client.upload(name, Buffer.from(name)))));
      const found = await pool.use((client) => walked(client, ''));
      for (const name of names) assert.ok(found.includes(name), name);
    });
  });
}
