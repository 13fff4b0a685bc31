import { after, before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { createTempFolder, runCommand, type TempFolder } from '../../peer/index.ts';
import { readLocalFile } from './local-file.ts';

describe('what a client has left under its local name', () => {
  let folder: TempFolder;
  before(async () => (folder = await createTempFolder()));
  after(() => folder.remove());

  test('is read to its end, and not further than to see that it is too long', async () => {
    await writeFile(folder.join('whole'), 'abc');
    assert.deepEqual(await readLocalFile(folder.join('whole'), 3), { bytes: Buffer.from('abc'), size: 3 });
    const size = 3 * 1024 ** 4;
    await writeFile(folder.join('long'), 'abcdef');
    await truncate(folder.join('long'), size);
    assert.deepEqual(await readLocalFile(folder.join('long'), 3), { bytes: Buffer.from('abcd'), size });
  });

  test('is nothing where it is a pipe, a folder, or not there', async () => {
    await runCommand('mkfifo', [folder.join('pipe')]);
    await mkdir(folder.join('folder'));
    for (const name of ['pipe', 'folder', 'absent']) assert.equal(await readLocalFile(folder.join(name), 3), undefined);
  });
});
