import { test } from 'node:test';
import assert from 'node:assert/strict';
import { parseModeChange } from './mode-change.ts';

const changed = (text: string, present: number, isFolder = false) =>
  parseModeChange(text).apply(present, isFolder).toString(8);

test('modes are octal, or changes of the mode that is there, as chmod reads them', () => {
  assert.equal(changed('644', 0o777), '644');
  assert.equal(parseModeChange('644').needsPresent, false);
  assert.equal(parseModeChange('u+x').needsPresent, true);
  assert.equal(changed('u+x', 0o644), '744');
  assert.equal(changed('go-rwx', 0o755), '700');
  assert.equal(changed('a=r,u+w', 0o777), '644');
  assert.equal(changed('+x', 0o600), '711');
  assert.equal(changed('o=', 0o777), '770');
  assert.equal(changed('a+X', 0o644), '644');
  assert.equal(changed('a+X', 0o744), '755');
  assert.equal(changed('a+X', 0o644, true), '755');
  assert.equal(changed('u+s', 0o755), '4755');
  assert.equal(changed('+t', 0o777), '1777');
});

test('what is no mode is refused with an example', () => {
  for (const text of ['', '888', '12345', 'u', 'u+q', 'z+r', 'u+r,', 'rw-r--r--']) {
    assert.throws(() => parseModeChange(text), /is no mode; write an octal one/, text);
  }
});
