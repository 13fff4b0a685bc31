import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { parseModeLetters, serialiseModeLetters } from './unix-mode.ts';

describe('the letters of permission bits', () => {
  for (const [mode, letters] of [
    [0o000, '---------'],
    [0o644, 'rw-r--r--'],
    [0o755, 'rwxr-xr-x'],
    [0o4755, 'rwsr-xr-x'],
    [0o4644, 'rwSr--r--'],
    [0o2755, 'rwxr-sr-x'],
    [0o2745, 'rwxr-Sr-x'],
    [0o1777, 'rwxrwxrwt'],
    [0o1776, 'rwxrwxrwT'],
    [0o7777, 'rwsrwsrwt'],
  ] as const) {
    test(`${mode.toString(8)} is ${letters}`, () => {
      assert.equal(serialiseModeLetters(mode), letters);
      assert.equal(parseModeLetters(letters), mode);
    });
  }

  test('every mode comes back from its letters, and bits above the twelve do not count', () => {
    for (let mode = 0; mode <= 0o7777; mode += 1) {
      assert.equal(parseModeLetters(serialiseModeLetters(mode)), mode);
      assert.equal(serialiseModeLetters(mode | 0o100000), serialiseModeLetters(mode));
    }
  });

  test('mandatory locking shows as setgid', () => {
    assert.equal(parseModeLetters('rw-r-lr--'), 0o2644);
    assert.equal(parseModeLetters('rw-r-Lr--'), 0o2644);
  });

  test('refuses letters out of their place and texts of another length', () => {
    for (const letters of [
      '',
      'rwxrwxrw',
      'rwxrwxrwxr',
      'wrxrwxrwx',
      'rwtrwxrwx',
      'rwxrwxrws',
      'rwlrwxrwx',
      'rw?r--r--',
    ]) {
      assert.equal(parseModeLetters(letters), undefined, letters);
    }
  });
});
