/** Mirrors between a real server and a real folder, both ways: what is copied, what is let be, what is removed, and what is never touched. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, stat, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import {
  type ClientPool,
  compareTrees,
  createPool,
  mirrorDown,
  type MirrorEvent,
  type MirrorOptions,
  mirrorUp,
  type TreeDifference,
} from '../../src/client/index.ts';
import { createTempFolder, seededBytes } from '../../src/testing/index.ts';
import { treeLines, writeTree } from '../fixtures/folder-tree.ts';
import { protections, startServer, testCertificate, type TestServer } from '../fixtures/start-server.ts';

async function poolFor(server: TestServer, size = 4): Promise<ClientPool> {
  const { certificatePem } = await testCertificate();
  return createPool(
    {
      host: server.host,
      port: server.port,
      user: 'user',
      password: 'pass',
      tls: { caPem: certificatePem },
      retry: { tries: 3, delayMs: 20 },
    },
    { size },
  );
}

/** Verbs that the server has got, by how often. */
function verbs(server: TestServer): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { text } of server.eventsOf('command')) {
    const verb = text.split(' ')[0] ?? '';
    counts[verb] = (counts[verb] ?? 0) + 1;
  }
  return counts;
}

const tree = {
  'a/one': 'one',
  'a/b/two': 'two two',
  'a/b/empty file': '',
  'ünïcode [x] *': 'three',
  'leer/': '',
  '-rf': 'dash',
  'many bytes': seededBytes(300_000, 5),
};

