/** Our client against real servers: files down, up and listed, fifty on one login, both versions of TLS. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Client, connect, type TraceEvent } from '../../src/client/index.ts';
import { createTempFolder, hashOf, hashOfFile, seededBytes } from '../../src/testing/index.ts';
import { type Peer, peerKinds } from '../fixtures/peers/index.ts';

const file = seededBytes(5_000_000, 61);

async function connectTo(peer: Peer, trace: TraceEvent[] = []): Promise<Client> {
  return connect({
    host: 'localhost',
    port: peer.controlPort,
    user: peer.user,
    password: peer.password,
    tls: { caPem: await readFile(peer.certificateFile, 'utf8') },
    retry: { tries: 0 },
    onTrace: (event) => trace.push(event),
  });
}

for (const kind of peerKinds) {
  const missing = kind.peerMissing();
  describe(`our client and ${kind.name}`, { skip: missing ?? false }, () => {
    for (const maxTls of ['1.2', '1.3'] as const) {
      test(`move files and list folders over TLS ${maxTls}`, async () => {
        await using peer = await kind.start({ maxTls });
        await using folder = await createTempFolder();
        await writeFile(join(peer.root, 'down.bin'), file, { mode: 0o644 });
        await using client = await connectTo(peer);
        assert.equal(client.tls?.protocol, `TLSv${maxTls}`);

        const down = await client.downloadFile('down.bin', folder.join('down.bin'));
        assert.equal(down.outcome, 'complete');
        assert.equal(await hashOfFile(folder.join('down.bin')), hashOf(file));
        const [here, there] = await Promise.all([stat(folder.join('down.bin')), stat(join(peer.root, 'down.bin'))]);
        assert.equal(Math.floor(here.mtimeMs / 1000), Math.floor(there.mtimeMs / 1000));

        const up = await client.uploadFile(folder.join('down.bin'), 'up.bin');
        assert.equal(up.outcome, 'complete');
        assert.equal(up.size, file.length);
        assert.equal(await hashOfFile(join(peer.root, 'up.bin')), hashOf(file));

        const sizes = new Map<string, number | undefined>();
        for await (const entry of client.list()) sizes.set(entry.name, entry.size);
        assert.equal(sizes.get('down.bin'), file.length);
        assert.equal(sizes.get('up.bin'), file.length);
      });

      test(`move fifty files on one login over TLS ${maxTls}`, async () => {
        await using peer = await kind.start({ maxTls });
        await using client = await connectTo(peer);
        for (let round = 0; round < 25; round += 1) {
          const bytes = seededBytes(20_000 + round, round);
          await client.upload(`f${round}`, bytes);
          const chunks: Buffer[] = [];
          const sink = {
            write: async (some: readonly Buffer[]) => void chunks.push(...some.map((chunk) => Buffer.from(chunk))),
          };
          await client.download(`f${round}`, sink);
          assert.equal(hashOf(Buffer.concat(chunks)), hashOf(bytes), `round ${round}`);
          assert.equal(await hashOfFile(join(peer.root, `f${round}`)), hashOf(bytes), `round ${round}`);
        }
      });

      if (kind.canRequireSessionReuse) {
        test(`move fifty files where every data line must resume, over TLS ${maxTls}`, async () => {
          await using peer = await kind.start({ maxTls, requireSessionReuse: true });
          await using client = await connectTo(peer);
          const bytes = seededBytes(20_000, 7);
          for (let round = 0; round < 50; round += 1) {
            const result = await client.upload(`f${round}`, bytes);
            assert.equal(result.tls?.resumed, true, `round ${round}`);
          }
          assert.equal(await hashOfFile(join(peer.root, 'f49')), hashOf(bytes));
        });
      }
    }

    test('abort a download and an upload in the middle, and go on in the same session', async () => {
      await using peer = await kind.start();
      await using folder = await createTempFolder();
      await writeFile(join(peer.root, 'down.bin'), file, { mode: 0o644 });
      await writeFile(folder.join('up.bin'), file);
      const trace: TraceEvent[] = [];
      await using client = await connectTo(peer, trace);
      for (const direction of ['down', 'up'] as const) {
        const abort = new AbortController();
        const options = {
          signal: abort.signal,
          rateLimit: 500_000,
          onProgress: ({ bytes }: { readonly bytes: number }) => bytes > 100_000 && abort.abort(),
        };
        const transfer =
          direction === 'down'
            ? client.downloadFile('down.bin', folder.join('down.bin'), options)
            : client.uploadFile(folder.join('up.bin'), 'up.bin', options);
        await assert.rejects(transfer, { code: 'ERR_TWINLINE_ABORTED' });
        assert.ok(client.isConnected, JSON.stringify(trace.slice(-6)));
      }
      assert.equal(await client.size('down.bin'), file.length);
      await client.downloadFile('down.bin', folder.join('down.bin'), { resume: true });
      assert.equal(await hashOfFile(folder.join('down.bin')), hashOf(file));
      await client.uploadFile(folder.join('up.bin'), 'up.bin', { resume: true });
      assert.equal(await hashOfFile(join(peer.root, 'up.bin')), hashOf(file));
    });

    test('agree about folders, names and refusals', async () => {
      await using peer = await kind.start();
      await using client = await connectTo(peer);
      await client.makeDirectory('in');
      await client.changeDirectory('in');
      assert.equal(await client.workingDirectory(), '/in');
      await client.upload('a b "c" é.txt', Buffer.from('x'));
      await client.rename('a b "c" é.txt', 'plain.txt');
      assert.equal((await client.stat('plain.txt')).size, 1);
      await client.remove('plain.txt');
      await client.changeDirectory('/');
      await client.removeDirectory('in');
      await assert.rejects(client.download('none', { write: async () => undefined }), { replyCode: 550 });
      await assert.rejects(client.changeDirectory('none'), { replyCode: 550 });
    });
  });
}
