import assert from 'node:assert/strict';
import { test } from 'node:test';
import { modeFact, parseFactsAndPath, parseTimeAndPath } from './facts.ts';
import { parseQuotedWords } from './quoted-words.ts';
import { parseUtime } from './site/utime.ts';

test('words are split at spaces, and quotes hold a name with spaces together', () => {
  assert.deepEqual(parseQuotedWords('a b  c '), ['a', 'b', 'c']);
  assert.deepEqual(parseQuotedWords('"a b" c "d"'), ['a b', 'c', 'd']);
  assert.deepEqual(parseQuotedWords('"a ""b"" c" d'), ['a "b" c', 'd']);
  assert.deepEqual(parseQuotedWords(''), []);
  for (const argument of ['"a', 'a"b', '"a"b', '""', 'a "b', '"a""']) {
    assert.equal(parseQuotedWords(argument), undefined, argument);
  }
});

test('facts of MFF are read with keywords in any case, up to the first space', () => {
  const parsed = parseFactsAndPath('Modify=20020717210715;unix.MODE=644; a name; with=more;');
  assert.deepEqual(
    [...(parsed?.values ?? [])],
    [
      ['modify', '20020717210715'],
      ['unix.mode', '644'],
    ],
  );
  assert.equal(parsed?.path, 'a name; with=more;');
  for (const argument of ['', 'a', 'Modify=1 a', 'Modify=1;', 'Modify=1; ', '=1; a', 'Modify; a', 'A=1;a=2; b']) {
    assert.equal(parseFactsAndPath(argument), undefined, argument);
  }
});

test('a mode is three octal digits, or four with a zero in front', () => {
  assert.equal(modeFact.parse('644'), 0o644);
  assert.equal(modeFact.parse('0755'), 0o755);
  for (const text of ['', '7', '77', '888', '4755', '1777', '00644', '0x1ff', '-644', ' 644']) {
    assert.equal(modeFact.parse(text), undefined, text);
  }
});

test('a time and a path are taken apart at the first space', () => {
  assert.deepEqual(parseTimeAndPath('20020717210715 a b'), { timeMs: Date.UTC(2002, 6, 17, 21, 7, 15), path: 'a b' });
  for (const argument of ['20020717210715', '20020717210715 ', '20020230000000 a', 'a 20020717210715']) {
    assert.equal(parseTimeAndPath(argument), undefined, argument);
  }
});

test('SITE UTIME is understood as ProFTPD and as Pure-FTPd have it', () => {
  const modifiedMs = Date.UTC(2002, 6, 17, 21, 7, 15);
  assert.deepEqual(parseUtime('20020717210715 a b'), { modifiedMs, path: 'a b' });
  assert.deepEqual(parseUtime('200207172107 a'), { modifiedMs: Date.UTC(2002, 6, 17, 21, 7), path: 'a' });
  const long = 'a b 20010101000000 20020717210715 20030101000000 UTC';
  assert.deepEqual(parseUtime(long), { modifiedMs, path: 'a b' });
  for (const argument of ['', 'a', '2002071721071 a', '20020230000000 a', 'a 1 2 3 UTC', `${long.slice(0, -3)}CET`]) {
    assert.equal(parseUtime(argument), undefined, argument);
  }
});
