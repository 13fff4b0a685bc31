import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import {
  cutTransfer,
  event,
  failedLine,
  hostileEvents,
  noteEvents,
  stranger,
  user,
} from '../../../test/fixtures/log-events.ts';
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

  test('tells all that is known of a data connection that failed', () => {
    const [line = ''] = plain(event({ type: 'data-line-failed', line: failedLine, ...user }));
    assert.ok(
      line.endsWith(
        '* data connection failed (nobody-came): No data connection came to 5.79.17.48:8007 within 60 s ' +
          '[EPSV 5.79.17.48:8007; nobody came, expected 5.79.21.166; refused 10.0.0.1; no TLS; 0 bytes; after 60.00 s]',
      ),
      line,
    );
    const tls = { protocol: 'TLSv1.3', cipher: 'X', resumed: false };
    const cut = {
      ...failedLine,
      cause: 'data-reset',
      peer: '5.79.21.166:9',
      tls,
      notResumed: 'not-offered',
      bytes: 7,
    } as const;
    const [other = ''] = plain(
      event({ type: 'data-line-failed', line: { ...cut, announced: '1.2.3.4:8007' }, ...user }),
    );
    assert.match(
      other,
      /\(announced as 1\.2\.3\.4:8007\); with 5\.79\.21\.166:9; .*TLSv1\.3 X, not resumed: the client offered no session; 7 bytes/,
    );
  });

  test('tells whether a data line resumed, and why not', () => {
    const tls = { protocol: 'TLSv1.2', cipher: 'X', resumed: false };
    const rows = ['not-offered', 'not-accepted', undefined] as const;
    const texts = rows.map((notResumed) => plain(event({ type: 'data-tls', tls, notResumed, ...user }))[0] ?? '');
    assert.match(texts[0] ?? '', /TLSv1\.2 X, not resumed: the client offered no session$/);
    assert.match(
      texts[1] ?? '',
      /not resumed: the session that the client offered is not the one of its control connection$/,
    );
    assert.match(texts[2] ?? '', /data connection: TLSv1\.2 X$/);
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
