import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createTempFolder } from '../../testing/index.ts';
import { createKnowledgeFile } from './knowledge-file.ts';

const address = { host: 'localhost', port: 2121 };
const identity = 'certificate AA';

describe('the file of what is known of servers', () => {
  test('is made with its folder, for its owner alone, and read by later processes', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('cache', 'twinline', 'servers.json');
    const problems: string[] = [];
    const store = createKnowledgeFile(path, { onProblem: (text) => problems.push(text) });
    assert.equal(await store.recall(address), undefined);
    store.learn(address, identity, { passive: 'PASV' });
    store.learn(address, identity, { mlsd: 'works' });
    await store.flush();
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder.join('cache', 'twinline')), ['servers.json']);
    const recalled = await createKnowledgeFile(path).recall(address);
    assert.deepEqual(recalled, { identity, facts: { passive: 'PASV', mlsd: 'works' } });
    assert.deepEqual(problems, []);
  });

  test('keeps what another process has written in between', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('servers.json');
    const [one, other] = [createKnowledgeFile(path), createKnowledgeFile(path)];
    one.learn(address, identity, { mlsd: 'works' });
    await one.flush();
    other.learn({ host: 'elsewhere', port: 21 }, identity, { mlsd: 'absent' });
    await other.flush();
    one.learn(address, identity, { noop: 'at-once' });
    assert.deepEqual((await one.recall(address))?.facts, { mlsd: 'works', noop: 'at-once' });
    assert.deepEqual((await one.recall({ host: 'elsewhere', port: 21 }))?.facts, { mlsd: 'absent' });
  });

  test('is whole at every moment, however many write it', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('servers.json');
    const problems: string[] = [];
    const stores = Array.from({ length: 8 }, () =>
      createKnowledgeFile(path, { onProblem: (text) => problems.push(text) }),
    );
    const work = stores.map(async (store, number) => {
      for (let round = 0; round < 10; round += 1) {
        store.learn({ host: `host${number}`, port: 21 }, identity, { maxSessions: round + 1 });
        await store.recall(address);
      }
      await store.flush();
    });
    await Promise.all(work);
    assert.deepEqual(problems, []);
    assert.deepEqual(await readdir(folder.path), ['servers.json']);
    JSON.parse(await readFile(path, 'utf8'));
  });

  for (const [what, content] of [
    ['broken', '{"version":1,"servers":[{"addr'],
    ['foreign', '#!/bin/sh\nexit 1\n'],
    ['empty', ''],
    ['far too large', ' '.repeat(1024 * 1024 + 1)],
  ] as const) {
    test(`that is ${what} is told of once, hinders nothing, and is replaced`, async () => {
      await using folder = await createTempFolder();
      const path = folder.join('servers.json');
      await writeFile(path, content);
      const problems: string[] = [];
      const store = createKnowledgeFile(path, { onProblem: (text) => problems.push(text) });
      assert.equal(await store.recall(address), undefined);
      store.learn(address, identity, { mlsd: 'works' });
      await store.flush();
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', /cannot be read \(.*servers\.json: /);
      assert.deepEqual((await createKnowledgeFile(path).recall(address))?.facts, { mlsd: 'works' });
    });
  }

  test('that cannot be read or written hinders nothing', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('file'), '');
    await mkdir(folder.join('folder'));
    for (const path of [folder.join('file', 'servers.json'), folder.join('folder')]) {
      const problems: string[] = [];
      const store = createKnowledgeFile(path, { onProblem: (text) => problems.push(text) });
      assert.equal(await store.recall(address), undefined);
      store.learn(address, identity, { mlsd: 'works' });
      await store.flush();
      assert.equal(problems.length, 1, path);
    }
    assert.deepEqual((await readdir(folder.path)).toSorted(), ['file', 'folder']);
  });
});
