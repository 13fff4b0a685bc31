import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { compareFiles, type CompareOptions, type FileFacts } from './compare.ts';

const noon = Date.UTC(2026, 5, 1, 12);
const file = (size: number, seconds = 0, more: Partial<FileFacts> = {}): FileFacts => ({
  size,
  modifiedMs: noon + seconds * 1000,
  ...more,
});

function verdict(source: FileFacts, target: FileFacts | undefined, options: Partial<CompareOptions> = {}): string {
  const defaults = { newer: false, checksum: false, timesAreKept: true, canAskTime: false };
  const comparison = compareFiles(source, target, { ...defaults, ...options });
  if (comparison.kind === 'copy') return comparison.why;
  return comparison.kind === 'examine' ? `examine ${comparison.what}` : comparison.kind;
}

describe('a file of both sides', () => {
  test('is copied when it is missing, of another size or of another time', () => {
    assert.equal(verdict(file(1), undefined), 'missing');
    assert.equal(verdict(file(1), file(2)), 'size');
    assert.equal(verdict(file(1, 5), file(1)), 'newer');
    assert.equal(verdict(file(1), file(1, 5)), 'time');
    assert.equal(verdict(file(1), file(1)), 'same');
  });

  test('is the same within a second, for clocks and file systems that round', () => {
    assert.equal(verdict(file(1, 0.9), file(1, 0)), 'same');
    assert.equal(verdict(file(1, 1), file(1, 0)), 'same');
    assert.equal(verdict(file(1, 2), file(1, 0)), 'newer');
  });

  test('stays when it is newer than the source and only newer files are wanted', () => {
    assert.equal(verdict(file(1), file(1, 60), { newer: true }), 'kept');
    assert.equal(verdict(file(1), file(2, 60), { newer: true }), 'kept');
    assert.equal(verdict(file(1, 60), file(2), { newer: true }), 'size');
    assert.equal(verdict(file(1), file(2), { newer: true }), 'size');
    assert.equal(verdict(file(1), undefined, { newer: true }), 'missing');
  });

  test('is not copied for being older where copies do not keep their time', () => {
    assert.equal(verdict(file(1), file(1, 60), { timesAreKept: false }), 'same');
    assert.equal(verdict(file(1, 60), file(1), { timesAreKept: false }), 'newer');
  });

  test('is looked at more closely where its time is uncertain, and by size alone where that cannot be', () => {
    const uncertain = file(1, 3600, { modifiedUncertain: true });
    assert.equal(verdict(uncertain, file(1), { canAskTime: true }), 'examine time');
    assert.equal(verdict(uncertain, file(1)), 'same');
    assert.equal(verdict(file(1, 40 * 3600, { modifiedUncertain: true }), file(1)), 'newer');
    assert.equal(verdict({ size: 1 }, file(1)), 'same');
  });

  test('is compared by checksum when that is asked for and the sizes agree', () => {
    assert.equal(verdict(file(1), file(1, 60), { checksum: true }), 'examine checksum');
    assert.equal(verdict(file(1), file(2), { checksum: true }), 'size');
  });
});
