/** Every case, and every cell of the control-close matrix, has been seen to pass on a good peer and to fail on a bad one: the tests in test/lab say which verdict each is given. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { clientCases, type LabCase, serverCases, type Verdict, verdictOf } from '../../src/lab/index.ts';
import { runCommand } from '../../src/testing/index.ts';
import type { Declared } from '../lab/declared.ts';
import { top } from './source-files.ts';

const good: ReadonlySet<Verdict> = new Set(['PASS', 'INFO']);
const bad: ReadonlySet<Verdict> = new Set(['FAIL', 'NON-STRICT', 'UNCLEAN']);

const cases: readonly LabCase[] = [...serverCases, ...clientCases];

/** Cells of the control-close matrix that nobody can make, and that are always skipped, with the reason. */
const notMade: readonly (readonly [side: LabCase['side'], rows: RegExp, reason: string])[] = [
  ['server', /^J-CN-(?:.-0|L-1)-T$/, 'close_notify needs TLS on the data line, which has not begun there'],
  ['client', /^J-CN-.-0-T$/, 'close_notify needs TLS on the data line, which has not begun there'],
  ['client', /^J-421-.-.-T$/, '421 is said on the control line'],
];
const unmade = cases
  .filter(({ side, row }) => notMade.some(([whose, rows]) => whose === side && rows.test(row)))
  .map(({ id }) => id);

/** Cases that no test runs: each waits for half a minute, and the shorter one beside it is run. */
const tooSlow = ['engineering/very-late-226', 'engineering/very-late-data'];
const unjudged = [...unmade, ...tooSlow];

const otherChoice = 'a MAY: the bad client makes the other choice, which is INFO too';

/** Cases that no test has seen so yet, with the reason. A row leaves this list when its test comes. */
const notSeenToFail: Readonly<Record<string, string>> = {
  'rfc2428/4/epsv-not-in-feat': otherChoice,
  'rfc4217/10.2/session-resumed-tls-1.2': otherChoice,
  'rfc4217/10.2/session-resumed-tls-1.3': otherChoice,
  'rfc8446/4.6.1/late-tickets-used': otherChoice,
};

/** Whether one of its outcomes counts against the server. Where none does, another outcome must have been seen. */
function canFail({ outcomes, level }: LabCase): boolean {
  return Object.values(outcomes).some(({ grade }) => bad.has(verdictOf(grade, level)));
}

describe('the cases', () => {
  let declared: readonly Declared[] = [];
  const of = ({ id }: LabCase): readonly Declared[] => declared.filter(([declaredId]) => declaredId === id);

  before(async () => {
    // In a process of its own: there the tests are told and not run.
    const args = ['--test-name-pattern=^$', join(top, 'test/lab/tell-declared.ts')];
    const env = { ...process.env, TWINLINE_DECLARE_CASES: '1', NODE_TEST_CONTEXT: undefined };
    const { stdout, stderr } = await runCommand(process.execPath, args, { env, timeoutMs: 120_000 });
    const [, json] = /^DECLARED (.*)$/m.exec(stdout.toString()) ?? assert.fail(stderr);
    declared = JSON.parse(json ?? '[]') as Declared[];
  });

  test('are all named by the tests', () => {
    assert.deepEqual(
      cases.filter((record) => of(record).length === 0).map(({ id }) => id),
      unjudged,
    );
  });

  test('have been seen to pass', () => {
    assert.deepEqual(
      cases
        .filter((record) => !of(record).some(([, verdict]) => good.has(verdict)))
        .map(({ id }) => id)
        .toSorted(),
      unjudged.toSorted(),
    );
  });

  test('have been seen to fail, or to end in two ways where every way is allowed', () => {
    const unseen = cases.filter((record) => {
      if (canFail(record)) return !of(record).some(([, verdict]) => bad.has(verdict));
      return new Set(of(record).map(([, , outcome]) => outcome)).size < 2;
    });
    assert.deepEqual(unseen.map(({ id }) => id).toSorted(), [...Object.keys(notSeenToFail), ...unjudged].toSorted());
  });
});
