import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import { cutTransfer, event, hostileEvents, noteEvents, stranger, user } from '../../../test/fixtures/log-events.ts';
import { createPrettyFormat } from './pretty.ts';

const plain = createPrettyFormat({ colour: false });
const coloured = createPrettyFormat({ colour: true });

describe('the pretty log', () => {
  test('has one line for each event, aligned', () => {
    for (const noted of noteEvents) {
      const lines = plain(noted);
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /^2012-11-12 22:3\d:\d\d (server|#22 \S+) +[><*] \S/);
    }
  });

  test('tells both directions apart', () => {
    const text = noteEvents.flatMap(plain).join('\n');
    assert.match(text, /#22 5\.79\.21\.166 +> AUTH SSL\n/);
    assert.match(text, /#22 5\.79\.21\.166 +< 234 Using authentication type SSL\n/);
    assert.match(text, /#22 user@5\.79\.21\.166 +< 229 Entering/);
    assert.match(text, /< 220 Please visit .* \(3 lines\)\n/);
    assert.match(text, /< 426 Connection closed; transfer aborted\. \(not sent: the control connection is gone\)$/);
  });

  test('tells what became of a transfer, and why', () => {
    const [line = ''] = plain(event({ type: 'transfer', transfer: cutTransfer, ...user }));
    assert.ok(
      line.endsWith(
        '* download interrupted /c2900-universalk9-mz.SPA.152-1.T.bin, 634,880 bytes in 62 s (10.2 kB/s), ' +
          'TLSv1.3 resumed; control-reset: the control connection was reset',
      ),
      line,
    );
    const whole = {
      ...cutTransfer,
      bytes: 77_200_652,
      durationMs: 210,
      verdict: 'complete',
      cause: 'completed',
    } as const;
    const [good = ''] = plain(event({ type: 'transfer', transfer: { ...whole, tls: undefined }, ...user }));
    assert.match(good, /download complete \S+, 77,200,652 bytes in 0\.21 s \(367\.6 MB\/s\), in clear$/);
  });

  test('is the same text with colours and without', () => {
    for (const any of [...noteEvents, ...hostileEvents]) {
      assert.deepEqual(coloured(any).map(stripVTControlCharacters), plain(any));
    }
    assert.notDeepEqual(noteEvents.flatMap(coloured), noteEvents.flatMap(plain));
  });

  test('masks a password that the event did not mask', () => {
    assert.match(plain(event({ type: 'command', text: 'PASS geheim', ...stranger }))[0] ?? '', /> PASS \*{8}$/);
  });

  test('gives nobody a line of their own', () => {
    for (const hostile of hostileEvents) {
      const lines = plain(hostile);
      for (const line of lines) assert.doesNotMatch(line, /\p{Cc}/u);
      if (hostile.type !== 'internal-error') assert.equal(lines.length, 1);
    }
  });
});
