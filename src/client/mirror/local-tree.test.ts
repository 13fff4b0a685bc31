import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { createTempFolder, type TempFolder } from '../../testing/index.ts';
import { LocalTree } from './local-tree.ts';

async function setUp(): Promise<TempFolder> {
  const folder = await createTempFolder();
  await mkdir(folder.join('to/a/b'), { recursive: true });
  await mkdir(folder.join('outside'));
  await writeFile(folder.join('to/a/b/f'), 'f');
  await writeFile(folder.join('outside/secret'), 's');
  await symlink(folder.join('outside'), folder.join('to/a/link'));
  await symlink(folder.join('to'), folder.join('way'));
  return folder;
}

for (const check of [undefined, 'real-path'] as const) {
  describe(`the local side of a mirror (${check ?? 'by open folders'})`, () => {
    test('reads its folders, and those of a top that is reached by a link', async () => {
      await using folder = await setUp();
      const tree = await LocalTree.open(folder.join('way'), check);
      const { entries } = await tree.list('a');
      assert.deepEqual(entries.map(({ name, type }) => `${type} ${name}`).sort(), ['directory b', 'symlink link']);
      const files = await tree.list('a/b');
      assert.deepEqual(files.entries[0]?.size, 1);
      await tree.close();
    });

    test('reads, makes and removes nothing behind a link', async () => {
      await using folder = await setUp();
      const tree = await LocalTree.open(folder.join('to'), check);
      const behind = [
        () => tree.list('a/link'),
        () => tree.makeFolder('a/link/new'),
        () => tree.removeFile('a/link/secret'),
        () => tree.withFolder('a/link/deeper', async (prefix) => writeFile(`${prefix}x`, 'x')),
      ];
      for (const act of behind) await assert.rejects(act, { code: 'ERR_TWINLINE_LOCAL_FILE' });
      assert.deepEqual(await readdir(folder.join('outside')), ['secret']);
      await tree.removeFile('a/link');
      assert.deepEqual(await readdir(folder.join('to/a')), ['b']);
      assert.deepEqual(await readdir(folder.join('outside')), ['secret']);
      await tree.close();
    });

    test('knows that case counts here, and leaves nothing of finding out', async () => {
      await using folder = await setUp();
      const tree = await LocalTree.open(folder.join('to'), check);
      assert.equal(await tree.ignoresCase(), process.platform === 'darwin' || process.platform === 'win32');
      assert.deepEqual(await readdir(folder.join('to')), ['a']);
      await tree.close();
    });
  });
}
