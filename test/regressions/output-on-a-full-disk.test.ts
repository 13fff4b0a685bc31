/** Standard streams that lead to a full disk: lost results are an error of their own, lost messages are none. */

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { createTempFolder, runCommand } from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { cleanEnvironment, launcher } from '../fixtures/serve-process.ts';

const full = '/dev/full';
const skip = !existsSync(full);

test('a listing that the disk cannot take ends with a sentence and the code of local files', { skip }, async () => {
  await using server = await startServerFor(modes[0], { files: { a: Buffer.alloc(1) } });
  for (const words of ['ls', 'ls --json']) {
    const line = `'${process.execPath}' '${launcher}' ${words} -u a:b ftp://${server.host}:${server.port}/ > ${full}`;
    const { exitCode, stderr } = await runCommand('sh', ['-c', line], { env: cleanEnvironment });
    assert.equal(stderr, 'twinline: Standard output cannot be written: the disk is full.\n');
    assert.equal(exitCode, 74);
  }
});

test('a download goes on where its messages find the disk full', { skip }, async () => {
  await using folder = await createTempFolder();
  const bytes = Buffer.alloc(300_000, 'twinline');
  await using server = await startServerFor(modes[0], { files: { a: bytes } });
  const line = `'${process.execPath}' '${launcher}' get -v -u a:b ftp://${server.host}:${server.port}/a 2> ${full}`;
  const { exitCode } = await runCommand('sh', ['-c', line], { cwd: folder.path, env: cleanEnvironment });
  assert.equal(exitCode, 0);
  assert.deepEqual(await readFile(folder.join('a')), bytes);
});
