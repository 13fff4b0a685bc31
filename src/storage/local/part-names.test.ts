import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { newUploadName, parseHiddenName, partNameOf, withSyncedBytes } from './part-names.ts';
import { isAlive, isOfThisBoot, thisProcess } from './process-identity.ts';

test('the name of an upload tells its part, its process and what is synced of it, whatever user and file are called', () => {
  const text = fc.string({ unit: 'binary', maxLength: 300 });
  fc.assert(
    fc.property(text, text, fc.maxSafeNat(), (user, name, bytes) => {
      const partName = partNameOf(user, name);
      const upload = newUploadName(partName);
      const expected = { kind: 'upload', process: thisProcess, partName } as const;
      assert.deepEqual(parseHiddenName(upload), { ...expected, syncedBytes: 0 });
      const noted = withSyncedBytes(withSyncedBytes(upload, 7), bytes);
      assert.deepEqual(parseHiddenName(noted), { ...expected, syncedBytes: bytes });
      assert.ok(noted.length <= 143, 'too long for file systems that encrypt names');
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
  for (const name of ['.twinline-', '.twinline-part-', `${part}0`, part.toUpperCase(), `${newUploadName(part)}.bak`]) {
    assert.deepEqual(parseHiddenName(name), { kind: 'unknown' });
  }
});

test('a process is alive under its own identity only', () => {
  assert.equal(isAlive(thisProcess), true);
  assert.match(thisProcess, /^[0-9a-z]+\.[0-9a-z]+\.[0-9a-f]+$/);
  const [id = '', start = '', boot = ''] = thisProcess.split('.');
  assert.equal(isAlive(`${id}.1.${boot}`), false, 'another process that had this id before');
  assert.equal(isAlive(`${id}.${start}.00000001`), false, 'a process of before the restart of the machine');
  const { pid } = spawnSync(process.execPath, ['--eval', '']);
  assert.equal(isAlive(`${pid.toString(36)}.0.${boot}`), false);
  assert.equal(isAlive('nonsense'), false);
});

test('what a process wrote before a restart of the machine is told from what it wrote since', () => {
  assert.equal(isOfThisBoot(thisProcess), true);
  assert.equal(isOfThisBoot('1.1.00000001'), false);
  assert.equal(isOfThisBoot('1.1'), false);
});
