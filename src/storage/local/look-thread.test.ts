import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';

import type { Entry } from '../../protocol/index.ts';
import { entryOf } from './entry-facts.ts';
import { findRoot } from './find-root.ts';
import { listFolder, type ListOptions } from './list-folder.ts';
import { LookCrew } from './look-crew.ts';
import { LookThread } from './look-thread.ts';
import { StatPace } from './stat-pace.ts';

type Looker = NonNullable<ListOptions['threads']>;

class AlwaysWarm extends StatPace {
  override get isWarm(): boolean {
    return true;
  }
}

let folder = '';
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'twinline-look-'))));
afterEach(() => rm(folder, { recursive: true }));

function makeFiles(count: number): void {
  for (let index = 0; index < count; index += 1) fs.writeFileSync(join(folder, `file-${index}`), 'x'.repeat(index % 7));
}

/** One of everything that a folder can hold, names that are no UTF-8 included. */
function makeOneOfEach(): void {
  fs.mkdirSync(join(folder, 'folder'), { mode: 0o751 });
  fs.mkdirSync(join(folder, '.twinline-hidden'));
  fs.symlinkSync('file-3', join(folder, 'link'));
  fs.symlinkSync('nothing', join(folder, 'link-to-nothing'));
  fs.symlinkSync('/etc/passwd', join(folder, 'link-out'));
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  fs.writeFileSync(join(folder, 'größe\nzwei'), 'ä');
  fs.writeFileSync(Buffer.concat([Buffer.from(`${folder}/no-utf-8-`), Buffer.from([0xff, 0x80])]), 'bytes');
  fs.utimesSync(join(folder, 'file-1'), 1, new Date('1969-07-20T20:17:40.5Z'));
  fs.chmodSync(join(folder, 'file-2'), 0o4640);
}

async function listed(options: ListOptions): Promise<Map<string, Entry>> {
  const root = await findRoot(folder, undefined);
  const entries = new Map<string, Entry>();
  for await (const batch of listFolder(root, '/', options)) {
    for (const entry of batch) {
      assert.ok(!entries.has(entry.name), `${entry.name} was listed twice`);
      entries.set(entry.name, entry);
    }
  }
  assert.equal(root.descriptors.count, 0);
  return entries;
}

/** Resolves when the thread has come up, or cannot. */
async function untilUp(thread: LookThread | LookCrew): Promise<void> {
  thread.start();
  while (thread.isStarting) await new Promise((resolve) => setTimeout(resolve, 1));
}

