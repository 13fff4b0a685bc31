import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { cut, latin1, runEveryWay, runPieces } from '../../test/fixtures/every-way.ts';
import { LineSplitter } from './line-splitter.ts';

/** A line as its text, anything else as `<kind>` or `<reason>`. */
function drain(splitter: LineSplitter, piece: Uint8Array): string[] {
  const events: string[] = [];
  splitter.push(piece);
  for (let event = splitter.next(); event !== undefined; event = splitter.next()) {
    if (event.kind === 'line') events.push(String.fromCharCode(...event.bytes));
    else events.push(event.kind === 'malformed' ? `<${event.reason}>` : '<too-long>');
  }
  return events;
}

function everyWay(text: string, maxLineBytes = 8192): string[] {
  const options = { behind: latin1('NOOP\r\nQU') };
  return runEveryWay(() => new LineSplitter({ maxLineBytes }), latin1(text), drain, options);
}

describe('LineSplitter', () => {
  test('gives lines without their CRLF, the unfinished one not at all', () => {
    assert.deepEqual(everyWay('USER a b \r\n\r\nPASS x\r\nQUI'), ['USER a b ', '', 'PASS x']);
  });

  test('passes every byte but NUL, CR and LF', () => {
    const bytes = Array.from({ length: 256 }, (_, value) => value).filter((value) => ![0, 10, 13].includes(value));
    assert.deepEqual(everyWay(`${String.fromCharCode(...bytes)}\r\n`), [String.fromCharCode(...bytes)]);
  });

  test('takes everything up to the next CRLF for one malformed line where it holds a bare LF', () => {
    assert.deepEqual(everyWay('USER x\nNOOP\r\n\nQUIT\r\nPWD\r\n'), ['<bare-lf>', '<bare-lf>', 'PWD']);
    assert.deepEqual(everyWay('MKD a\nDELE f\r\nPWD\r\n'), ['<bare-lf>', 'PWD']);
    assert.deepEqual(everyWay('a\nb\nc\n\n\0\rd\n\r\nPWD\r\n'), ['<bare-lf>', 'PWD']);
    assert.deepEqual(everyWay('\n\r\n\r\nPWD\r\n'), ['<bare-lf>', '', 'PWD']);
    assert.deepEqual(everyWay('a\n\r\r\nPWD\r\n'), ['<bare-lf>', 'PWD']);
  });

  test('reports a bare LF at once, and nothing more of a peer that never sends a CRLF', () => {
    const splitter = new LineSplitter({ maxLineBytes: 20 });
    assert.deepEqual(drain(splitter, latin1('USER x\n')), ['<bare-lf>']);
    for (const line of ['PASS y\n', 'x'.repeat(100), '\n', 'NOOP\n'])
      assert.deepEqual(drain(splitter, latin1(line)), []);
    assert.equal(splitter.pendingBytes, 0);
    assert.deepEqual(drain(splitter, latin1('\r')), []);
    assert.deepEqual(drain(splitter, latin1('\nNOOP\r\n')), ['NOOP']);
  });

  test('takes a line with a bare CR up to its CRLF for one malformed line', () => {
    assert.deepEqual(everyWay('STOR a\rDELE b\r\nNOOP\r\n'), ['<bare-cr>', 'NOOP']);
    assert.deepEqual(everyWay('A\r\r\nB\r\n'), ['<bare-cr>', 'B']);
    assert.deepEqual(everyWay('A\rB\nC\r\nD\r\n'), ['<bare-cr>', 'D']);
  });

  test('takes a line with NUL, and with CR NUL of Telnet, for one malformed line', () => {
    assert.deepEqual(everyWay('STOR a\0b\r\nNOOP\r\n'), ['<nul>', 'NOOP']);
    assert.deepEqual(everyWay('STOR a\r\0b\r\nNOOP\r\n'), ['<nul>', 'NOOP']);
    assert.deepEqual(everyWay('STOR a\0b\nNOOP\r\nPWD\r\n'), ['<nul>', 'PWD']);
    assert.deepEqual(everyWay('STOR a\rb\0\r\nNOOP\r\n'), ['<bare-cr>', 'NOOP'], 'the first defect has the word');
  });

  test('takes lines up to the bound, CRLF included, and drops longer ones up to their end', () => {
    assert.deepEqual(everyWay('12345678\r\nNOOP\r\n', 10), ['12345678', 'NOOP']);
    assert.deepEqual(everyWay('123456789\r\nNOOP\r\n', 10), ['<too-long>', 'NOOP']);
    assert.deepEqual(everyWay('123456789\n\r\nNOOP\r\n', 10), ['<bare-lf>', 'NOOP']);
    assert.deepEqual(everyWay('1234567890\nDELE f\r\nNOOP\r\n', 10), ['<too-long>', 'NOOP']);
    assert.deepEqual(everyWay('12345678901\nDELE f\r\nNOOP\r\n', 10), ['<too-long>', 'NOOP']);
    assert.deepEqual(everyWay(`${'x'.repeat(95)}\r\nNOOP\r\n`, 10), ['<too-long>', 'NOOP']);
    assert.deepEqual(everyWay(`\0${'x'.repeat(95)}\r\nNOOP\r\n`, 10), ['<too-long>', 'NOOP']);
  });

  test('has the bound of 8192 unless told otherwise', () => {
    const events = (length: number) => drain(new LineSplitter(), latin1(`${'x'.repeat(length)}\r\n`));
    assert.equal(events(8190)[0]?.length, 8190);
    assert.deepEqual(events(8191), ['<too-long>']);
  });

  test('reports a line as too long before its end has come, once', () => {
    const splitter = new LineSplitter({ maxLineBytes: 10 });
    assert.deepEqual(drain(splitter, latin1('1234567890')), []);
    assert.deepEqual(drain(splitter, latin1('1')), ['<too-long>']);
    assert.deepEqual(drain(splitter, latin1('x'.repeat(1000))), []);
    assert.equal(splitter.pendingBytes, 0);
    assert.deepEqual(drain(splitter, latin1('\r')), []);
    assert.deepEqual(drain(splitter, latin1('\nNOOP\r\n')), ['NOOP']);
  });

  test('hands out what is not consumed and starts afresh', () => {
    const splitter = new LineSplitter({ maxLineBytes: 10 });
    splitter.push(latin1('AUTH TLS\r\n\x16\x03\x01'));
    assert.equal(splitter.next()?.kind, 'line');
    assert.equal(splitter.pendingBytes, 3);
    assert.deepEqual([...splitter.takePending()], [0x16, 0x03, 0x01]);
    assert.equal(splitter.pendingBytes, 0);
    assert.deepEqual(drain(splitter, latin1('x'.repeat(11))), ['<too-long>']);
    assert.equal(splitter.takePending().length, 0);
    assert.deepEqual(drain(splitter, latin1('NOOP\r\n')), ['NOOP'], 'the line is not the rest of the long one');
  });

  test('gives lines whose bytes belong to the caller', () => {
    const splitter = new LineSplitter();
    const piece = latin1('NOOP\r\n');
    splitter.push(piece);
    const event = splitter.next();
    piece.fill(0);
    splitter.push(latin1('QUIT\r\n'));
    assert.deepEqual(event, { kind: 'line', bytes: latin1('NOOP') });
  });
});

