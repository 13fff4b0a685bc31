import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { maskedClientText, publishedClientReport } from '../../docs/published-client-report.ts';
import { sampleCase, sampleReport } from '../fixtures/lab-report.ts';

describe('a report on a client that is kept', () => {
  for (const [seen, kept] of [
    ['exit code 56 after 1.8 s; local file whole (2097152 bytes)', 'exit code 56; local file whole (2097152 bytes)'],
    ['exit code 0 after 0.1 s; local file part (1048576 bytes)', 'exit code 0; local file part'],
    ['212992 of 1048576 bytes arrived, then reset', 'a part of 1048576 bytes arrived, then reset'],
    ['says "/tmp/twinline-lab-qV489w/file.bin"', 'says "/tmp/lab/file.bin"'],
    ['a name that is cut at /tmp/twinline-lab-', 'a name that is cut at /tmp/lab'],
    ['ftps://127.0.0.1:45863/file.bin', 'ftps://127.0.0.1:PORT/file.bin'],
    ['16787456 bytes of the reply sent; exit code 0', 'N bytes of the reply sent; exit code 0'],
    ['0 bytes to the stranger', '0 bytes to the stranger'],
  ] as const) {
    test(`says "${kept}" for "${seen}"`, () => assert.equal(maskedClientText(seen), kept));
  }

  test('has a date, and no times in its cases', () => {
    const line = { line: 'data 1.1', ending: 'fin', afterFaultMs: 217, isClean: true } as const;
    const report = { ...sampleReport([sampleCase({ lines: [line] })]), startedAt: '2026-01-02T03:04:05.678Z' };
    const kept = publishedClientReport(report);
    assert.equal(kept.startedAt, '2026-01-02');
    assert.equal(kept.cases[0]?.durationMs, 0);
    assert.deepEqual(kept.cases[0]?.lines, [{ line: 'data 1.1', ending: 'fin', isClean: true }]);
  });
});
