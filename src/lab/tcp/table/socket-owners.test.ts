import { test } from 'node:test';
import assert from 'node:assert/strict';
import { programName } from './socket-owners.ts';

test(
  'names a program by its title, without the option that the kernel cuts in the middle',
  { skip: process.platform !== 'linux' },
  () => {
    const before = process.title;
    try {
      process.title = 'twinline get --insecure';
      assert.equal(programName(process.pid), 'twinline get');
    } finally {
      process.title = before;
    }
  },
);
