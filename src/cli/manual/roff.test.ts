import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { roffArgument, roffLine, roffText } from './roff.ts';

describe('text in a manual page', () => {
  test('keeps backslashes and hyphens as they are written', () => {
    assert.equal(roffText(String.raw`a\b --tls-max`), String.raw`a\eb \-\-tls\-max`);
  });

  test('names what is not ASCII by its code point', () => {
    assert.equal(roffText('grüße 😀'), String.raw`gr\[u00FC]\[u00DF]e \[u1F600]`);
  });

  test('is no request where a line begins with a dot or a quote', () => {
    assert.deepEqual([roffLine('.part'), roffLine("'so'"), roffLine('a .b')], ['\\&.part', "\\&'so'", 'a .b']);
  });

  test('stays one line', () => assert.equal(roffLine('one\n.two'), 'one .two'));

  test('keeps quotes inside a quoted argument', () => assert.equal(roffArgument('say "yes"'), '"say \\(dqyes\\(dq"'));
});
