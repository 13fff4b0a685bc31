import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { FeatureList, parseFeatures, serialiseFeatures } from './features.ts';
import { ReplyParser, serialiseReply } from './reply.ts';

describe('parseFeatures', () => {
  const lines = ['Features:', ' MDTM', ' REST STREAM', ' MLST type*;Size*;', ' AUTH TLS', ' AUTH SSL', ' utf8', 'End'];

  test('finds names without regard to case', () => {
    const features = parseFeatures(lines);
    assert.equal(features.has('mdtm'), true);
    assert.equal(features.has('UTF8'), true);
    assert.equal(features.has('SIZE'), false);
    assert.equal(features.has('REST STREAM'), false, 'a name is one word');
    assert.equal(features.has('Features:'), false);
    assert.equal(features.has('End'), false);
  });

  test('gives what stands behind a name, all of it where the name comes twice', () => {
    const features = parseFeatures(lines);
    assert.equal(features.value('rest'), 'STREAM');
    assert.equal(features.value('MLST'), 'type*;Size*;');
    assert.equal(features.value('MDTM'), '');
    assert.equal(features.value('SIZE'), undefined);
    assert.deepEqual(features.values('AUTH'), ['TLS', 'SSL']);
    assert.deepEqual(features.all, ['MDTM', 'REST STREAM', 'MLST type*;Size*;', 'AUTH TLS', 'AUTH SSL', 'utf8']);
  });

  test('reads lists whose lines have no space, two, or the code in front', () => {
    const parser = new ReplyParser();
    parser.push(new TextEncoder().encode('211-Features\r\nSIZE\r\n  MDTM\r\n211-EPSV\r\n\r\n211 End\r\n'));
    assert.deepEqual(parseFeatures(parser.next()?.lines ?? []).all, ['SIZE', 'MDTM', 'EPSV']);
  });

  test('finds nothing in a reply of one line', () => {
    assert.deepEqual(parseFeatures(['No features']).all, []);
    assert.deepEqual(parseFeatures([]).all, []);
    assert.equal(new FeatureList([]).has('SIZE'), false);
  });

  test('reads what serialiseFeatures wrote, over the wire', () => {
    const token = fc.stringMatching(/^[A-Z0-9]{1,8}( [A-Za-z*;]{1,12})?$/);
    fc.assert(
      fc.property(fc.array(token), (tokens) => {
        const parser = new ReplyParser();
        parser.push(serialiseReply({ code: 211, lines: ['Features:', ...serialiseFeatures(tokens), 'End'] }));
        assert.deepEqual(parseFeatures(parser.next()?.lines ?? []).all, tokens);
      }),
    );
  });
});
