import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { sampleCase, sampleReport } from '../../../test/fixtures/lab-report.ts';
import { labExitCode } from './exit-code.ts';
import { differenceOf, holdAgainst, parseProfile, type Profile, profileOf, profileText } from './profile.ts';

const profile: Profile = {
  schema: 'twinline-lab-profile/1',
  side: 'server',
  product: 'ExampleFTPd 1.0',
  cases: {
    'a/1/known': { verdict: 'FAIL', reason: 'it has always done so' },
    'a/1/either': { verdict: ['FAIL', 'PASS'], reason: 'a race' },
  },
};

describe('a profile', () => {
  for (const [id, verdict, kind] of [
    ['a/1/known', 'FAIL', undefined],
    ['a/1/known', 'PASS', 'unexpected-pass'],
    ['a/1/known', 'INFO', 'unexpected-pass'],
    ['a/1/known', 'NON-STRICT', 'different'],
    ['a/1/known', 'SKIP', undefined],
    ['a/1/known', 'INFRA', undefined],
    ['a/1/either', 'PASS', undefined],
    ['a/1/either', 'UNCLEAN', 'different'],
    ['a/1/other', 'PASS', undefined],
    ['a/1/other', 'UNIMPLEMENTED', undefined],
    ['a/1/other', 'FAIL', 'unexpected-failure'],
    ['a/1/other', 'UNCLEAN', 'unexpected-failure'],
  ] as const) {
    test(`takes ${verdict} of ${id} as ${kind ?? 'no news'}`, () => {
      assert.equal(differenceOf(sampleCase({ id, verdict }), profile)?.kind, kind);
    });
  }

  test('decides the exit code: 0 for known failures, 3 for news of either kind', () => {
    const judge = (...cases: readonly ['FAIL' | 'PASS', string][]) => {
      const report = sampleReport(cases.map(([verdict, id]) => sampleCase({ id, verdict })));
      return labExitCode(holdAgainst(report, profile), true);
    };
    assert.equal(judge(['FAIL', 'a/1/known']), 0);
    assert.equal(judge(['PASS', 'a/1/known']), 3);
    assert.equal(judge(['FAIL', 'a/1/other']), 3);
  });

  test('gives its reason to what it knows', () => {
    const [known] = holdAgainst(sampleReport([sampleCase({ id: 'a/1/known', verdict: 'FAIL' })]), profile).cases;
    assert.equal(known?.known, 'it has always done so');
    assert.equal(known?.profile, undefined);
  });

  test('is made from a run: failures in, passes out, reasons kept, other cases kept', () => {
    const made = profileOf(
      sampleReport(
        [
          sampleCase({ id: 'a/1/known', verdict: 'FAIL' }),
          sampleCase({ id: 'a/1/new', verdict: 'UNCLEAN', says: 'it ends with FIN' }),
          sampleCase({ id: 'a/1/fine' }),
          sampleCase({ id: 'a/1/skipped', verdict: 'SKIP' }),
        ],
        { product: 'ExampleFTPd 1.1' },
      ),
      { ...profile, cases: { ...profile.cases, 'a/1/fine': { verdict: 'FAIL', reason: 'mended since' } } },
    );
    assert.deepEqual(made.cases, {
      'a/1/either': profile.cases['a/1/either'],
      'a/1/known': profile.cases['a/1/known'],
      'a/1/new': { verdict: 'UNCLEAN', reason: 'it ends with FIN' },
    });
    assert.equal(made.product, 'ExampleFTPd 1.1');
  });

  test('is read as it was written, and refused where it is none', () => {
    assert.deepEqual(parseProfile(profileText(profile)), profile);
    assert.deepEqual(parseProfile(profileText({ ...profile, cases: {} })).cases, {});
    assert.throws(() => parseProfile(profileText(profile).replace('FAIL', 'BAD')), /cases\.a\/1\/known\.verdict/);
  });
});