describe('LineSplitter with a line whose LF was urgent data', () => {
  test('reads ABOR CR and swallows the LF when it comes after all', () => {
    for (const late of ['\nNOOP\r\n', 'NOOP\r\n']) {
      const splitter = new LineSplitter();
      assert.deepEqual(drain(splitter, latin1('ABOR\r')), []);
      assert.deepEqual(splitter.peekUnterminated(), latin1('ABOR'));
      assert.deepEqual(splitter.takeUnterminated(), latin1('ABOR'));
      assert.equal(splitter.pendingBytes, 0);
      assert.deepEqual(drain(splitter, latin1('')), []);
      assert.deepEqual(drain(splitter, latin1(late)), ['NOOP']);
    }
  });

  test('swallows one LF only, and only as the very next byte', () => {
    const splitter = new LineSplitter();
    drain(splitter, latin1('ABOR\r'));
    splitter.takeUnterminated();
    assert.deepEqual(drain(splitter, latin1('\n\nNOOP\r\nPWD\r\n')), ['<bare-lf>', 'PWD']);
    drain(splitter, latin1('ABOR\r'));
    splitter.takeUnterminated();
    assert.deepEqual(drain(splitter, latin1('A\r\n')), ['A']);
    assert.deepEqual(drain(splitter, latin1('\n')), ['<bare-lf>']);
  });

  test('swallows nothing once the pending bytes were taken for the switch to TLS', () => {
    const splitter = new LineSplitter();
    drain(splitter, latin1('ABOR\r'));
    splitter.takeUnterminated();
    splitter.takePending();
    assert.deepEqual(drain(splitter, latin1('\nNOOP\r\nPWD\r\n')), ['<bare-lf>', 'PWD']);
  });

  test('does not take the end of a line that is too long for such a line', () => {
    const splitter = new LineSplitter({ maxLineBytes: 5 });
    assert.deepEqual(drain(splitter, latin1('STOR a')), ['<too-long>']);
    splitter.push(latin1('ABOR\r'));
    assert.equal(splitter.takeUnterminated(), undefined);
    assert.deepEqual(drain(splitter, latin1('\nNOO\r\n')), ['NOO']);
  });

  test('does not take anything else for such a line', () => {
    for (const text of ['', 'ABOR', 'ABOR\rN', 'ABOR\r\r', 'AB\rOR\r', 'AB\0OR\r', 'x'.repeat(30) + '\r']) {
      const splitter = new LineSplitter({ maxLineBytes: 20 });
      drain(splitter, latin1(text));
      assert.equal(splitter.peekUnterminated(), undefined, JSON.stringify(text));
      assert.equal(splitter.takeUnterminated(), undefined, JSON.stringify(text));
    }
  });

  test('leaves the line in place when it is only looked at', () => {
    const splitter = new LineSplitter();
    drain(splitter, latin1('NOOP\r'));
    assert.deepEqual(splitter.peekUnterminated(), latin1('NOOP'));
    assert.deepEqual(drain(splitter, latin1('\n')), ['NOOP']);
  });
});

