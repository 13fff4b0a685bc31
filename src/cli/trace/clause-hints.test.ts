import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { TraceEvent } from '../../client/index.ts';
import { clauseHintFinder, replyHints } from './clause-hints.ts';

const stamp = { channel: 'control', session: 1, timeMs: 0, at: 0, phase: 'command' } as const;
const command = (text: string): TraceEvent => ({ ...stamp, kind: 'command', text });
const reply = (code: number): TraceEvent => ({ ...stamp, kind: 'reply', code, lines: [], waitMs: 0 });

test('every hint names a clause, and none is hidden by one before it', () => {
  for (const hint of replyHints) {
    assert.match(hint.clause, /^RFC \d+ section \d+(?:\.\d+)*$/);
    for (const verb of hint.verbs ?? ['NOOP']) {
      for (const code of hint.codes) {
        const find = clauseHintFinder();
        assert.equal(find(command(`${verb} x`)), undefined);
        assert.equal(find(reply(code))?.says, hint.says, `${verb} ${code}`);
      }
    }
  }
});

test('an ordinary reply needs no hint, and sessions are kept apart', () => {
  const find = clauseHintFinder();
  find(command('SIZE a'));
  find({ ...command('RETR a'), session: 2 });
  assert.equal(find(reply(213)), undefined);
  assert.equal(find({ ...reply(550), session: 2 }), undefined);
  assert.match(find(reply(550))?.says ?? '', /550 to SIZE/);
});
