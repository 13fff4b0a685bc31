import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import * as fc from 'fast-check';

import { mlstFeatureText, mlsxFacts, optsMlstReplyText, parseOptsMlst } from './mlsx-facts.ts';

test('the feature line stars what is sent by now', () => {
  assert.equal(mlstFeatureText(mlsxFacts), 'MLST type*;size*;modify*;perm*;unique*;UNIX.mode*;');
  assert.equal(mlstFeatureText(['modify', 'type']), 'MLST type*;size;modify*;perm;unique;UNIX.mode;');
  assert.equal(mlstFeatureText([]), 'MLST type;size;modify;perm;unique;UNIX.mode;');
});

describe('parseOptsMlst', () => {
  for (const [argument, expected] of [
    ['', []],
    ['type;', ['type']],
    ['Unique;SIZE;unix.MODE;', ['size', 'unique', 'UNIX.mode']],
    ['lang;type;charset;create;', ['type']],
    ['fish;cakes;', []],
    ['type;type;', ['type']],
    ['unique type;', undefined],
    ['fish cakes;', undefined],
    ['type', undefined],
    ['type;size', undefined],
    [';', undefined],
    ['type;;size;', undefined],
    ['type; size;', undefined],
    [' type;', undefined],
    ['type;\n', undefined],
    ['type=x;', undefined],
    ['type*;', undefined],
  ] as const) {
    test(`reads ${JSON.stringify(argument)}`, () => assert.deepEqual(parseOptsMlst(argument), expected));
  }

  test('reads back every choice, in the fixed order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...mlsxFacts]), (facts) => {
        const read = parseOptsMlst(facts.map((fact) => `${fact};`).join(''));
        assert.deepEqual(
          read,
          mlsxFacts.filter((fact) => facts.includes(fact)),
        );
      }),
    );
  });

  test('never throws and is done in time with long arguments', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseOptsMlst(text)));
    const started = performance.now();
    for (const piece of ['a', ';', 'a;', 'a;;', ' ']) parseOptsMlst(piece.repeat(500_000));
    assert.ok(performance.now() - started < 5000);
  });
});

test('the reply to OPTS MLST names what will be sent', () => {
  assert.equal(optsMlstReplyText(['type', 'UNIX.mode']), 'MLST OPTS type;UNIX.mode;');
  assert.equal(optsMlstReplyText([]), 'MLST OPTS');
});
