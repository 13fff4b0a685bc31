import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decodePathText } from '../protocol/index.ts';
import { caseKeyOf, isOwnName, localNameOf } from './local-names.ts';

const nameOf = (remote: string, platform: NodeJS.Platform = 'linux') => {
  const local = localNameOf(remote, platform);
  return local.kind === 'refused' ? `refused: ${local.why}` : local.name;
};

describe('the local name of a remote entry', () => {
  test('is refused where it could lead elsewhere', () => {
    for (const name of ['', '.', '..', '/etc/passwd', '../x', 'a/b', 'a\0b', `.twinline-${'0'.repeat(32)}.part`]) {
      assert.equal(localNameOf(name, 'linux').kind, 'refused', name);
    }
    assert.match(nameOf('a'.repeat(256)), /255 bytes/);
    assert.match(nameOf('ä'.repeat(128)), /255 bytes/);
    assert.equal(nameOf('ä'.repeat(127)), 'ä'.repeat(127));
  });

  test('is escaped where other programs would take it for something else', () => {
    assert.equal(nameOf('..\\..\\x'), '..%5C..%5Cx');
    assert.equal(nameOf('a\r\nb\x1b[2J\x7f\u009b'), 'a%0D%0Ab%1B[2J%7F%C2%9B');
    assert.equal(nameOf('C:\\x'), 'C:%5Cx');
    assert.equal(nameOf('C:\\x', 'win32'), 'C%3A%5Cx');
  });

  test('is kept where it is harmless', () => {
    for (const name of ['a', '...', '.hidden', ' a ', 'CON', 'nul.txt', 'a:b', '日本', '-rf', '%5C', 'x.part']) {
      assert.deepEqual(localNameOf(name, 'linux'), { kind: 'kept', name });
    }
  });

  test('keeps bytes that are no UTF-8 where names are bytes, and escapes them elsewhere', () => {
    const name = decodePathText(Uint8Array.of(0x61, 0xe9));
    assert.equal(nameOf(name), name);
    assert.equal(nameOf(name, 'darwin'), 'a%E9');
    assert.equal(nameOf(name, 'win32'), 'a%E9');
  });

  test('is no device and has no lost end on Windows', () => {
    assert.equal(nameOf('con', 'win32'), '%63on');
    assert.equal(nameOf('NUL.txt', 'win32'), '%4EUL.txt');
    assert.equal(nameOf('COM1 .x', 'win32'), '%43OM1 .x');
    assert.equal(nameOf('console', 'win32'), 'console');
    assert.equal(nameOf('a.', 'win32'), 'a%2E');
    assert.equal(nameOf('a ', 'win32'), 'a%20');
    assert.equal(nameOf('a?<b>', 'win32'), 'a%3F%3Cb%3E');
  });

  test('is always one name of a folder, on every platform', () => {
    const names = fc.uint8Array({ maxLength: 40 }).map((bytes) => decodePathText(bytes));
    fc.assert(
      fc.property(names, fc.constantFrom<NodeJS.Platform>('linux', 'darwin', 'win32'), (remote, platform) => {
        const local = localNameOf(remote, platform);
        if (local.kind === 'refused') return;
        assert.doesNotMatch(local.name, /[/\\\p{Cc}]/u);
        assert.ok(local.name !== '' && local.name !== '.' && local.name !== '..' && !isOwnName(local.name));
        assert.equal(local.kind === 'kept', local.name === remote);
      }),
    );
  });
});

test('names that a file system without case takes for the same have one key', () => {
  assert.equal(caseKeyOf('README'), caseKeyOf('readme'));
  assert.equal(caseKeyOf('\u00e9'), caseKeyOf('E\u0301'));
  assert.notEqual(caseKeyOf('a'), caseKeyOf('b'));
});
