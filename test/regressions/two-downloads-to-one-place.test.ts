/** Two programs that fetch to the same place: what gets the name is whole, and the other one says that it is not. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { PartFile } from '../../src/client/part-file.ts';
import { SegmentedPart, segmentPathsOf } from '../../src/client/segments/segmented-part.ts';
import { createTempFolder } from '../../src/testing/index.ts';

const finish = { modifiedMs: undefined, sync: false };
const takenOver = { code: 'ERR_TWINLINE_LOCAL_FILE', message: /taken it over/ };

describe('two downloads to one place', () => {
  test('never mix their bytes, and the one that began first does not get the name', async () => {
    await using folder = await createTempFolder();
    const first = await PartFile.open(folder.join('f'), false);
    await first.write([Buffer.from('aaaa')]);
    const second = await PartFile.open(folder.join('f'), false);
    await second.write([Buffer.from('bb')]);
    await first.write([Buffer.from('aaaa')]);
    await assert.rejects(first.finish(finish), takenOver);
    await first.keep();
    assert.deepEqual(await readdir(folder.path), ['f.part']);
    await second.write([Buffer.from('bb')]);
    await second.finish(finish);
    assert.equal(await readFile(folder.join('f'), 'utf8'), 'bbbb');
  });

  test('leave each other alone when one goes on with the part and begins anew', async () => {
    await using folder = await createTempFolder();
    const first = await PartFile.open(folder.join('f'), false);
    await first.write([Buffer.from('aaaa')]);
    const second = await PartFile.open(folder.join('f'), true);
    assert.equal(second.bytes, 4);
    await second.restart();
    await first.write([Buffer.from('aaaa')]);
    await assert.rejects(first.finish(finish), takenOver);
    await assert.rejects(first.restart(), takenOver);
    await first.keep();
    await second.write([Buffer.from('bb')]);
    await second.finish(finish);
    assert.equal(await readFile(folder.join('f'), 'utf8'), 'bb');
  });

  test('in segments do not mix either', async () => {
    await using folder = await createTempFolder();
    const paths = await segmentPathsOf(folder.join('f'));
    const options = { segments: 1, resume: false };
    const first = await SegmentedPart.open(paths, { remote: 'a', size: 4 }, options);
    await first.write(0, [Buffer.from('aa')]);
    const second = await SegmentedPart.open(paths, { remote: 'b', size: 4 }, options);
    await second.write(0, [Buffer.from('bb')]);
    await first.write(0, [Buffer.from('aa')]);
    await assert.rejects(first.finish(finish), takenOver);
    await first.close();
    await second.write(0, [Buffer.from('bb')]);
    await second.finish(finish);
    await second.close();
    assert.equal(await readFile(folder.join('f'), 'utf8'), 'bbbb');
    assert.deepEqual(await readdir(folder.path), ['f']);
  });
});

test('a link that somebody put in the place of the part is never followed', async () => {
  for (const resume of [false, true]) {
    await using folder = await createTempFolder();
    await writeFile(folder.join('victim'), 'untouched');
    await symlink('victim', folder.join('f.part'));
    await assert.rejects(PartFile.open(folder.join('f'), resume), { code: 'ERR_TWINLINE_LOCAL_FILE' });
    assert.equal(await readFile(folder.join('victim'), 'utf8'), 'untouched');
  }
});