const program = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);
const comesUp = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage('up');`;

describe('a large listing', () => {
  test('leaves out a file that is removed before the thread has looked at it', async () => {
    makeFiles(700);
    const thread = new LookThread();
    await untilUp(thread);
    let removed: string | undefined;
    const removing: Looker = {
      isUp: true,
      start: () => undefined,
      lookAt: (prefix, names) => {
        if (removed === undefined) fs.rmSync(join(folder, (removed = names[0] ?? '')));
        return thread.lookAt(prefix, names);
      },
    };
    const entries = await listed({ threads: removing, pace: new AlwaysWarm() });
    await thread.end();
    assert.match(removed ?? '', /^file-/);
    assert.equal(entries.size, 699);
    assert.ok(!entries.has(removed ?? ''));
  });

  test('is whole where the thread looks at all of a group, at some or at none', async () => {
    makeFiles(1_100);
    makeOneOfEach();
    const fromPool = await listed({});
    for (const most of [512, 100, 0]) {
      const thread = new LookThread();
      await untilUp(thread);
      let asked = 0;
      const short: Looker = {
        isUp: true,
        start: () => undefined,
        lookAt: async (prefix, names) => {
          asked += 1;
          return (await thread.lookAt(prefix, names)).slice(0, most);
        },
      };
      const entries = await listed({ threads: short, pace: new AlwaysWarm() });
      await thread.end();
      assert.deepEqual(entries, fromPool);
      assert.ok(asked > 0);
    }
  });

  test('starts the thread, and a small one does not', async () => {
    makeFiles(600);
    let starts = 0;
    const thread: Looker = { isUp: false, start: () => (starts += 1), lookAt: () => Promise.resolve([]) };
    await listed({ threads: thread, pace: new AlwaysWarm() });
    assert.equal(starts, 0);
    for (let index = 0; index < 3_000; index += 1) fs.linkSync(join(folder, 'file-0'), join(folder, `more-${index}`));
    await listed({ threads: thread, pace: new AlwaysWarm() });
    assert.ok(starts > 0);
  });
});

describe('the thread for listings', () => {
  const prefix = '/proc/self/';

  test('says the same of all kinds of entries as the pool, and leaves it the links and what is gone', async () => {
    makeFiles(5);
    makeOneOfEach();
    const fromPool = await listed({});
    // A busy machine is no slow disk.
    const thread = new LookThread({ groupBudgetMs: 60_000, stuckMs: 60_000 });
    await untilUp(thread);
    const names = [...fromPool.keys(), 'gone', 'file-0/below-a-file'];
    const found = await thread.lookAt(`${folder}/`, names);
    await thread.end();
    assert.equal(found.length, names.length);
    const entries = names.map((name, index) => found[index] && entryOf(name, found[index]));
    const expected = names.map((name) => (name === 'link' ? undefined : fromPool.get(name)));
    assert.deepEqual(entries, expected);
    assert.equal(fromPool.size, 5 + 5);
    assert.equal(fromPool.get('no-utf-8-\udcff\udc80')?.size, 5);
    assert.equal(fromPool.get('file-1')?.modifiedMs, Date.parse('1969-07-20T20:17:40.5Z'));
  });

  test('lets all who wait go to the pool while a call is stuck, and serves again behind it', async () => {
    const release = join(folder, 'release');
    const stuck = program(`${comesUp}
      import { existsSync } from 'node:fs';
      const answer = (id) => parentPort.postMessage({ id, count: 0, facts: new Float64Array(0) });
      const held = [];
      parentPort.on('message', ({ id }) => void held.push(id));
      setInterval(() => existsSync(${JSON.stringify(release)}) && held.splice(0).forEach(answer), 1);`);
    const thread = new LookThread({ worker: stuck, stuckMs: 20 });
    await untilUp(thread);
    assert.deepEqual(await Promise.all([thread.lookAt(prefix, ['stat']), thread.lookAt(prefix, ['stat'])]), [[], []]);
    assert.ok(!thread.isUp);
    assert.deepEqual(await thread.lookAt(prefix, ['stat']), [], 'nobody is queued behind what is stuck');
    fs.writeFileSync(release, '');
    while (!thread.isUp) await new Promise((resolve) => setTimeout(resolve, 1));
    await thread.end();
  });

  test('is missed once when it dies, and not started again', async () => {
    const reasons: string[] = [];
    const worker = program(`${comesUp} parentPort.on('message', () => process.exit(1));`);
    const thread = new LookThread({ worker, onLost: (reason) => reasons.push(reason) });
    await untilUp(thread);
    assert.deepEqual(await thread.lookAt(prefix, ['stat']), []);
    thread.start();
    assert.ok(!thread.isUp && !thread.isStarting);
    assert.deepEqual(reasons, ['it has ended']);
  });

  test('is not there where it cannot start', async () => {
    const reasons: string[] = [];
    const worker = program(`throw new Error('no memory')`);
    const thread = new LookThread({ worker, onLost: (reason) => reasons.push(reason) });
    await untilUp(thread);
    assert.ok(!thread.isUp);
    assert.deepEqual(await thread.lookAt(prefix, ['stat']), []);
    assert.deepEqual(reasons, ['no memory']);
  });

  test('is joined by a second one where much is waiting', async () => {
    const holdsAllBut = program(`${comesUp} import { threadId } from 'node:worker_threads';
      parentPort.on('message', ({ id, names }) => {
        if (names[0] === 'who') parentPort.postMessage({ id, count: 1, facts: new Float64Array([threadId, 0, 1, 0, 0]) });
      });`);
    const crew = new LookCrew({ worker: holdsAllBut, threads: 2, stuckMs: 60_000 });
    const whoAnswers = async (): Promise<unknown> => (await crew.lookAt(prefix, ['who']))[0]?.dev;
    await untilUp(crew);
    const first = await whoAnswers();
    const waiting = Array.from({ length: 4 }, () => crew.lookAt(prefix, ['held']));
    while ((await whoAnswers()) === first) await new Promise((resolve) => setTimeout(resolve, 1));
    await crew.end();
    assert.deepEqual(await Promise.all(waiting), [[], [], [], []]);
    assert.ok(!crew.isUp);
  });

  test('is missed once, also when both die', async () => {
    const reasons: string[] = [];
    const worker = program(`${comesUp} parentPort.on('message', () => process.exit(1));`);
    const crew = new LookCrew({ worker, threads: 2, onLost: (reason) => reasons.push(reason) });
    for (let round = 0; round < 3; round += 1) {
      if (round < 2) await untilUp(crew);
      else crew.start();
      assert.equal(crew.isUp, round < 2);
      assert.deepEqual(await crew.lookAt(prefix, ['stat']), []);
    }
    assert.deepEqual(reasons, ['it has ended']);
  });

  test('ends when it was idle, and comes again when it is asked for', async () => {
    const thread = new LookThread({ idleThreadMs: 1 });
    for (let round = 0; round < 2; round += 1) {
      await untilUp(thread);
      while (thread.isUp) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await thread.end();
  });
});
