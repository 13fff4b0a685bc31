/** Interrupted uploads that nobody comes back for: kept for a time, then swept, and both reported. */

import assert from 'node:assert/strict';
import { readdir, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createTempFolder, ScriptedClient } from '../../src/testing/index.ts';
import { createMemoryStorage, type SweepReport } from '../../src/storage/index.ts';
import { startServe } from '../fixtures/serve-process.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

const hour = 3_600_000;

/** Uploads a few bytes and loses the data line. */
async function interrupt(server: TestServer, name: string): Promise<void> {
  await using client = await server.session();
  const data = await client.openPassive({ tls: true });
  await data.secured;
  await client.expect(150, `STOR ${name}`);
  await data.write('half a file');
  await written(server.root, 11);
  data.reset();
  assert.match(await client.readReply(), /^426/);
}

/** Hidden files in the root. */
async function hiddenIn(root: string): Promise<string[]> {
  return (await readdir(root)).filter((name) => name.startsWith('.twinline-'));
}

/** Waits until an upload in progress has this many bytes. */
async function written(root: string, bytes: number): Promise<void> {
  for (;;) {
    for (const name of await hiddenIn(root)) {
      const { size } = await stat(join(root, name)).catch(() => ({ size: 0 }));
      if (name.startsWith('.twinline-up-') && size === bytes) return;
    }
  }
}

async function makeOlder(root: string, name: string, byMs: number): Promise<void> {
  const time = new Date(Date.now() - byMs);
  await utimes(join(root, name), time, time);
}

describe('an interrupted upload', () => {
  test('is swept when it is too old, while younger ones stay resumable', async () => {
    await using server = await startServer({ files: 'disk', limits: { partialMaxAgeMs: hour, sweepEveryMs: 25 } });
    await interrupt(server, 'old.bin');
    const [old = ''] = await hiddenIn(server.root);
    await interrupt(server, 'young.bin');
    const both = await server.event('swept');
    assert.deepEqual([both.removed, both.kept > 0], [0, true]);
    await makeOlder(server.root, old, 2 * hour);
    let swept = server.eventsOf('swept').find(({ removed }) => removed > 0);
    for (let nth = 1; swept === undefined; nth += 1) {
      const event = await server.event('swept', nth);
      if (event.removed > 0) swept = event;
    }
    assert.deepEqual([swept.kept, swept.removed, swept.bytesRemoved], [1, 1, 11]);
    await using client = await server.session();
    assert.match(await client.command('SIZE old.bin'), /^550/);
    assert.match(await client.command('SIZE young.bin'), /^213 11/);
  });

  test('is not swept while somebody writes to it, however old it looks', async () => {
    await using server = await startServer({ files: 'disk', limits: { partialMaxAgeMs: hour, sweepEveryMs: 25 } });
    await interrupt(server, 'witness.bin');
    const [witness = ''] = await hiddenIn(server.root);
    await using client = await server.session();
    const data = await client.openPassive({ tls: true });
    await data.secured;
    await client.expect(150, 'STOR slow.bin');
    await data.write('first ');
    let upload: string | undefined;
    while (upload === undefined)
      upload = (await hiddenIn(server.root)).find((name) => name.startsWith('.twinline-up-'));
    await makeOlder(server.root, upload, 5 * hour);
    await makeOlder(server.root, witness, 5 * hour);
    while (!server.eventsOf('swept').some(({ removed }) => removed > 0)) {
      await server.event('swept', server.eventsOf('swept').length + 1);
    }
    await data.write('second');
    data.closeNotifyThenFin();
    assert.match(await client.readReply(), /^226/);
    assert.equal((await server.read('/slow.bin'))?.toString(), 'first second');
  });

  test('of a process that dies during a sweep is seen to by another one behind it', async () => {
    const storage = createMemoryStorage();
    const sweeps: ((report: SweepReport) => void)[] = [];
    storage.sweep = () => new Promise((resolve) => sweeps.push(resolve));
    const swept = { kept: 0, removed: 0, bytesRemoved: 0 };
    await using server = await startServer({ files: storage, limits: { startSweepMs: 1 } });
    assert.equal(sweeps.length, 1);
    for (const _ of ['one', 'another']) server.server.rescueUploads();
    assert.equal(sweeps.length, 1, 'two sweeps at once');
    sweeps[0]?.(swept);
    await new Promise(setImmediate);
    assert.equal(sweeps.length, 2);
    sweeps[1]?.(swept);
    await new Promise(setImmediate);
    assert.equal(sweeps.length, 2);
  });

  test('is swept at the start of twinline serve when it is older than --part-max-age', async () => {
    await using folder = await createTempFolder();
    const args = ['--root', '.', '--tls', 'off', '--user', 'alice:secret', '--part-max-age', '0.5'];
    const sweeps: unknown[] = [];
    for (const ageHours of [undefined, 11, 13]) {
      for (const name of await hiddenIn(folder.path)) await makeOlder(folder.path, name, (ageHours ?? 0) * hour);
      await using serve = await startServe({ cwd: folder.path, args });
      if (ageHours !== undefined) {
        const [line] = await serve.waitForLine(/^.*"event":"swept".*$/m);
        const { kept, removed } = JSON.parse(line) as Record<string, unknown>;
        sweeps.push({ kept, removed });
        continue;
      }
      await using client = await ScriptedClient.connect({ port: serve.port });
      await client.readReply();
      await client.login('alice', 'secret');
      const data = await client.openPassive();
      await client.expect(150, 'STOR a.bin');
      await data.write('half a file');
      await written(folder.path, 11);
      data.reset();
      assert.match(await client.readReply(), /^426/);
    }
    assert.deepEqual(sweeps, [
      { kept: 1, removed: 0 },
      { kept: 0, removed: 1 },
    ]);
    assert.deepEqual(await hiddenIn(folder.path), []);
  });
});