describe('LineSplitter on any bytes', () => {
  const mostlyLineEnds = fc.array(fc.oneof(fc.constantFrom(0, 10, 13, 65), fc.nat(255)), { maxLength: 200 });
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });

  test('gives the same events in any segmentation and stays within its bound', () => {
    fc.assert(
      fc.property(mostlyLineEnds, sizes, (values, sizes) => {
        const bytes = Uint8Array.from(values);
        const create = () => new LineSplitter({ maxLineBytes: 12 });
        const bounded = (splitter: LineSplitter, piece: Uint8Array) => {
          const events = drain(splitter, piece);
          assert.ok(splitter.pendingBytes <= 12);
          return events;
        };
        assert.deepEqual(runPieces(create, cut(bytes, sizes), bounded), runPieces(create, [bytes], bounded));
      }),
      { numRuns: 1000 },
    );
  });

  test('gives one event for each CRLF, one more for a last line that is bad already, and loses no line', () => {
    fc.assert(
      fc.property(mostlyLineEnds, (values) => {
        const text = String.fromCharCode(...values);
        const expected = text.split('\r\n').map((line, index, all) => {
          const isLast = index === all.length - 1;
          const bareLf = line.indexOf('\n');
          const seen = bareLf === -1 ? line : line.slice(0, bareLf);
          // The event comes at the LF, the end of the line or the byte beyond the bound, whichever is first.
          const length = bareLf !== -1 ? bareLf + 1 : line.length + (isLast ? 0 : 2);
          if (length > 12) return '<too-long>';
          if (isLast && bareLf === -1) return undefined;
          const defect = /\r?\0|\r/.exec(seen)?.[0];
          if (defect !== undefined) return defect.endsWith('\0') ? '<nul>' : '<bare-cr>';
          return bareLf === -1 ? line : '<bare-lf>';
        });
        const events = drain(new LineSplitter({ maxLineBytes: 12 }), Uint8Array.from(values));
        assert.deepEqual(
          events,
          expected.filter((event) => event !== undefined),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('takes time in proportion to the bytes when they come one by one', () => {
    const splitter = new LineSplitter({ maxLineBytes: 1 << 20 });
    const one = latin1('x');
    const started = performance.now();
    for (let count = 0; count < 1_000_000; count += 1) {
      splitter.push(one);
      splitter.next();
    }
    const elapsedMs = performance.now() - started;
    assert.equal(splitter.pendingBytes, 1_000_000);
    // Looking at all pending bytes at each step would be 5 * 10^11 of them.
    assert.ok(elapsedMs < 20_000, `${elapsedMs} ms`);
    splitter.push(latin1('\r\n'));
    const event = splitter.next();
    assert.equal(event?.kind === 'line' && event.bytes.length, 1_000_000);
  });
});
