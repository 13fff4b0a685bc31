import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cut, latin1, runEveryWay, runPieces } from '../../test/fixtures/every-way.ts';
import { LocalProtocolError } from '../errors/index.ts';
import { ServerConnection } from './server-connection.ts';

function drain(connection: ServerConnection, piece: Uint8Array): string[] {
  connection.receive(piece);
  const seen: string[] = [];
  for (;;) {
    const event = connection.nextEvent();
    if (event === undefined) return seen;
    if (event.kind === 'command') seen.push(`${event.command.verb}|${event.command.argument}`);
    else seen.push(event.kind === 'malformed' ? event.reason : event.kind);
  }
}

const everyWay = (text: string): string[] =>
  runEveryWay(() => new ServerConnection(), latin1(text), drain, { behind: latin1('NOOP\r\n') });

function connectionWith(text: string): ServerConnection {
  const connection = new ServerConnection();
  drain(connection, latin1(text));
  return connection;
}

describe('ServerConnection', () => {
  test('gives commands in order, however the bytes are cut', () => {
    assert.deepEqual(everyWay('USER a\r\nPASS b c\r\nCWD /x y\r\n'), ['USER|a', 'PASS|b c', 'CWD|/x y']);
    assert.deepEqual(everyWay('noop\r\n\r\nPwd\r\n'), ['NOOP|', '|', 'PWD|']);
  });

  test('gives one event to a line that is none, and goes on behind it', () => {
    const long = `RETR ${'x'.repeat(9000)}\r\n`;
    assert.deepEqual(everyWay(`NOOP\r\nST\0OR x\r\nSTOR a\rb\r\nPWD\nDELE f\r\nQUIT\r\n`), [
      'NOOP|',
      'nul',
      'bare-cr',
      'bare-lf',
      'QUIT|',
    ]);
    assert.deepEqual(
      runPieces(() => new ServerConnection(), cut(latin1(`${long}NOOP\r\n`), [997]), drain),
      ['too-long', 'NOOP|'],
    );
  });

  test('has a bound on lines that is a setting', () => {
    const create = (): ServerConnection => new ServerConnection({ maxLineBytes: 8 });
    assert.deepEqual(runEveryWay(create, latin1('CWD ab\r\nCWD abc\r\nPWD\r\n'), drain), [
      'CWD|ab',
      'too-long',
      'PWD|',
    ]);
  });

  test('takes Telnet out of the line and answers its options', () => {
    assert.deepEqual(everyWay('\xff\xf4\xff\xf2ABOR\r\nRETR \xff\xff\r\n'), ['ABOR|', 'RETR|\udcff']);
    const connection = connectionWith('\xff\xfd\x06NOOP\r\n');
    assert.deepEqual([...connection.takeTelnetAnswers()], [0xff, 0xfc, 0x06]);
    assert.deepEqual([...connection.takeTelnetAnswers()], []);
  });

  test('writes replies, 0xFF doubled', () => {
    const bytes = new ServerConnection().reply({ code: 250, lines: ['a\udcff', 'b'] });
    assert.deepEqual(bytes, latin1('250-a\xff\xff\r\n250 b\r\n'));
  });

  describe('an ABOR whose LF was sent as urgent data', () => {
    test('is taken when it is asked for, once, and its late LF is swallowed', () => {
      const connection = connectionWith('\xff\xf4\xf2ABOR\r');
      assert.equal(connection.pendingBytes, 5);
      assert.equal(connection.takeUnterminatedAbort()?.verb, 'ABOR');
      assert.equal(connection.takeUnterminatedAbort(), undefined);
      assert.deepEqual(drain(connection, latin1('\nNOOP\r\n')), ['NOOP|']);
    });

    test('does not need its late LF', () => {
      const connection = connectionWith('abor\r');
      assert.equal(connection.takeUnterminatedAbort()?.verb, 'ABOR');
      assert.deepEqual(drain(connection, latin1('NOOP\r\n')), ['NOOP|']);
    });

    test('is not seen in another command nor in half of one', () => {
      for (const text of ['STAT\r', 'ABOR', 'ABO\r', 'XABOR\r', 'STOR ABOR\r']) {
        const connection = connectionWith(text);
        assert.equal(connection.takeUnterminatedAbort(), undefined, text);
        assert.equal(connection.pendingBytes, text.length, text);
      }
    });
  });

  describe('what stands behind AUTH', () => {
    test('is pending: whole lines, half lines and the beginning of Telnet commands', () => {
      for (const behind of ['USER a\r\n', 'USER', '\r', '\xff', '\xff\xfa', '\xff\xfb']) {
        const connection = new ServerConnection();
        connection.receive(latin1(`AUTH TLS\r\n${behind}`));
        assert.equal(connection.nextEvent()?.kind, 'command');
        assert.ok(connection.pendingBytes > 0, JSON.stringify(behind));
        connection.takePending();
        assert.equal(connection.pendingBytes, 0, JSON.stringify(behind));
        assert.deepEqual(drain(connection, latin1('NOOP\r\n')), ['NOOP|'], JSON.stringify(behind));
      }
    });

    test('can be taken out byte for byte', () => {
      const connection = new ServerConnection();
      connection.receive(latin1('AUTH TLS\r\n\x16\x03\x01\x00'));
      connection.nextEvent();
      assert.deepEqual(connection.takePending(), latin1('\x16\x03\x01\x00'));
    });

    test('cannot be completed under TLS', () => {
      for (const behind of ['DELE ', 'x'.repeat(9000), '\xff', '\xff\xfa']) {
        const connection = connectionWith(behind);
        connection.fire('auth-accepted');
        connection.fire('tls-established');
        assert.equal(connection.pendingBytes, 0);
        assert.deepEqual(drain(connection, latin1('USER a\r\n')), ['USER|a']);
      }
    });
  });

  test('refuses events that are out of place, because they are bugs of the owner', () => {
    const connection = new ServerConnection();
    assert.equal(connection.allows('security-cleared'), false);
    assert.throws(() => connection.fire('security-cleared'), LocalProtocolError);
    assert.equal(connection.state.security, 'plain');
    assert.equal(connection.allows('login-accepted'), true);
    connection.fire('login-accepted');
    assert.equal(connection.state.login, 'in');
  });

  test('holds no more than one line and gives the same events for any bytes in any pieces', () => {
    const telnetAndLines = fc.array(
      fc.constantFrom(...'AB \r\n\0\xff\xf4\xf2\xfa\xf0\xfb'.split('').map((c) => c.charCodeAt(0))),
    );
    fc.assert(
      fc.property(telnetAndLines, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (codes, sizes) => {
        const bytes = Uint8Array.from(codes);
        const create = (): ServerConnection => new ServerConnection({ maxLineBytes: 16 });
        const whole = runPieces(create, [bytes], drain);
        assert.deepEqual(runPieces(create, cut(bytes, sizes), drain), whole);
        const connection = create();
        for (const piece of cut(bytes, sizes)) {
          drain(connection, piece);
          assert.ok(connection.pendingBytes <= 17);
        }
      }),
    );
  });
});
