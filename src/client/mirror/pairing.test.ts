import { test } from 'node:test';
import assert from 'node:assert/strict';
import { localNameOf } from '../local-names.ts';
import { Filters } from './filters.ts';
import { pairEntries, type PairingRules } from './pairing.ts';
import type { TreeEntry, TreeListing } from './tree.ts';

const listing = (...entries: TreeEntry[]): TreeListing => ({ entries, isExact: true, unknownLines: [] });
const file = (name: string): TreeEntry => ({ name, type: 'file', size: 1 });
const rules = (more: Partial<PairingRules> = {}): PairingRules => ({
  filters: new Filters([]),
  nameOf: localNameOf,
  ignoresCase: false,
  ...more,
});
const top = { path: '', targetPath: '' };

test('names that differ only in case are one name on a target without case, and the second is refused', () => {
  const source = listing(file('README'), file('readme'), file('Other'));
  const target = listing(file('other'));
  const pairing = pairEntries(top, source, target, rules({ ignoresCase: true }));
  assert.deepEqual(
    pairing.files.map(({ path, target: there }) => [path, there?.name]),
    [
      ['README', undefined],
      ['Other', 'other'],
    ],
  );
  assert.deepEqual(
    pairing.notes.map(({ kind, path }) => [kind, path]),
    [['refused', 'readme']],
  );
  assert.deepEqual(pairing.extras, []);
  assert.equal(pairEntries(top, source, target, rules()).files.length, 3);
});

test('what is of another kind there is refused, links are skipped, and neither is extra', () => {
  const source = listing(file('a'), { name: 'b', type: 'directory' }, { name: 'c', type: 'symlink' });
  const target = listing({ name: 'a', type: 'directory' }, file('b'), file('c'), file('d'));
  const pairing = pairEntries(top, source, target, rules());
  assert.deepEqual(
    pairing.notes.map(({ kind, path }) => [kind, path]),
    [
      ['refused', 'a'],
      ['refused', 'b'],
      ['skipped', 'c'],
    ],
  );
  assert.deepEqual(
    pairing.extras.map(({ path }) => path),
    ['d'],
  );
});
