import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { createTempFolder, runCommand, type TempFolder } from '../../testing/index.ts';
import { maxSettingFileBytes, readSmallFile } from './read-small-file.ts';

async function makePipe(folder: TempFolder): Promise<string> {
  const path = folder.join('pipe');
  assert.equal((await runCommand('mkfifo', [path])).exitCode, 0);
  return path;
}

describe('a file that a setting names', () => {
  test('is read whole, up to its bound', async () => {
    await using folder = await createTempFolder();
    const path = folder.join('file');
    await writeFile(path, 'a'.repeat(maxSettingFileBytes));
    assert.equal((await readSmallFile(path, 'It')).length, maxSettingFileBytes);
    await writeFile(path, 'a'.repeat(maxSettingFileBytes + 1));
    await assert.rejects(readSmallFile(path, 'It'), { message: /is longer than 1 MiB/ });
    await assert.rejects(readSmallFile(folder.path, 'It'), { message: /it is a folder/ });
    await assert.rejects(readSmallFile(folder.join('none'), 'It'), { message: /there is no such file/ });
  });

  test('may be a pipe whose writer takes its time', async () => {
    await using folder = await createTempFolder();
    const path = await makePipe(folder);
    await using writer = await open(path, 'r+');
    const reading = readSmallFile(path, 'It');
    await writer.write('listen');
    await wait(30);
    await writer.write(' = "127.0.0.1:0"');
    await writer.close();
    assert.equal(await reading, 'listen = "127.0.0.1:0"');
  });

  test('is refused at once where it is a pipe without a writer', async () => {
    await using folder = await createTempFolder();
    await assert.rejects(readSmallFile(await makePipe(folder), 'It'), { message: /nobody has written/ });
  });
});
