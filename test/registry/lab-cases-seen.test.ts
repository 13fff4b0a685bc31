/** Every server case has been seen to pass on a good peer and to fail on a bad one: the tests in test/lab say which verdict each is given. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type ServerCase, serverCases, type Verdict, verdictOf } from '../../src/lab/index.ts';
import { runCommand } from '../../src/testing/index.ts';
import type { Declared } from '../lab/declared.ts';
import { top } from './source-files.ts';

const good: ReadonlySet<Verdict> = new Set(['PASS', 'INFO']);
const bad: ReadonlySet<Verdict> = new Set(['FAIL', 'NON-STRICT', 'UNCLEAN']);

/** The cells of the matrix have tests of their own, over our server in all and over bad ones in some of them. */
const cases = serverCases.filter(({ row }) => !row.startsWith('J-'));

/** Cases that no test has seen so yet, with the reason. A row leaves this list when its test comes. */
const notSeenToPass: Readonly<Record<string, string>> = {};
const notSeenToFail: Readonly<Record<string, string>> = {
  'engineering/passive-port/replaced-listener': 'the scripted server has one listener a session',
  'rfc959/4.1/telnet-command-inside': 'the scripted server looks at no Telnet bytes',
};

/** Whether one of its outcomes counts against the server. Where none does, another outcome must have been seen. */
function canFail({ outcomes, level }: ServerCase): boolean {
  return Object.values(outcomes).some(({ grade }) => bad.has(verdictOf(grade, level)));
}

describe('the server cases', () => {
  let declared: readonly Declared[] = [];
  const of = ({ id }: ServerCase): readonly Declared[] => declared.filter(([declaredId]) => declaredId === id);

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
      [],
    );
  });

  test('have been seen to pass', () => {
    assert.deepEqual(
      cases.filter((record) => !of(record).some(([, verdict]) => good.has(verdict))).map(({ id }) => id),
      Object.keys(notSeenToPass),
    );
  });

  test('have been seen to fail, or to end in two ways where every way is allowed', () => {
    const unseen = cases.filter((record) => {
      if (canFail(record)) return !of(record).some(([, verdict]) => bad.has(verdict));
      return new Set(of(record).map(([, , outcome]) => outcome)).size < 2;
    });
    assert.deepEqual(unseen.map(({ id }) => id).toSorted(), Object.keys(notSeenToFail));
  });
});