describe('a mirror', () => {
  for (const protection of protections) {
    test(`brings a tree down, keeps its times, and then finds nothing to do (${protection})`, async () => {
      await using server = await startServer({
        files: 'disk',
        ...(protection === 'plain'
          ? { tls: 'off' }
          : { tlsSettings: { ...(await testCertificate()), minVersion: protection, maxVersion: protection } }),
      });
      await using folder = await createTempFolder();
      await writeTree(server.root, tree);
      const { certificatePem } = await testCertificate();
      await using pool = createPool(
        {
          host: server.host,
          port: server.port,
          security: protection === 'plain' ? 'plain' : 'explicit',
          user: 'user',
          password: 'pass',
          tls: { caPem: certificatePem },
        },
        { size: 3 },
      );
      const first = await mirrorDown(pool, '', folder.join('to'));
      assert.equal(first.copied, 6);
      assert.equal(first.foldersMade, 3);
      assert.deepEqual(first.errors, []);
      assert.deepEqual(await treeLines(folder.join('to')), await treeLines(server.root));
      const second = await mirrorDown(pool, '', folder.join('to'));
      assert.deepEqual({ ...second, errors: [] }, { ...empty, same: 6 });
    });
  }

  test('asks the server for nothing but listings and files', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, tree);
    await using pool = await poolFor(server, 1);
    await mirrorDown(pool, '', folder.path);
    const { SIZE, MDTM, CWD, TYPE, RETR, MLSD, EPSV } = verbs(server);
    assert.deepEqual({ SIZE, MDTM, CWD }, { SIZE: undefined, MDTM: undefined, CWD: undefined });
    assert.deepEqual({ RETR, MLSD, EPSV, TYPE }, { RETR: 6, MLSD: 4, EPSV: 10, TYPE: 1 });
  });

  test('brings a tree up, makes the folders above it, and then finds nothing to do', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(folder.path, tree);
    await using pool = await poolFor(server);
    const first = await mirrorUp(pool, folder.path, '/in/here');
    assert.equal(first.copied, 6);
    assert.deepEqual(first.errors, []);
    assert.deepEqual(await treeLines(`${server.root}/in/here`), await treeLines(folder.path));
    const second = await mirrorUp(pool, folder.path, '/in/here');
    assert.deepEqual({ ...second, errors: [] }, { ...empty, same: 6 });
  });

  test('copies what differs, and says why', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, { size: 'abc', newer: 'abc', older: 'abc', same: 'abc', missing: 'abc' });
    await writeTree(folder.path, { size: 'ab', newer: 'xyz', older: 'xyz', same: 'xyz' });
    await utimes(folder.join('newer'), 1_600_000_000, 1_600_000_000);
    await utimes(folder.join('older'), 1_750_000_000, 1_750_000_000);
    await using pool = await poolFor(server);
    assert.deepEqual(await whyCopied(pool, folder.path, { newer: true, dryRun: true }), {
      missing: 'missing',
      newer: 'newer',
      size: 'size',
    });
    assert.deepEqual(await whyCopied(pool, folder.path, { checksum: true, dryRun: true }), {
      missing: 'missing',
      newer: 'checksum',
      older: 'checksum',
      same: 'checksum',
      size: 'size',
    });
    assert.deepEqual(await whyCopied(pool, folder.path, {}), {
      missing: 'missing',
      newer: 'newer',
      older: 'time',
      size: 'size',
    });
    const lines = await treeLines(folder.path);
    assert.equal(lines.filter((line) => line.endsWith(' 3 1700000000 abc')).length, 4);
  });

  test('changes nothing on either side in a trial', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, tree);
    await writeTree(folder.path, { 'a/one': 'other', extra: 'x', 'more/y': 'y' });
    const [there, here] = [await treeLines(server.root), await treeLines(folder.path)];
    await using pool = await poolFor(server);
    const options = { dryRun: true, delete: true, journalPath: folder.join('.journal') };
    const down = await mirrorDown(pool, '', folder.path, options);
    assert.deepEqual([down.copied, down.removed, down.foldersMade], [6, 3, 2]);
    const up = await mirrorUp(pool, folder.path, '', options);
    assert.deepEqual([up.copied, up.removed, up.foldersMade], [3, 7, 1]);
    await mirrorDown(pool, '', folder.join('not/there'), { dryRun: true });
    await mirrorUp(pool, folder.path, '/not/there', { dryRun: true });
    assert.deepEqual(await treeLines(server.root), there);
    assert.deepEqual(await treeLines(folder.path), here);
    const { STOR, DELE, RMD, MKD, MFMT } = verbs(server);
    assert.deepEqual([STOR, DELE, RMD, MKD, MFMT], [undefined, undefined, undefined, undefined, undefined]);
  });

  test('leaves out and lets be what filters name', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, { 'a/x.txt': '1', 'a/x.tmp': '2', 'cache/y.txt': '3', 'z.txt': '4' });
    await writeTree(folder.path, { 'old/keep.tmp': '5', 'old/go.txt': '6', 'gone/g.txt': '7', 'cache/mine.txt': '8' });
    await using pool = await poolFor(server);
    const filters = [
      { kind: 'exclude', pattern: '*.tmp' },
      { kind: 'exclude', pattern: '/cache/' },
    ] as const;
    const result = await mirrorDown(pool, '', folder.path, { filters, delete: true });
    assert.deepEqual(result.errors, []);
    const paths = (await treeLines(folder.path)).map((line) => line.split(' ')[0]);
    assert.deepEqual(paths, ['a/', 'a/x.txt', 'cache/', 'cache/mine.txt', 'old/', 'old/keep.tmp', 'z.txt']);
  });

  test('makes only the folders that it needs when only some files are wanted', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, { 'a/b/c/pic.jpg': '1', 'a/text': '2', 'd/e/text': '3' });
    await using pool = await poolFor(server);
    await mirrorDown(pool, '', folder.path, { filters: [{ kind: 'include', pattern: '*.jpg' }] });
    const paths = (await treeLines(folder.path)).map((line) => line.split(' ')[0]);
    assert.deepEqual(paths, ['a/', 'a/b/', 'a/b/c/', 'a/b/c/pic.jpg']);
  });

  test('removes on the server too, and never more than allowed', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(folder.path, { keep: '1' });
    await writeTree(server.root, { keep: '1', 'x/y/z': '2', w: '3' });
    await using pool = await poolFor(server);
    const refused = await mirrorUp(pool, folder.path, '', { delete: true, maxDelete: 3 });
    assert.equal(refused.removed, 0);
    assert.equal((refused.errors[0]?.error as { code?: string } | undefined)?.code, 'ERR_TWINLINE_NOT_REMOVED');
    assert.equal((await mirrorUp(pool, folder.path, '', { delete: true, maxDelete: 4 })).removed, 4);
    assert.deepEqual(await readdir(server.root), ['keep']);
    await rm(folder.join('keep'));
    const emptied = await mirrorUp(pool, folder.path, '', { delete: true });
    assert.equal(emptied.removed, 0, 'an empty source removes nothing by itself');
    assert.deepEqual(await readdir(server.root), ['keep']);
  });

  test('goes on with fewer sessions where the server lets in no more', async () => {
    await using server = await startServer({ files: 'disk', limits: { maxSessionsPerAddress: 2 } });
    await using folder = await createTempFolder();
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`f${index}`, `content ${index}`]));
    await writeTree(server.root, files);
    await using pool = await poolFor(server, 8);
    const result = await mirrorDown(pool, '', folder.path, { parallel: 8 });
    assert.deepEqual([result.copied, result.failures], [20, 0]);
  });

  test('goes on with the part that a broken run has left', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    const bytes = seededBytes(3_000_000, 6);
    await writeTree(server.root, { big: bytes });
    await using pool = await poolFor(server, 1);
    const stop = new AbortController();
    const broken = mirrorDown(pool, '', folder.path, {
      signal: stop.signal,
      rateLimit: 500_000,
      onEvent: (event) => event.kind === 'progress' && event.progress.bytes > 200_000 && stop.abort(),
    });
    await assert.rejects(broken, { code: 'ERR_TWINLINE_ABORTED' });
    const [part = ''] = await readdir(folder.path);
    assert.match(part, /^\.twinline-[0-9a-f]{32}\.part$/);
    const had = (await stat(folder.join(part))).size;
    assert.ok(had > 100_000 && had < bytes.length, String(had));
    const result = await mirrorDown(pool, '', folder.path);
    assert.equal(result.bytes, bytes.length - had);
    assert.deepEqual(await readdir(folder.path), ['big']);
    assert.ok(verbs(server)['ABOR'] === 1, 'the first run was aborted in order');
  });

  test('looks through a tree of 10,000 files without a command for each', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    for (const root of [server.root, folder.path]) {
      for (let at = 0; at < 10_000; at += 1) {
        const path = `${root}/d${at % 10}`;
        if (at < 10) await mkdir(path);
        await writeFile(`${path}/f${at}`, '');
      }
    }
    await truncate(`${server.root}/d3/f3`, 5);
    await using pool = await poolFor(server);
    const before = server.eventsOf('command').length;
    const result = await mirrorDown(pool, '', folder.path, { newer: true });
    assert.equal(result.copied + result.same, 10_000);
    assert.ok(result.same >= 9_990, String(result.same));
    assert.ok(server.eventsOf('command').length - before < 200);
  });
});

