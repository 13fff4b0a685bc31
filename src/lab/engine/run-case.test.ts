import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { CaseSkipped, NoReply, NotImplemented, SetupFailed } from './case-errors.ts';
import { EventLog } from './event-log.ts';
import { defineServerCase } from './lab-case.ts';
import { readReply } from './reply.ts';
import { runCase } from './run-case.ts';
import type { Level, Verdict } from './verdict.ts';

function caseOf(level: Level, deadlineMs = 5_000) {
  return defineServerCase({
    id: 'x/1/y',
    row: 'X01',
    area: 'control',
    level,
    clause: 'x',
    requirement: 'x',
    advice: 'x',
    deadlineMs,
    outcomes: { good: { grade: 'pass', says: 'good' }, bad: { grade: 'broken', says: 'bad' } },
    run: () => Promise.resolve('good'),
  });
}

async function verdictOfRun(level: Level, run: () => Promise<string>, deadlineMs?: number): Promise<Verdict> {
  const report = await runCase(caseOf(level, deadlineMs), new EventLog(), run, () => Promise.resolve(), 'again');
  return report.verdict;
}

const throwing = (error: Error) => () => Promise.reject<string>(error);

describe('the verdict of a case', () => {
  test('is PASS where all is as required', async () => {
    assert.equal(await verdictOfRun('MUST', () => Promise.resolve('good')), 'PASS');
  });

  for (const [level, verdict] of [
    ['MUST', 'FAIL'],
    ['SHOULD', 'NON-STRICT'],
    ['MAY', 'INFO'],
    ['engineering', 'NON-STRICT'],
  ] as const) {
    test(`is ${verdict} where a ${level} is broken`, async () => {
      assert.equal(await verdictOfRun(level, () => Promise.resolve('bad')), verdict);
    });

    test(`is ${verdict} where the other end falls silent in a ${level}`, async () => {
      assert.equal(await verdictOfRun(level, throwing(new NoReply('silence'))), verdict);
    });
  }

  test('is SKIP, INFRA or UNIMPLEMENTED where the case says so', async () => {
    const refusal = readReply(Buffer.from('502 no\r\n'));
    assert.equal(await verdictOfRun('MUST', throwing(new CaseSkipped('why'))), 'SKIP');
    assert.equal(await verdictOfRun('MUST', throwing(new SetupFailed('why'))), 'INFRA');
    assert.equal(await verdictOfRun('MUST', throwing(new NotImplemented('HOST', refusal))), 'UNIMPLEMENTED');
  });

  test('is INFRA where the lab itself fails, or names an outcome that the case does not have', async () => {
    assert.equal(await verdictOfRun('MUST', throwing(new TypeError('our own mistake'))), 'INFRA');
    assert.equal(await verdictOfRun('MUST', () => Promise.resolve('no such outcome')), 'INFRA');
  });

  test('is INFRA where the deadline passes', async () => {
    const never = new Promise<string>(() => undefined);
    assert.equal(await verdictOfRun('MUST', () => never, 20), 'INFRA');
  });
});

test('what a case has opened is released whatever comes of it', async () => {
  let closed = 0;
  const close = (): Promise<void> => {
    closed += 1;
    return Promise.resolve();
  };
  await runCase(caseOf('MUST'), new EventLog(), () => Promise.resolve('good'), close, '');
  await runCase(caseOf('MUST'), new EventLog(), throwing(new Error('x')), close, '');
  assert.equal(closed, 2);
});

test('a release that never ends does not hold the run', async () => {
  const never = new Promise<void>(() => undefined);
  const run = (): Promise<string> => Promise.resolve('good');
  const report = await runCase(caseOf('MUST', 20), new EventLog(), run, () => never, '');
  assert.equal(report.verdict, 'PASS');
});
