/** Folders that `twinline serve` cannot use: an empty name, as an unset variable gives, and one where nothing can be made. */

import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { createTempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/serve-process.ts';

const listen = ['--listen', '127.0.0.1:0'];

describe('twinline serve', () => {
  for (const name of ['root', 'data-dir']) {
    test(`refuses an empty --${name} and does not take the folder it was started in`, async () => {
      await using folder = await createTempFolder();
      const given = await runTwinline(['serve', ...listen, `--${name}`, ''], { cwd: folder.path });
      assert.equal(given.exitCode, 64, given.stderr);
      assert.match(given.stderr, new RegExp(`^twinline: --${name} must not be empty`));
      assert.deepEqual(await readdir(folder.path), []);

      await writeFile(folder.join('s.toml'), `listen = "127.0.0.1:0"\n${name} = ""\n`);
      const inFile = await runTwinline(['serve', '--config', 's.toml'], { cwd: folder.path });
      assert.equal(inFile.exitCode, 78, inFile.stderr);
      assert.match(inFile.stderr, new RegExp(`^twinline: s\\.toml:2: ${name} must not be empty`));
    });
  }

  test(
    'refuses a data folder in a file system that makes none, at once',
    {
      skip: process.platform === 'linux' ? false : 'no /proc',
    },
    async () => {
      await using folder = await createTempFolder();
      const given = await runTwinline(['serve', ...listen, '--data-dir', '/proc/a/b'], { cwd: folder.path });
      assert.equal(given.exitCode, 78, given.stderr);
      assert.match(given.stderr, /^twinline: \/proc\/a\/b cannot be made: .*--data-dir\./);
    },
  );

  test('makes a data folder with the folders above it', async () => {
    await using folder = await createTempFolder();
    const words = ['serve', '--listen', '192.0.2.1:2121', '--data-dir', 'a/b/c'];
    assert.equal((await runTwinline(words, { cwd: folder.path })).exitCode, 69);
    assert.ok((await readdir(folder.join('a/b/c'))).includes('tls'));
  });
});
