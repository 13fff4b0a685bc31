import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { formatBytes, formatSeconds, ProgressDisplay } from './progress.ts';

describe('figures of a transfer', () => {
  test('name bytes with three digits at most', () => {
    const cases = {
      '0': 0,
      '999': 999,
      '1.0 k': 1000,
      '9.9 k': 9940,
      '10 k': 9950,
      '77 M': 77_200_652,
      '1.1 G': 1_073_741_824,
    };
    for (const [text, bytes] of Object.entries(cases))
      assert.equal(formatBytes(bytes), `${text.trim()}${text.includes(' ') ? '' : ' '}B`);
  });

  test('name times as clocks do', () => {
    assert.deepEqual([0, 9, 75, 600, 3723].map(formatSeconds), ['0:00', '0:09', '1:15', '10:00', '1:02:03']);
  });

  test('draw nothing more on a terminal after the bar was taken away for good', () => {
    let text = '';
    const terminal = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString();
        done();
      },
    });
    Object.assign(terminal, { isTTY: true, columns: 80 });
    const display = new ProgressDisplay('a', true, {
      stdout: terminal,
      stderr: terminal,
      interactive: true,
      colour: false,
    });
    display.update({ offset: 0, bytes: 10, total: 100 });
    assert.match(text, /10%/);
    display.close();
    const before = text;
    display.update({ offset: 0, bytes: 20, total: 100 });
    assert.equal(text, before);
  });

  test('are one line where there is no terminal, and that line is safe to show', () => {
    let text = '';
    const stderr = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString();
        done();
      },
    });
    const display = new ProgressDisplay('a\x1b[2Jb', true, {
      stdout: stderr,
      stderr,
      interactive: false,
      colour: false,
    });
    display.update({ offset: 0, bytes: 10, total: 100 });
    const known = { offset: 0, size: 1000, modifiedMs: undefined, reply: '226', tls: undefined };
    display.finish({ outcome: 'complete', note: undefined, bytes: 1_234_567, durationMs: 2000, ...known });
    assert.equal(text, 'a\\x1B[2Jb: 1,234,567 bytes in 2.00 s (617 kB/s), complete\n');
  });
});
