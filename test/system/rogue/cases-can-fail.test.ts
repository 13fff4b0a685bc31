/** The rogue cases judge something: each check can fail, and a server that does nothing odd passes for no rogue one. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { rogueCases } from './cases/index.ts';
import { defaultWithinMs, expectationOf, type RogueExpectation, rogueModes } from './define-rogue-case.ts';
import { problemsOf, proofProblems } from './judge.ts';
import { type Observation, observe } from './observe.ts';
import { keepUserFilesAway } from './play-section.ts';

const seen: Observation = {
  exitCode: 75,
  stdout: Buffer.from('shown'),
  stderr: 'twinline: The data connection was reset.\n',
  durationMs: 100,
  peakRssMiB: 90,
  files: new Map([['out.part', Buffer.from('half')]]),
  uploads: new Map([['b.bin', Buffer.from('bytes')]]),
  sessions: [['USER anna', 'RETR a.bin']],
  scripted: ['RETR'],
  performed: new Set(['RETR']),
  scriptError: undefined,
};

const right: RogueExpectation = {
  exitCode: 75,
  message: /was reset/,
  neverSays: /complete/,
  stdout: /shown/,
  files: { 'out.part': { beginningOf: Buffer.from('half of it'), least: 4 } },
  uploads: { 'b.bin': Buffer.from('bytes') },
  sent: /RETR/,
  neverSent: /PASS/,
  sessions: 1,
  withinMs: 1000,
  maxRssMiB: 100,
};

const wrong: readonly (readonly [what: string, change: Partial<RogueExpectation>])[] = [
  ['another exit code', { exitCode: 0 }],
  ['another message', { message: /timed out/ }],
  ['a forbidden message', { neverSays: /reset/ }],
  ['other output', { stdout: /hidden/ }],
  ['other bytes of output', { stdout: Buffer.from('show') }],
  ['other bytes in a file', { files: { 'out.part': Buffer.from('hal') } }],
  ['too few bytes in a file', { files: { 'out.part': { beginningOf: Buffer.from('half of it'), least: 5 } } }],
  ['bytes of another file', { files: { 'out.part': { beginningOf: Buffer.from('hall of it') } } }],
  ['a missing file', { files: { 'out.part': Buffer.from('half'), out: Buffer.from('half') } }],
  ['a file too many', { files: {} }],
  ['other bytes in an upload', { uploads: { 'b.bin': Buffer.from('byte') } }],
  ['an upload too many', { uploads: {} }],
  ['a command that was not sent', { sent: /STOR/ }],
  ['a command that was forbidden', { neverSent: /USER/ }],
  ['another number of sessions', { sessions: 2 }],
  ['too long a time', { withinMs: 99 }],
  ['too much memory', { maxRssMiB: 89 }],
];

describe('the checks of the rogue cases', () => {
  test('are content with what was expected', () => assert.deepEqual(problemsOf(right, seen), []));

  for (const [what, change] of wrong) {
    test(`find ${what}`, () => assert.equal(problemsOf({ ...right, ...change }, seen).length, 1));
  }

  test('find an error that is none of ours, and a line end inside of a command', () => {
    assert.equal(problemsOf(right, { ...seen, stderr: `${seen.stderr}twinline: Unexpected error: x` }).length, 1);
    assert.equal(problemsOf(right, { ...seen, sessions: [['RETR a\rDELE b']] }).length, 1);
  });

  test('find a behaviour that never took place, and a script that failed', () => {
    const [record = assert.fail('there are no cases')] = rogueCases;
    assert.deepEqual(proofProblems(record, seen), []);
    assert.equal(proofProblems(record, { ...seen, performed: new Set() }).length, 1);
    assert.equal(proofProblems(record, { ...seen, scriptError: new Error('too early') }).length, 1);
  });
});

describe('the records of the rogue cases', () => {
  test('have ids that are unique, say what they do in a clause, and expect an end within a bound', () => {
    const ids = rogueCases.map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      [],
    );
    for (const record of rogueCases) {
      const { id, server, client, modes } = record;
      assert.match(id, /^[a-z]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/);
      for (const clause of [server, client]) assert.match(clause, /^[a-z][^]*[^.]$/, id);
      assert.ok(modes.length > 0 && new Set(modes).size === modes.length, id);
      for (const mode of modes) assert.ok((expectationOf(record, mode).withinMs ?? defaultWithinMs) <= 60_000, id);
    }
  });

  test('cover every mode and every section', () => {
    const modes = new Set<string>(rogueCases.flatMap((record) => record.modes));
    assert.deepEqual(modes, new Set(Object.keys(rogueModes)));
    assert.deepEqual(new Set(rogueCases.map(({ section }) => section)), new Set([1, 2, 3, 4, 5, 6, 7]));
  });
});

describe('a server that does nothing odd', { concurrency: 6 }, () => {
  keepUserFilesAway();
  for (const record of rogueCases.filter(({ endsAsUsual }) => endsAsUsual !== true)) {
    const [mode = 'plain'] = record.modes;
    test(`does not pass for ${record.id}`, () =>
      observe(record, mode, (found) => assert.notDeepEqual(problemsOf(expectationOf(record, mode), found), []), {
        decent: true,
      }));
  }
});
