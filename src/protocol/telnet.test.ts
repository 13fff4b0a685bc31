import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cut, latin1, runEveryWay, runPieces } from '../../test/fixtures/every-way.ts';
import { doubleIac, TelnetFilter } from './telnet.ts';

const drain = (filter: TelnetFilter, piece: Uint8Array) => String.fromCharCode(...filter.push(piece)).split('');

function everyWay(text: string): string {
  const options = { behind: latin1('NOOP\r\n') };
  return runEveryWay(() => new TelnetFilter(), latin1(text), drain, options).join('');
}

function answersTo(text: string): number[] {
  const create = () => new TelnetFilter();
  return runEveryWay(create, latin1(text), (filter, piece) => {
    filter.push(piece);
    return [...filter.takeAnswers()];
  });
}

describe('TelnetFilter', () => {
  test('returns the very input where there is no IAC', () => {
    const bytes = latin1('USER \xfe\xf4\r\n');
    assert.equal(new TelnetFilter().push(bytes), bytes);
  });

  test('makes one data byte of a doubled IAC', () => {
    assert.equal(everyWay('RETR \xff\xff\xff\xffa\r\n'), 'RETR \xff\xffa\r\n');
    assert.equal(everyWay('\xff\xff'), '\xff');
  });

  test('drops commands of two bytes', () => {
    for (let command = 0xec; command < 0xfa; command += 1) {
      assert.equal(everyWay(`NO\xff${String.fromCharCode(command)}OP\r\n`), 'NOOP\r\n', command.toString(16));
    }
  });

  test('drops options and refuses them', () => {
    assert.equal(everyWay('N\xff\xfb\x01O\xff\xfc\x02O\xff\xfd\x03P\xff\xfe\x04\r\n'), 'NOOP\r\n');
    assert.deepEqual(answersTo('\xff\xfb\x01'), [0xff, 0xfe, 0x01], 'WILL is answered with DONT');
    assert.deepEqual(answersTo('\xff\xfd\x03'), [0xff, 0xfc, 0x03], 'DO is answered with WONT');
    assert.deepEqual(answersTo('\xff\xfc\x02\xff\xfe\x04'), [], 'WONT and DONT are not answered');
    assert.deepEqual(answersTo('\xff\xfd\xffNOOP\r\n'), [0xff, 0xfc, 0xff], 'option 255 is an option');
  });

  test('gives each answer once and keeps few', () => {
    const filter = new TelnetFilter();
    filter.push(latin1('\xff\xfb\x01'.repeat(10_000)));
    assert.equal(filter.takeAnswers().length, 192);
    assert.equal(filter.takeAnswers().length, 0);
  });

  test('drops subnegotiations, doubled IAC within them included', () => {
    assert.equal(everyWay('NO\xff\xfa\x18\x00vt\xff\xff\xf0100\xff\xf0OP\r\n'), 'NOOP\r\n');
  });

  test('bounds each subnegotiation, not all together', () => {
    assert.equal(everyWay(`\xff\xfa${'x'.repeat(300)}\xff\xf0`.repeat(2) + 'NOOP\r\n'), 'NOOP\r\n');
  });

  test('gives up a subnegotiation without an end, so that what follows meets the bound on lines', () => {
    const text = `\xff\xfa${'x'.repeat(512)}NOOP\r\n`;
    assert.equal(runPieces(() => new TelnetFilter(), [latin1(text)], drain).join(''), 'NOOP\r\n');
  });

  test('notes an interrupt or a data mark until the note is cleared', () => {
    for (const synch of ['\xff\xf4', '\xff\xf2', '\xff\xf4\xff\xf2']) {
      const filter = new TelnetFilter();
      assert.equal(String.fromCharCode(...filter.push(latin1(`${synch}ABOR\r\n`))), 'ABOR\r\n');
      assert.equal(filter.sawInterrupt, true);
      filter.sawInterrupt = false;
      filter.push(latin1('NOOP\r\n'));
      assert.equal(filter.sawInterrupt, false);
    }
  });

  test('does not note an interrupt for a data byte or an option of that value', () => {
    const filter = new TelnetFilter();
    filter.push(latin1('\xf4\xff\xff\xf4\xff\xfb\xf4\xff\xfa\xff\xf4\xff\xf0'));
    assert.equal(filter.sawInterrupt, false);
  });

  test('reads ABOR behind a Synch whose urgent byte did not come in line', () => {
    assert.equal(everyWay('NOOP\r\n\xff\xf4\xf2ABOR\r\n'), 'NOOP\r\nABOR\r\n', 'the IAC of IAC DM was urgent');
    assert.equal(everyWay('NOOP\r\n\xff\xf4\xffABOR\r\n'), 'NOOP\r\nABOR\r\n', 'the DM of IAC DM was urgent');
    assert.equal(everyWay('\xffABOR\r\n'), 'ABOR\r\n', 'the same without IP, as the first line');
  });

  test('keeps a 0xFF of a name that the peer forgot to double', () => {
    assert.equal(everyWay('RETR \xffa\r\nRETR a\xff\r\n'), 'RETR \xffa\r\nRETR a\xff\r\n');
    assert.equal(everyWay('\xff\xf4RETR \xf2\r\n'), 'RETR \xf2\r\n', 'and a byte of the value of a data mark');
  });

  test('tells whether a command is unfinished', () => {
    const filter = new TelnetFilter();
    const inside = [0xff, 0xfb, 0x01, 0xff, 0xf4].map((byte) => {
      filter.push(Uint8Array.of(byte));
      return filter.isInsideCommand;
    });
    assert.deepEqual(inside, [true, true, false, true, false]);
  });

  test('gives the same data and answers in any segmentation of any bytes, never more than came in', () => {
    const telnetBytes = fc.oneof(fc.constantFrom(0xff, 0xff, 0xf4, 0xf2, 0xfa, 0xf0, 0xfb, 0xfd, 10, 65), fc.nat(255));
    const sizes = fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 });
    fc.assert(
      fc.property(fc.array(telnetBytes, { maxLength: 150 }), sizes, (values, sizes) => {
        const run = (pieces: readonly Uint8Array[]) => {
          const filter = new TelnetFilter();
          const data = pieces.flatMap((piece) => [...filter.push(piece)]);
          return { data, answers: [...filter.takeAnswers()], interrupt: filter.sawInterrupt };
        };
        const bytes = Uint8Array.from(values);
        const whole = run([bytes]);
        assert.deepEqual(run(cut(bytes, sizes)), whole);
        assert.ok(whole.data.length <= bytes.length);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('doubleIac', () => {
  test('returns the very input where there is no 0xFF', () => {
    const bytes = latin1('NOOP\r\n');
    assert.equal(doubleIac(bytes), bytes);
  });

  test('is undone by the filter for all data', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0xff), fc.nat(255))), (values) => {
        const filtered = new TelnetFilter().push(doubleIac(Uint8Array.from(values)));
        assert.deepEqual([...filtered], values);
      }),
    );
  });
});
