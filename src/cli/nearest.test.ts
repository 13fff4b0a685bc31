import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { nearestName, suggestion } from './nearest.ts';

const names = ['serve', 'get', 'put', 'ls'];

describe('the nearest name', () => {
  test('is found through a swap, a missing and a wrong letter', () => {
    assert.equal(nearestName('sevre', names), 'serve');
    assert.equal(nearestName('serv', names), 'serve');
    assert.equal(nearestName('gut', names), 'get');
    assert.equal(nearestName('-listen', ['--listen', '--listen-implicit']), '--listen');
  });

  test('is found from its beginning', () => {
    assert.equal(nearestName('passive', ['passive-ports', 'read-only']), 'passive-ports');
  });

  test('is not invented', () => {
    assert.equal(nearestName('frobnicate', names), undefined);
    assert.equal(nearestName('--foo', ['--json', '--proxy']), undefined);
    assert.equal(nearestName('', names), undefined);
    assert.equal(suggestion('frobnicate', names), '');
  });

  test('becomes the end of a sentence', () => {
    assert.equal(suggestion('sevre', names), '; did you mean "serve"?');
  });
});
