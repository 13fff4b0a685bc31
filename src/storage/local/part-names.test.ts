import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { newUploadName, parseHiddenName, partNameOf, uploadNameFor } from './part-names.ts';
import { isAlive, thisProcess } from './process-identity.ts';

test('the name of an upload tells its part and its process, whatever the user and the file are called', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary', maxLength: 300 }), (user, name) => {
      const partName = partNameOf(user, name);
      for (const upload of [newUploadName(user, name), uploadNameFor(partName)]) {
        assert.deepEqual(parseHiddenName(upload), { kind: 'upload', process: thisProcess, partName });
        assert.ok(upload.length <= 143, 'too long for file systems that encrypt names');
      }
      assert.deepEqual(parseHiddenName(partName), { kind: 'part' });
    }),
  );
});

test('users and names that differ have parts that differ', () => {
  const names = [
    partNameOf('a', 'b'),
    partNameOf('b', 'a'),
    partNameOf('ab', ''),
    partNameOf('', 'ab'),
    partNameOf('a', 'B'),
  ];
  assert.equal(new Set(names).size, names.length);
});

test('hidden names of another shape are unknown', () => {
  const part = partNameOf('a', 'b');
  for (const name of [
    '.twinline-',
    '.twinline-part-',
    `${part}0`,
    part.toUpperCase(),
    `${newUploadName('a', 'b')}.bak`,
  ]) {
    assert.deepEqual(parseHiddenName(name), { kind: 'unknown' });
  }
});

test('a process is alive under its own identity only', () => {
  assert.equal(isAlive(thisProcess), true);
  assert.match(thisProcess, /^[0-9a-z]+\.[0-9a-z]+$/);
  const [id = ''] = thisProcess.split('.');
  assert.equal(isAlive(`${id}.1`), false, 'another process that had this id before');
  const { pid } = spawnSync(process.execPath, ['--eval', '']);
  assert.equal(isAlive(`${pid.toString(36)}.0`), false);
  assert.equal(isAlive('nonsense'), false);
});
