import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { maskedText, publishedReport } from '../../docs/published-lab-report.ts';
import { sampleCase, sampleReport } from '../fixtures/lab-report.ts';

const folders = ['/tmp/peer-1/root', '/tmp/peer-1'];

describe('a report that is kept', () => {
  for (const [seen, kept] of [
    ['257 "/tmp/peer-1/root/twinline-lab-b86akuu9"', '257 "ROOT/SCRATCH"'],
    ['SIZE f12-ab3z.bin', 'SIZE FILE.bin'],
    ['229 Entering (|||30945|)', '229 Entering (|||PORT|)'],
    ['227 Entering (127,0,0,1,120,218).', '227 Entering (127,0,0,1,P,P).'],
    ['connect ECONNREFUSED 127.0.0.1:21366', 'connect ECONNREFUSED 127.0.0.1:PORT'],
    ['ports 21371, 21361, …; no order', 'ports PORT, PORT, …; no order'],
    ['213 20261122074451', '213 YYYYMMDDhhmmss'],
    ['data line: reset 2 ms after the fault', 'data line: reset up to 0.1 s after the fault'],
    ['fin 1633 ms after the fault', 'fin up to 10 s after the fault'],
    ['2621440 of 25165824 bytes', 'a part of 25165824 bytes'],
  ] as const) {
    test(`says "${kept}" for "${seen}"`, () => assert.equal(maskedText(seen, folders), kept));
  }

  for (const text of [
    '0 of 25165824 bytes',
    '65536 of 65536 bytes',
    '213 20200102030405',
    'EPRT with port 25',
    '226 Done',
  ]) {
    test(`leaves "${text}" as it is`, () => assert.equal(maskedText(text, folders), text));
  }

  test('has a date, no events, and round times', () => {
    const line = { line: 'data 1.1', ending: 'fin', afterFaultMs: 217, bytesAfterFault: 4711, isClean: true } as const;
    const one = sampleCase({ durationMs: 1234, lines: [line] });
    const kept = publishedReport({ ...sampleReport([one]), startedAt: '2026-01-02T03:04:05.678Z' }, folders);
    assert.equal(kept.startedAt, '2026-01-02');
    assert.deepEqual(kept.cases[0]?.events, []);
    assert.equal(kept.cases[0]?.durationMs, 10_000);
    assert.deepEqual(kept.cases[0]?.lines, [{ line: 'data 1.1', ending: 'fin', afterFaultMs: 1000, isClean: true }]);
  });
});
