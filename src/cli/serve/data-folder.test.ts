import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { ConfigError } from '../../errors/index.ts';
import { createTempFolder } from '../../testing/index.ts';
import { DataFolder } from './data-folder.ts';
import { placeFileOnce, placeFolderOnce } from './place-once.ts';

async function permissions(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

describe('the data folder', () => {
  test('is for its owner alone, and so are key and password', async () => {
    await using folder = await createTempFolder();
    const data = new DataFolder(folder.join('data'));
    await data.certificate();
    await data.demoUser(false);
    assert.equal(await permissions(data.path), 0o700);
    assert.equal(await permissions(folder.join('data/tls/key.pem')), 0o600);
    assert.equal(await permissions(data.passwordFile), 0o600);
  });

  test('gives the same certificate and password at every start, and to servers that start together', async () => {
    await using folder = await createTempFolder();
    const starts = Array.from({ length: 4 }, () => new DataFolder(folder.join('data')));
    const first = await Promise.all(starts.map((data) => Promise.all([data.certificate(), data.demoUser(false)])));
    const later = await new DataFolder(folder.join('data')).certificate();
    assert.deepEqual(new Set(first.map(([{ fingerprint256 }]) => fingerprint256)), new Set([later.fingerprint256]));
    assert.equal(new Set(first.map(([, user]) => user.password.reveal())).size, 1);
    assert.deepEqual((await readdir(folder.join('data'))).toSorted(), ['demo-password', 'tls']);
  });

  test('makes a password of 80 bits that is easy to type', async () => {
    await using folder = await createTempFolder();
    const user = await new DataFolder(folder.path).demoUser(true);
    assert.match(user.password.reveal(), /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/);
    assert.equal(user.readOnly, true);
  });

  test('takes a password that somebody wrote into the file, and refuses an empty one', async () => {
    await using folder = await createTempFolder();
    const data = new DataFolder(folder.path);
    await writeFile(data.passwordFile, 'my own\n');
    assert.equal((await data.demoUser(false)).password.reveal(), 'my own');
    await writeFile(data.passwordFile, '\n');
    await assert.rejects(data.demoUser(false), /is empty: write a password into it, or remove it/);
  });

  test('holds files to try, and the sum in the readme is right', async () => {
    await using folder = await createTempFolder();
    const files = await new DataFolder(folder.path).files();
    const sum = createHash('sha256')
      .update(await readFile(`${files}/sample.bin`))
      .digest('hex');
    assert.ok((await readFile(`${files}/readme.txt`, 'utf8')).includes(sum));
    await writeFile(`${files}/mine.txt`, 'x');
    await new DataFolder(folder.path).files();
    assert.ok((await readdir(files)).includes('mine.txt'));
  });

  test('that cannot be made is refused with what to do', async () => {
    await using folder = await createTempFolder();
    await writeFile(folder.join('file'), '');
    await assert.rejects(new DataFolder(folder.join('file/data')).files(), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(
        error.message,
        /cannot be made: a part of the path is not a folder; choose another folder with --data-dir\.$/,
      );
      return true;
    });
  });
});

describe('what is placed once', () => {
  test('leaves nothing behind when making it fails half-way', async () => {
    await using folder = await createTempFolder();
    const files = () => [
      { name: 'good', content: 'x' },
      { name: 'bad/name', content: 'y' },
    ];
    await assert.rejects(placeFolderOnce(folder.path, 'tls', files), ConfigError);
    assert.deepEqual(await readdir(folder.path), []);
  });

  test('never replaces what is there', async () => {
    await using folder = await createTempFolder();
    await placeFileOnce(folder.path, { name: 'a', content: 'first' });
    await placeFileOnce(folder.path, { name: 'a', content: 'second' });
    assert.equal(await readFile(folder.join('a'), 'utf8'), 'first');
  });
});