const empty = {
  copied: 0,
  bytes: 0,
  same: 0,
  foldersMade: 0,
  removed: 0,
  skipped: 0,
  unconfirmed: 0,
  failures: 0,
  errors: [],
};

/** What a mirror down copies, or would, with the reasons. */
async function whyCopied(pool: ClientPool, to: string, options: MirrorOptions): Promise<Record<string, string>> {
  const found: [string, string][] = [];
  await mirrorDown(pool, '', to, {
    ...options,
    onEvent: (event) => {
      if (event.kind === 'would-copy' || event.kind === 'start') found.push([event.path, event.why]);
    },
  });
  return Object.fromEntries(found);
}

describe('the local target of a mirror', () => {
  test('is not left through links that stand in it', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, { 'sub/deep/f': '1', file: '2' });
    await mkdir(folder.join('outside/deep'), { recursive: true });
    await mkdir(folder.join('to'));
    await symlink(folder.join('outside'), folder.join('to/sub'));
    await symlink(folder.join('outside/file'), folder.join('to/file'));
    await using pool = await poolFor(server);
    const result = await mirrorDown(pool, '', folder.join('to'), { delete: true });
    assert.equal(result.failures, 2);
    assert.deepEqual(
      result.errors.map(({ error }) => (error as { code?: string }).code),
      ['ERR_TWINLINE_LEFT_OUT', 'ERR_TWINLINE_LEFT_OUT'],
    );
    assert.deepEqual(await treeLines(folder.join('outside')), ['deep/']);
  });

  test('is not left through a folder that is swapped for a link in the middle', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`sub/x/f${index}`, `${index}`]));
    await writeTree(server.root, files);
    await mkdir(folder.join('outside/x'), { recursive: true });
    await using pool = await poolFor(server);
    const swaps: Promise<void>[] = [];
    const swap = async (): Promise<void> => {
      await rename(folder.join('to/sub'), folder.join('to/moved'));
      await symlink(folder.join('outside'), folder.join('to/sub'));
    };
    let copied = 0;
    const onEvent = (event: MirrorEvent): void => {
      if (event.kind === 'copied') copied += 1;
      if (event.kind === 'copied' && copied === 5) swaps.push(swap());
    };
    await mirrorDown(pool, '', folder.join('to'), { onEvent });
    await Promise.all(swaps);
    assert.equal(swaps.length, 1);
    assert.deepEqual(await treeLines(folder.join('outside')), ['x/']);
    const again = await mirrorDown(pool, '', folder.join('to'));
    assert.equal(again.failures, 1);
    assert.deepEqual(await treeLines(folder.join('outside')), ['x/']);
  });
});

describe('a comparison of two trees', () => {
  test('tells every difference and moves nothing', async () => {
    await using server = await startServer({ files: 'disk' });
    await using folder = await createTempFolder();
    await writeTree(server.root, { same: 'abc', size: 'abc', time: 'abc', bytes: 'abc', 'only/there': '1' });
    await writeTree(folder.path, { same: 'abc', size: 'abcd', time: 'abc', bytes: 'xyz', 'only here': '1' });
    await utimes(folder.join('time'), 1_600_000_000, 1_600_000_000);
    await using pool = await poolFor(server);
    const [there, here] = [await treeLines(server.root), await treeLines(folder.path)];
    const paths = { remote: '', local: folder.path };
    const found = async (direction: 'down' | 'up', checksum: boolean): Promise<string[]> => {
      const lines: string[] = [];
      const onDifference = ({ kind, path, isFolder }: TreeDifference): void =>
        void lines.push(`${kind} ${path}${isFolder ? '/' : ''}`);
      const result = await compareTrees(pool, direction, paths, { checksum, onDifference });
      assert.equal(result.differences, lines.length);
      return lines.sort();
    };
    assert.deepEqual(await found('down', false), ['extra only here', 'missing only/', 'size size', 'time time']);
    assert.deepEqual(await found('up', false), ['extra only/', 'missing only here', 'size size', 'time time']);
    assert.deepEqual(await found('down', true), ['checksum bytes', 'extra only here', 'missing only/', 'size size']);
    assert.deepEqual([await treeLines(server.root), await treeLines(folder.path)], [there, here]);
  });
});
