import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { LocalProtocolError } from '../errors/index.ts';
import { latin1 } from '../../test/fixtures/every-way.ts';
import { displayCommand, parseCommandLine, serialiseCommand } from './command-line.ts';
import { decodePathText, hasControlCharacters } from './path-text.ts';

const parse = (text: string) => parseCommandLine(latin1(text));

describe('parseCommandLine', () => {
  test('takes the verb in upper case and the argument as it is', () => {
    assert.deepEqual(parse('user Anna'), { verb: 'USER', argument: 'Anna', hasArgument: true });
    assert.deepEqual(parse('NOOP'), { verb: 'NOOP', argument: '', hasArgument: false });
  });

  test('ends the verb at one space and keeps all the others', () => {
    assert.deepEqual(parse('RETR  a b '), { verb: 'RETR', argument: ' a b ', hasArgument: true });
    assert.deepEqual(parse('PASS '), { verb: 'PASS', argument: '', hasArgument: true });
    assert.deepEqual(parse('SITE CHMOD 644 a'), { verb: 'SITE', argument: 'CHMOD 644 a', hasArgument: true });
  });

  test('gives an empty verb for an empty line and for a line that starts with a space', () => {
    assert.deepEqual(parse(''), { verb: '', argument: '', hasArgument: false });
    assert.deepEqual(parse(' USER a'), { verb: '', argument: 'USER a', hasArgument: true });
  });

  test('changes the case of ASCII letters only', () => {
    assert.equal(parseCommandLine(new TextEncoder().encode('stör ß')).verb, 'STöR');
    assert.equal(parse('s\xffx').verb, 'S\udcffX');
  });

  test('reads any bytes without loss and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const { verb, argument, hasArgument } = parseCommandLine(bytes);
        const space = bytes.indexOf(0x20);
        assert.equal(hasArgument, space !== -1);
        assert.equal(argument, space === -1 ? '' : decodePathText(bytes.subarray(space + 1)));
        assert.equal(verb.includes(' '), false);
      }),
    );
  });
});

describe('serialiseCommand', () => {
  test('ends the line with CRLF and puts one space before an argument', () => {
    assert.deepEqual(serialiseCommand('NOOP'), latin1('NOOP\r\n'));
    assert.deepEqual(serialiseCommand('RETR', ' a'), latin1('RETR  a\r\n'));
    assert.deepEqual(serialiseCommand('PASS', ''), latin1('PASS \r\n'));
  });

  test('doubles the byte 0xFF and keeps undecodable bytes', () => {
    assert.deepEqual(serialiseCommand('RETR', '\udcff\udce9é'), latin1('RETR \xff\xff\xe9\xc3\xa9\r\n'));
  });

  test('refuses CR, LF and NUL and does not repeat the argument', () => {
    for (const bad of ['\r', '\n', '\0', '\r\nDELE x']) {
      for (const [verb, argument] of [
        ['PASS', `geheim${bad}`],
        ['PASS', `${bad}geheim`],
        [`NO${bad}OP`, 'geheim'],
        [`NOOP${bad}`, undefined],
      ] as const) {
        assert.throws(
          () => serialiseCommand(verb, argument),
          (error: unknown) =>
            error instanceof LocalProtocolError &&
            error.code === 'ERR_TWINLINE_COMMAND_TEXT' &&
            !error.message.includes('geheim') &&
            !hasControlCharacters(error.message),
        );
      }
    }
  });

  test('is undone by parseCommandLine for every argument that can be sent', () => {
    const argument = fc.uint8Array({ maxLength: 40 }).map((bytes) => decodePathText(bytes).replace(/[\r\n\0]/g, '_'));
    fc.assert(
      fc.property(fc.constantFrom('STOR', 'SITE', 'X'), fc.option(argument, { nil: undefined }), (verb, argument) => {
        const bytes = serialiseCommand(verb, argument);
        const single = String.fromCharCode(...bytes).replaceAll('\xff\xff', '\xff');
        assert.ok(single.endsWith('\r\n'));
        assert.deepEqual(parse(single.slice(0, -2)), {
          verb,
          argument: argument ?? '',
          hasArgument: argument !== undefined,
        });
      }),
    );
  });

  test('writes exactly one line whatever the text, or throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (verb, argument) => {
        let bytes: Uint8Array;
        try {
          bytes = serialiseCommand(verb, argument);
        } catch (error) {
          assert.ok(error instanceof LocalProtocolError);
          return;
        }
        assert.equal(bytes.indexOf(0x0a), bytes.length - 1);
        assert.equal(bytes.indexOf(0x0d), bytes.length - 2);
      }),
    );
  });
});

describe('displayCommand', () => {
  test('shows commands as they are, control characters and undecodable bytes escaped', () => {
    assert.equal(displayCommand('NOOP'), 'NOOP');
    assert.equal(displayCommand('NOOP', ''), 'NOOP');
    assert.equal(displayCommand('USER', 'pass'), 'USER pass');
    assert.equal(displayCommand('SITE', 'CHMOD 644 a'), 'SITE CHMOD 644 a');
    assert.equal(displayCommand('RETR', 'a\x1b[2J\udce9'), 'RETR a\\x1B[2J\\xE9');
  });

  test('never shows a secret', () => {
    const lines = ['PASS geheim', 'pAsS geheim', 'PASS\tgeheim', 'PASSgeheim', ' PASS geheim', '\xffPASS  geheim'];
    for (const line of lines) {
      const { verb, argument } = parse(line);
      assert.equal(displayCommand(verb, argument), 'PASS ********', JSON.stringify(line));
    }
    assert.equal(displayCommand('pass', 'geheim'), 'PASS ********');
    assert.equal(displayCommand('PASS'), 'PASS');
    assert.equal(displayCommand('Acct', 'geheim'), 'ACCT ********');
    assert.equal(displayCommand('ADAT', 'geheim'), 'ADAT ********');
    assert.equal(displayCommand('SITE', 'PSWD geheim neu'), 'SITE PSWD ********');
    assert.equal(displayCommand('site', '  pswd geheim neu'), 'SITE PSWD ********');
  });

  test('shows nothing of what stands behind PASS in any case and behind any space', () => {
    const verb = fc.mixedCase(fc.constantFrom('pass', 'acct', 'site pswd'));
    const gap = fc.constantFrom(' ', '  ', '\t', '');
    fc.assert(
      fc.property(verb, gap, fc.stringMatching(/^[g-k]{6,12}$/), (verb, gap, secret) => {
        const command = parse(`${verb}${gap}${secret}`);
        assert.equal(displayCommand(command.verb, command.argument).toLowerCase().includes(secret), false);
      }),
    );
  });
});
