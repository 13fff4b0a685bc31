/** What refusals say of the next step, and what is not printed where nothing could be read. */

import { before, after, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTempFolder, type TempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/command-run.ts';
import { startServer, type TestServer } from '../fixtures/start-server.ts';

describe('a refusal names the next step', () => {
  let server: TestServer;
  let folder: TempFolder;
  before(async () => {
    server = await startServer({ files: 'disk' });
    folder = await createTempFolder();
    await mkdir(join(server.root, 'folder'));
    await writeFile(join(server.root, 'big.bin'), 'abc');
    await writeFile(folder.join('f'), 'abc');
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  const run = (...words: string[]) => {
    const placed = words.map((word) => word.replace('URL/', `ftpes://localhost:${server.port}/`));
    return runTwinline(...placed, '-k', '-u', 'user:pass');
  };

  for (const [line, says] of [
    ['rm URL/folder', /If it is a folder, add -r\.\n$/],
    ['mkdir URL/a/b/c', /If the folder above it is missing, add -p\.\n$/],
    ['get URL/folder -o -', /If it is a folder, fetch it by: twinline mirror URL FOLDER\n$/],
    ['get URL/folder/ -o -', /or fetch all of it: twinline mirror URL FOLDER\n$/],
    ['rm -r URL/', /"\/" is the root/],
  ] as const) {
    test(line, async () => {
      const { exitCode, stderr } = await run(...line.split(' '));
      assert.notEqual(exitCode, 0);
      assert.match(stderr, says);
    });
  }

  test('put into a folder that is missing', async () => {
    const { exitCode, stderr } = await run('put', folder.join('f'), 'URL/newdir/');
    assert.equal(exitCode, 66);
    assert.match(stderr, /If its folder is missing there, add --mkdir\.\n$/);
  });

  test('and du and tree print no sums of what could not be listed', async () => {
    for (const command of ['du', 'tree']) {
      const { exitCode, stdout } = await run(command, 'URL/nosuch');
      assert.equal(exitCode, 66);
      assert.doesNotMatch(stdout.toString(), /\b0\b/);
    }
  });

  test('and stat sets several apart, and gives programs the bare name', async () => {
    const { stdout } = await run('stat', 'URL/big.bin', 'URL/folder');
    assert.match(stdout.toString(), /^Path: +big\.bin\n[^]+\n\nPath: +folder\n/);
    const told = await run('stat', 'URL//big.bin', '--json');
    const entry = told.stdout
      .toString()
      .split('\n')
      .find((line) => line.includes('"entry"'));
    assert.equal((JSON.parse(entry ?? '') as { name: string }).name, 'big.bin');
  });
});
