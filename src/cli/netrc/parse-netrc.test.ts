import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { findNetrcEntry, parseNetrc } from './parse-netrc.ts';

const only = (text: string) => {
  const { entries, problem } = parseNetrc(text);
  assert.equal(problem, undefined);
  assert.equal(entries.length, 1);
  return entries[0];
};

describe('a netrc file', () => {
  test('has its tokens on one line or on many, in any order', () => {
    const entry = { machine: 'h', login: 'anna', password: 'secret', account: 'a1' };
    assert.deepEqual(only('machine h login anna password secret account a1'), entry);
    assert.deepEqual(only('machine\r\n\th\r\n\taccount a1\n\n password\n secret\nlogin anna'), entry);
    assert.deepEqual(only('MACHINE h User anna\npassword secret account a1\n'), entry);
  });

  test('has values in quotes with escapes', () => {
    assert.equal(only('machine h password "a b\\"c\\\\d\\n\\t#"')?.password, 'a b"c\\d\n\t#');
    assert.equal(only('machine h password "login"')?.password, 'login');
    assert.equal(only('machine h password ""')?.password, '');
    assert.equal(only('machine h password a"b')?.password, 'a"b');
  });

  test('has comments between tokens and at the beginning of lines, and a password may begin with "#"', () => {
    const text = '# machine x login y\nmachine h # the server\n  # more\nlogin anna password #secret';
    assert.deepEqual(only(text), { machine: 'h', login: 'anna', password: '#secret', account: undefined });
  });

  test('has macros, which are skipped up to an empty line', () => {
    const text = 'machine h login anna\nmacdef init\nmachine evil login eve\nquit\n\npassword secret\n';
    assert.deepEqual(only(text), { machine: 'h', login: 'anna', password: 'secret', account: undefined });
    assert.deepEqual(parseNetrc('macdef x\nmachine evil').entries, []);
  });

  test('gives the first entry that fits host and user, and the default for the others', () => {
    const text = 'machine h login a password 1 machine h login b password 2 machine x password 3 default login d';
    const { entries } = parseNetrc(text);
    assert.equal(findNetrcEntry(entries, 'H', undefined)?.password, '1');
    assert.equal(findNetrcEntry(entries, 'h', 'b')?.password, '2');
    assert.equal(findNetrcEntry(entries, 'x', 'anyone')?.password, '3');
    assert.equal(findNetrcEntry(entries, 'h', 'c'), undefined);
    assert.equal(findNetrcEntry(entries, 'other', undefined)?.login, 'd');
    assert.equal(findNetrcEntry([], 'h', undefined), undefined);
  });

  test('says on which line something is wrong, and never what stands there', () => {
    for (const [text, line, says] of [
      ['machine h\npassword my secret', 2, /double quotes/],
      ['machine h\nlogin', 2, /"login" needs a value/],
      ['login anna', 1, /before any "machine"/],
      ['machine h\n\nusername anna', 3, /write "password" and "login"/],
      ['"machine" h', 1, /a word stands/],
    ] as const) {
      const { problem } = parseNetrc(text);
      assert.equal(problem?.line, line);
      assert.match(problem?.reason ?? '', says);
      assert.ok(!problem?.reason.includes('secret'));
    }
  });

  test('gives back what was written into it', () => {
    const value = fc.string({ minLength: 0, maxLength: 12 }).filter((text) => !/[\r\n\0\u2028\u2029]/.test(text));
    const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
    fc.assert(
      fc.property(value, value, value, (machine, login, password) => {
        const text = `machine ${quoted(machine)} login ${quoted(login)} password ${quoted(password)}\n`;
        if (/(?:^|\s)macdef(?:\s|$)/.test(text)) return;
        assert.deepEqual(only(text), { machine, login, password, account: undefined });
      }),
    );
  });

  test('never throws', () => {
    const word = fc.constantFrom('machine', 'login', 'password', 'default', 'macdef', '#', '"', '\\', '\n', ' ', 'x');
    fc.assert(fc.property(fc.array(word), (words) => void parseNetrc(words.join(' '))));
    fc.assert(fc.property(fc.string(), (text) => void parseNetrc(text)));
  });
});
