/** HASH and the X commands: digests of files and of parts of them, beside whatever else the server does. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { type ScriptedClient, seededBytes } from '../../src/testing/index.ts';
import { createMemoryStorage, type StorageBackend } from '../../src/storage/index.ts';
import { heldReads, letGoUntil } from '../fixtures/held-reads.ts';
import { startServer } from '../fixtures/start-server.ts';

const content = seededBytes(900_000, 11);

function hexOf(algorithm: string, bytes: Buffer): string {
  if (algorithm === 'CRC32') return crc32(bytes).toString(16).padStart(8, '0');
  return createHash(algorithm.replace('-', '')).update(bytes).digest('hex');
}

async function hashFeature(client: ScriptedClient): Promise<string> {
  return /^ HASH (.*)$/m.exec(await client.command('FEAT'))?.[1] ?? '';
}

/** A file of a terabyte that is read in no time. */
function endlessStorage(): StorageBackend {
  const storage = createMemoryStorage();
  storage.stat = async () => ({ name: 'endless', type: 'file', size: 2 ** 40 });
  storage.openRead = async () => ({ size: 2 ** 40, read: async (buffer) => buffer.length, close: async () => {} });
  return storage;
}

for (const protection of ['plain', 'TLSv1.3'] as const) {
  describe(`digests over ${protection}`, () => {
    test('HASH answers with the algorithm that OPTS HASH has chosen, and FEAT marks it', async () => {
      await using server = await startServer({ tls: 'optional', files: 'disk' });
      await server.write('/a file', content);
      await using client = await server.session({ protection });
      assert.equal(await hashFeature(client), 'SHA-256*;SHA-512;SHA-1;MD5;CRC32');
      const first = `213 SHA-256 0-900000 ${hexOf('SHA-256', content)} a file`;
      assert.equal(await client.command('HASH a file'), first);
      for (const algorithm of ['SHA-512', 'SHA-1', 'MD5', 'CRC32', 'SHA-256']) {
        assert.equal(await client.command(`OPTS HASH ${algorithm.toLowerCase()}`), `200 ${algorithm}`);
        assert.equal(await client.command('OPTS HASH'), `200 ${algorithm}`);
        const expected = `213 ${algorithm} 0-900000 ${hexOf(algorithm, content)} /a file`;
        assert.equal(await client.command('HASH /a file'), expected);
        assert.match(await hashFeature(client), new RegExp(`(^|;)${algorithm}\\*(;|$)`));
      }
      await client.expect(200, 'OPTS HASH MD5');
      assert.match(await client.command('OPTS HASH SHA-3'), /^501 .*MD5 stays/);
      assert.equal(await client.command('OPTS HASH'), '200 MD5');
    });

    test('XCRC, XMD5, XSHA, XSHA1, XSHA256 and XSHA512 take a range, with quotes or without', async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.write('/f', content);
      await server.write('/f 1 2', Buffer.from('a name like a range'));
      await server.write('/empty', Buffer.alloc(0));
      await using client = await server.session({ protection });
      const verbs = {
        XCRC: 'CRC32',
        XMD5: 'MD5',
        XSHA: 'SHA-1',
        XSHA1: 'SHA-1',
        XSHA256: 'SHA-256',
        XSHA512: 'SHA-512',
      };
      for (const [verb, algorithm] of Object.entries(verbs)) {
        const digest = (start = 0, end?: number): string =>
          `250 ${hexOf(algorithm, content.subarray(start, end)).toUpperCase()}`;
        assert.equal(await client.command(`${verb} f`), digest());
        assert.equal(await client.command(`${verb} "f"`), digest());
        assert.equal(await client.command(`${verb} "f" 0 900000`), digest());
        assert.equal(await client.command(`${verb} f 10`), digest(10));
        assert.equal(await client.command(`${verb} "/f" 300000 600001`), digest(300_000, 600_001));
        assert.equal(
          await client.command(`${verb} f 1 2`),
          `250 ${hexOf(algorithm, Buffer.from('a name like a range')).toUpperCase()}`,
        );
        assert.match(await client.command('FEAT'), new RegExp(`^ ${verb}$`, 'm'));
      }
      assert.equal(await client.command('XCRC empty'), '250 00000000');
      assert.match(await client.command('XMD5 f 5 4'), /^501 /);
      assert.match(await client.command('XMD5 f 0 900001'), /^501 .*900000 bytes/);
      assert.match(await client.command('XMD5 none 1 2'), /^550 /);
    });

    test('what is no file is refused, and so is everybody before login', async () => {
      await using server = await startServer({ tls: 'optional' });
      await server.storage.makeDirectory('/d');
      await using client = await server.session({ protection });
      assert.match(await client.command('HASH d'), /^553 /);
      assert.match(await client.command('HASH none'), /^550 /);
      assert.match(await client.command('HASH ../../etc/passwd'), /^550 /);
      assert.match(await client.command('HASH'), /^501 /);
      await using stranger = await server.connect();
      if (protection !== 'plain') await stranger.authTls();
      for (const command of ['HASH f', 'XCRC f', 'XSHA512 f']) {
        assert.match(await stranger.command(command), /^530 /, command);
      }
    });

    test('NOOP and STAT are answered beside it, other commands in their turn', async () => {
      const held = heldReads();
      await using server = await startServer({ tls: 'optional', files: held.storage });
      await server.write('/f', content);
      await using client = await server.session({ protection });
      held.hold();
      await client.send('HASH f\r\nNOOP\r\nSTAT\r\nPWD\r\nNOOP\r\n');
      assert.equal(await client.readReply(), '200 OK');
      assert.match(await client.readReply(), /^211-[^]*HASH \/f: 0 bytes done/);
      assert.equal(server.server.counts().task, 1);
      held.letAllGo();
      for (const reply of [/^213 SHA-256 /, /^257 /, /^200 OK/]) assert.match(await client.readReply(), reply);
    });

    test('QUIT waits for it', async () => {
      const held = heldReads();
      await using server = await startServer({ tls: 'optional', files: held.storage });
      await server.write('/f', content);
      await using client = await server.session({ protection });
      held.hold();
      await client.send('HASH f\r\nNOOP\r\nQUIT\r\n');
      assert.equal(await client.readReply(), '200 OK');
      held.letAllGo();
      assert.match(await client.readReply(), /^213 /);
      assert.match(await client.readReply(), /^221 /);
    });

    test('ABOR stops it: 426, then 226, and the session goes on', async () => {
      const held = heldReads();
      await using server = await startServer({ tls: 'optional', files: held.storage });
      await server.write('/f', seededBytes(16 * 1024 * 1024, 5));
      await using client = await server.session({ protection });
      held.hold();
      for (const bytes of ['ABOR\r\n', 'ABOR\r']) {
        await client.send('HASH f\r\nNOOP\r\n');
        assert.equal(await client.readReply(), '200 OK');
        await client.send(bytes);
        const answer = client.readReply();
        assert.ok((await letGoUntil(held, answer)) < 60, 'the file was not read to its end');
        assert.equal(await answer, '426 HASH was stopped');
        assert.equal(await client.readReply(), '226 Abort successful');
      }
      assert.equal(await client.command('NOOP'), '200 OK');
      held.letAllGo();
      assert.match(await client.command('HASH f'), /^213 /);
    });

    test('ABOR right behind it stops it before anything is read', async () => {
      await using server = await startServer({ tls: 'optional', files: endlessStorage() });
      await using client = await server.session({ protection });
      await client.send('HASH f\r\nABOR\r\n');
      assert.match(await client.readReply(), /^426 /);
      assert.match(await client.readReply(), /^226 /);
    });

    for (const how of ['reset', 'orderly end'] as const) {
      test(`the ${how} of the control line stops it and closes the file`, async () => {
        await using server = await startServer({ tls: 'optional', files: endlessStorage() });
        await using client = await server.session({ protection });
        await client.send('HASH f\r\nNOOP\r\n');
        assert.equal(await client.readReply(), '200 OK');
        if (how === 'reset') client.control.reset();
        else if (protection === 'plain') client.control.fin();
        else client.control.closeNotifyThenFin();
        await server.event('session-closed');
        assert.equal(server.server.counts().task, 0);
      });
    }

    test('the end of the server stops it', async () => {
      await using server = await startServer({ tls: 'optional', files: endlessStorage() });
      await using client = await server.session({ protection });
      await client.send('HASH f\r\nNOOP\r\n');
      assert.equal(await client.readReply(), '200 OK');
      await server.server.drain(60_000);
      assert.equal(server.server.counts().task, 0);
    });

    test('other sessions are answered before a digest that was asked for first', async () => {
      await using server = await startServer({ tls: 'optional', files: endlessStorage() });
      await using hashing = await server.session({ protection });
      await using other = await server.session({ protection });
      await hashing.expect(200, 'OPTS HASH SHA-512');
      await hashing.send('HASH f\r\nNOOP\r\n');
      assert.equal(await hashing.readReply(), '200 OK');
      for (let i = 0; i < 50; i += 1) await other.expect(257, 'PWD');
      assert.match(await hashing.command('STAT'), /HASH \/f: [1-9]\d* bytes done/);
      // The digest of a terabyte is hours away: whatever held the event loop until then would fail this test.
      await hashing.send('ABOR\r\n');
      assert.match(await hashing.readReply(), /^426 /);
      assert.match(await hashing.readReply(), /^226 /);
    });
  });
}
