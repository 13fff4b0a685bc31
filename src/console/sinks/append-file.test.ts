import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createTempFolder } from '../../testing/index.ts';
import { AppendFile } from './append-file.ts';

describe('a file that is appended to', () => {
  test('keeps what is there, and is for its user and group', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('old'), 'before\n');
    for (const name of ['old', 'new']) {
      const file = new AppendFile(folder.join(name));
      await file.append('line\n');
      await file.close();
    }
    assert.equal(await readFile(folder.join('old'), 'utf8'), 'before\nline\n');
    assert.equal(((await stat(folder.join('new'))).mode & 0o007).toString(8), '0');
  });

  test('goes on under its path when it was moved away and is told so', async () => {
    await using folder = await createTempFolder();
    const file = new AppendFile(folder.join('log'));
    await file.append('one\n');
    await rename(folder.join('log'), folder.join('log.1'));
    await file.append('two\n');
    file.reopen();
    await file.append('three\n');
    await file.close();
    assert.equal(await readFile(folder.join('log.1'), 'utf8'), 'one\ntwo\n');
    assert.equal(await readFile(folder.join('log'), 'utf8'), 'three\n');
  });

  test('says that a disk is full', { skip: !existsSync('/dev/full') && 'no /dev/full' }, async () => {
    const file = new AppendFile('/dev/full');
    await assert.rejects(file.append('line\n'), { code: 'ENOSPC' });
    await file.close();
  });

  test('cuts and doubles no line when a write stops half-way', { skip: process.platform === 'win32' }, async () => {
    await using folder = await createTempFolder();
    execFileSync('mkfifo', [folder.join('pipe')]);
    const file = new AppendFile(folder.join('pipe'));
    // A FIFO that nobody reads is an error, and does not hold a thread.
    await assert.rejects(file.append('x'), { code: 'ENXIO' });
    const reader = await open(folder.join('pipe'), 'r+');
    const second = new AppendFile(folder.join('pipe'));
    const text = `${'0123456789'.repeat(30_000)}\n`;
    const buffer = Buffer.alloc(text.length);
    let got = 0;
    for (let tries = 0; got < text.length && tries < 100; tries += 1) {
      const isWhole = await second.append(text).then(
        () => true,
        (error: NodeJS.ErrnoException) => assert.equal(error.code, 'EAGAIN'),
      );
      const wanted = isWhole === true ? text.length : got + 60_000;
      while (got < wanted) got += (await reader.read(buffer, got, Math.min(65_536, wanted - got))).bytesRead;
      if (isWhole === true) break;
    }
    await second.close();
    await reader.close();
    assert.equal(buffer.toString(), text);
  });
});
