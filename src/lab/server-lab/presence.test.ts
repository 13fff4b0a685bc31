import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Presence } from './presence.ts';

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

describe('the watch for a server that has gone', () => {
  test('looks after some cases in a row that say nothing, and tells then why there are no more', async () => {
    let looks = 0;
    const presence = new Presence(() => Promise.reject(new Error(`421 Banned ${(looks += 1)}`)), 1);
    for (let count = 0; count < 5; count += 1) await presence.heard('INFRA', sentence);
    assert.equal(presence.absence, undefined);
    assert.equal(looks, 0);
    await presence.heard('INFRA', sentence);
    assert.match(presence.absence ?? '', /let the lab in any more \(421 Banned 2\).*--parallel 1/);
  });

  test('begins to count again behind a case that was judged, and behind a server that has come back', async () => {
    let looks = 0;
    const presence = new Presence(
      () => (++looks === 1 ? Promise.reject(new Error('restarting')) : Promise.resolve()),
      1,
    );
    for (let count = 0; count < 5; count += 1) await presence.heard('INFRA', sentence);
    await presence.heard('FAIL', sentence);
    for (let count = 0; count < 5; count += 1) await presence.heard('INFRA', sentence);
    assert.equal(looks, 0);
    await presence.heard('INFRA', sentence);
    assert.equal(looks, 2);
    assert.equal(presence.absence, undefined);
  });
});
