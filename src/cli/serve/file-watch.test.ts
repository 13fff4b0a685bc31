import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createTempFolder, within } from '../../testing/index.ts';
import { FileWatch } from './file-watch.ts';

test('a watch tells of a file that is written, replaced, relinked, and back after it was away', async () => {
  await using folder = await createTempFolder();
  const file = folder.join('server.toml');
  await writeFile(file, 'first');
  let onChange = (): void => assert.fail('nothing has changed yet');
  const watch = new FileWatch(file, () => onChange(), 5);
  const changes: readonly (readonly [string, () => Promise<void>])[] = [
    ['written', () => writeFile(file, 'written')],
    [
      'replaced',
      async () => {
        await writeFile(folder.join('new'), 'replaced');
        await rename(folder.join('new'), file);
      },
    ],
    [
      'relinked',
      async () => {
        await rm(file);
        await writeFile(folder.join('target'), 'relinked');
        await symlink('target', file);
      },
    ],
    ['through the link', () => writeFile(folder.join('target'), 'through the link')],
  ];
  try {
    await watch.ready;
    for (const [content, change] of changes) {
      const { promise, resolve } = Promise.withResolvers<void>();
      // A write can be seen half done, and is told again then.
      onChange = () => (readFileSync(file, 'utf8') === content ? resolve() : undefined);
      await change();
      await within(promise, `the watch to tell of the file ${content}`, 5000);
    }
  } finally {
    watch.close();
  }
});
