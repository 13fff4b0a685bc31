/** Plays every situation beside the matrix against our server. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { situationGroups } from './situations/index.ts';

for (const { title, situations } of situationGroups) {
  describe(title, { concurrency: 4 }, () => {
    for (const situation of situations) {
      test(situation.name, async () => {
        assert.deepEqual(await situation.play(), situation.expected);
      });
    }
  });
}
