import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { NoteEntry } from './note-log.ts';
import { judgeDataLoss, wordAfterFault } from './data-loss-verdicts.ts';
import type { TrialSeen } from './control-loss-trial.ts';
import { lostLineTrial } from '../../../test/fixtures/lost-line-trial.ts';

const entry = (column: NoteEntry['column'], text: string): NoteEntry => ({ atMs: 0, column, text });
const fault: NoteEntry = { ...entry('lab', 'FAULT'), isFault: true };

const seen: TrialSeen = { ...lostLineTrial, line: 'data', hasLog: true };

const judged = (timeline: readonly NoteEntry[], more: Partial<TrialSeen> = {}): string => {
  const { verdicts } = judgeDataLoss({ ...seen, timeline: [fault, ...timeline], ...more });
  return verdicts.map(({ end, verdict }) => `${end} ${verdict}`).join(', ');
};

describe('the verdicts over a lost data line', () => {
  test('426, 425 and 451 are right, in the dialogue of the client or in the log of the server', () => {
    for (const code of [425, 426, 451]) {
      assert.equal(judged([entry('client', `< ${code} Gone.`)]), 'server PASS, client PASS');
      assert.equal(judged([entry('server', `(000001) anna (::1)> ${code} Gone.`)]), 'server PASS, client PASS');
    }
  });

  test('what was said before the fault is no answer to it, and what the lab says is none at all', () => {
    assert.equal(wordAfterFault([entry('client', '< 426 Gone'), fault, entry('lab', '< 426 Gone')]), undefined);
  });

  test('a transfer that is confirmed, silence, and an end without a word break the rule', () => {
    assert.equal(judged([entry('client', '< 226 Done')]), 'server FAIL, client PASS');
    assert.equal(judged([]), 'server FAIL, client PASS');
    assert.equal(judged([], { hasLog: false, serverLeftControl: true }), 'server FAIL, client PASS');
  });

  test('another refusal, and a session that ends behind the reply, are not strict', () => {
    assert.equal(judged([entry('client', '< 550 No')]), 'server NON-STRICT, client PASS');
    assert.equal(
      judged([entry('client', '< 426 Gone')], { serverLeftControl: true }),
      'server NON-STRICT, client PASS',
    );
  });

  test('nothing is claimed of a server whose client has left at once, where only the wire tells', () => {
    assert.equal(judged([], { hasLog: false }), 'server INFO, client PASS');
  });

  test('a client that takes the part for the whole fails', () => {
    const outcome = { claimsSuccess: true, endedByItself: true, says: 'exit code 0' };
    assert.equal(judged([entry('client', '< 426 Gone')], { outcome }), 'server PASS, client FAIL');
  });
});
