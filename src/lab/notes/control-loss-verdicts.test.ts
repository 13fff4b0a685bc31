import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { TrialSeen } from './control-loss-trial.ts';
import { judgeTrial } from './control-loss-verdicts.ts';
import { lostLineTrial as seen } from '../../../test/fixtures/lost-line-trial.ts';

function verdictsOf(change: Partial<TrialSeen>): string {
  const { fate, verdicts } = judgeTrial({ ...seen, ...change });
  return [fate, ...verdicts.map(({ end, verdict }) => `${end} ${verdict}`)].join(', ');
}

describe('the verdicts over a lost control line', () => {
  test('a part, and a client that says so, are as they should be', () => {
    assert.equal(verdictsOf({}), 'stopped, server PASS, client PASS');
  });

  test('a server that sends the whole file breaks the rule', () => {
    const local = new Map([['download.bin', 1_000]]);
    assert.equal(verdictsOf({ local }), 'went-on, server FAIL, client PASS');
  });

  test('a server that takes the whole file breaks the rule', () => {
    assert.equal(verdictsOf({ direction: 'upload' }), 'went-on, server FAIL, client PASS');
  });

  test('a client that takes a part for the whole fails, and one that is lucky is not strict', () => {
    const outcome = { claimsSuccess: true, endedByItself: true, says: 'exit code 0' };
    assert.equal(verdictsOf({ outcome }), 'stopped, server PASS, client FAIL');
    const local = new Map([['download.bin', 1_000]]);
    assert.equal(verdictsOf({ outcome, local }), 'went-on, server FAIL, client NON-STRICT');
  });

  test('where nobody could see the data line and the client was still at work, nothing is claimed of the server', () => {
    const outcome = { claimsSuccess: false, endedByItself: false, says: 'ended' };
    assert.equal(verdictsOf({ outcome }), 'not-shown, server INFO, client NON-STRICT');
  });

  test('a part of an upload that only its owner is told of is not called a file', () => {
    const remains = { ...seen.remains, size: 300, isListed: false };
    assert.match(judgeTrial({ ...seen, direction: 'upload', remains }).left.join(' '), /nothing under the final name/);
    const listed = { ...remains, isListed: true };
    assert.match(
      judgeTrial({ ...seen, direction: 'upload', remains: listed }).left.join(' '),
      /takes them for the file/,
    );
  });
});
