import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { EventLog } from './event-log.ts';

describe('the log of a case', () => {
  test('never shows a secret', () => {
    const log = new EventLog(['open sesame']);
    log.add({ kind: 'text', line: 'control 1', by: 'lab', text: 'PASS open sesame' });
    assert.doesNotMatch(JSON.stringify(log.events), /sesame/);
  });

  test('hides a short secret in a sentence as a word, and a long one anywhere', () => {
    const says = 'a passive port: pass, "pass", (pass) and hunter2hunter2hunter2';
    assert.equal(
      new EventLog(['pass', 'hunter2hunter2']).maskSentence(says),
      'a passive port: ********, "********", (********) and ********hunter2',
    );
    assert.equal(new EventLog(['a.b$']).maskSentence('a.b$ axb$'), '******** axb$');
  });

  test('keeps text up to a bound in all', () => {
    const log = new EventLog();
    for (let count = 0; count < 200; count += 1) log.add({ kind: 'note', text: 'x'.repeat(1_500) });
    assert.equal(log.events.length + log.dropped, 200);
    assert.equal(log.events.length, 133);
  });

  test('shows control characters and never writes them', () => {
    const log = new EventLog();
    log.add({ kind: 'text', line: 'control 1', by: 'peer', text: '220 \u001b[2J\nsecond' });
    const [event] = log.events;
    assert.ok(event?.kind === 'text' && !event.text.includes('\u001b') && event.text.split('\n').length === 2);
  });

  test('joins payload of one direction', () => {
    const log = new EventLog();
    for (const count of [10, 20]) log.bytes('data 1.1', 'peer', count);
    log.bytes('data 1.1', 'lab', 5);
    assert.deepEqual(
      log.events.map((event) => (event.kind === 'bytes' ? [event.by, event.bytes] : [])),
      [
        ['peer', 30],
        ['lab', 5],
      ],
    );
  });

  test('counts what it does not keep', () => {
    const log = new EventLog();
    for (let count = 0; count < 6_000; count++) log.add({ kind: 'note', text: 'x' });
    assert.deepEqual([log.events.length, log.dropped], [5_000, 1_000]);
  });
});
