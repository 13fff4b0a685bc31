import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { PeerProtocolError } from '../errors/index.ts';
import { cut, latin1, runEveryWay, runPieces } from '../../test/fixtures/every-way.ts';
import { type Reply, ReplyParser, serialiseReply } from './reply.ts';
import { decodePathText, escapeControlCharacters } from './path-text.ts';
import { TelnetFilter } from './telnet.ts';

type Outcome = { code: number; lines: readonly string[] } | { error: string };

/** The replies that come out of one more piece; an error is the last outcome and comes once. */
function drain(parser: ReplyParser, piece: Uint8Array): Outcome[] {
  const outcomes: Outcome[] = [];
  parser.push(piece);
  try {
    for (let reply = parser.next(); reply !== undefined; reply = parser.next()) {
      outcomes.push({ code: reply.code, lines: reply.lines });
    }
  } catch (error) {
    assert.ok(error instanceof PeerProtocolError);
    outcomes.push({ error: error.code });
  }
  return outcomes;
}

/** One parser of a test that fails once: later pieces repeat the error, which counts once. */
function drainOnce(parser: ReplyParser & { failed?: boolean }, piece: Uint8Array): Outcome[] {
  if (parser.failed === true) return [];
  const outcomes = drain(parser, piece);
  parser.failed = outcomes.some((outcome) => 'error' in outcome);
  return outcomes;
}

function everyWay(text: string, maxReplyBytes = 65536): Outcome[] {
  const options = { behind: latin1('150 Next\r\n226') };
  return runEveryWay(() => new ReplyParser({ maxReplyBytes }), latin1(text), drainOnce, options);
}

const written = (reply: Reply) => String.fromCharCode(...serialiseReply(reply));
const bad: Outcome = { error: 'ERR_TWINLINE_BAD_REPLY' };
const tooLong: Outcome = { error: 'ERR_TWINLINE_REPLY_TOO_LONG' };

describe('serialiseReply', () => {
  test('writes one line with a space behind the code', () => {
    assert.equal(written({ code: 220, lines: ['Hello'] }), '220 Hello\r\n');
    assert.equal(written({ code: 200, lines: [''] }), '200 \r\n');
    assert.equal(written({ code: 200, lines: [] }), '200 \r\n');
  });

  test('writes several lines with the code before the first and the last', () => {
    const reply = { code: 211, lines: ['Features:', ' SIZE', ' UTF8', 'End'] };
    assert.equal(written(reply), '211-Features:\r\n SIZE\r\n UTF8\r\n211 End\r\n');
  });

  test('writes the code before every line when asked to', () => {
    const reply = { code: 220, lines: ['a', '220 b', 'c'], everyLineNumbered: true };
    assert.equal(written(reply), '220-a\r\n220-220 b\r\n220 c\r\n');
  });

  test('puts a space before an inner line that could be taken for the end or for another reply', () => {
    const reply = { code: 214, lines: ['first', '214 end?', '530x', '21 no', 'last'] };
    assert.equal(written(reply), '214-first\r\n 214 end?\r\n 530x\r\n21 no\r\n214 last\r\n');
  });

  test('writes no control character, so that a name cannot make a reply', () => {
    const reply = { code: 550, lines: ['a\r\n230 Logged in', 'x\0\x1b[2J'] };
    assert.equal(written(reply), '550-a\\x0D\\x0A230 Logged in\r\n550 x\\x00\\x1B[2J\r\n');
  });

  test('keeps undecodable bytes and doubles 0xFF', () => {
    assert.equal(written({ code: 257, lines: ['"/\udce9\udcff"'] }), '257 "/\xe9\xff\xff"\r\n');
  });
});

describe('ReplyParser', () => {
  test('reads several replies, one line each', () => {
    assert.deepEqual(everyWay('150 Opening\r\n226 Done. \r\n200\r\n200 \r\n'), [
      { code: 150, lines: ['Opening'] },
      { code: 226, lines: ['Done. '] },
      { code: 200, lines: [''] },
      { code: 200, lines: [''] },
    ]);
  });

  test('reads several lines up to the same code and a space', () => {
    assert.deepEqual(everyWay('123-First line\r\nSecond line\r\n  234 A line\r\n123 The last line\r\n'), [
      { code: 123, lines: ['First line', 'Second line', '  234 A line', 'The last line'] },
    ]);
  });

  test('is not misled by inner lines', () => {
    const text = '211-a\r\n\r\n230 no\r\n211-b\r\n211x\r\n2111 c\r\n 211 d\r\n211\te\r\n212-f\r\n211 end\r\n';
    assert.deepEqual(everyWay(text), [
      { code: 211, lines: ['a', '', '230 no', 'b', '211x', '2111 c', ' 211 d', '211\te', '212-f', 'end'] },
    ]);
  });

  test('ends a reply at its code alone', () => {
    assert.deepEqual(everyWay('220-a\r\n220\r\n331 b\r\n'), [
      { code: 220, lines: ['a', ''] },
      { code: 331, lines: ['b'] },
    ]);
  });

  test('accepts a bare LF as the end of a line and keeps a CR elsewhere', () => {
    assert.deepEqual(everyWay('220-a\nb\n220 c\r\r\n'), [{ code: 220, lines: ['a', 'b', 'c\r'] }]);
  });

  test('gives the raw lines for traces', () => {
    const parser = new ReplyParser();
    parser.push(latin1('220-a\r\n220-b\r\n c\r\n220 d\r\n'));
    assert.deepEqual(parser.next(), {
      code: 220,
      lines: ['a', 'b', ' c', 'd'],
      rawLines: ['220-a', '220-b', ' c', '220 d'],
    });
  });

  test('keeps undecodable bytes of names', () => {
    assert.deepEqual(everyWay('257 "/\xe9\xc3\xa9"\r\n'), [{ code: 257, lines: ['"/\udce9é"'] }]);
  });

  test('refuses what is no reply', () => {
    const lines = ['SSH-2.0-x', 'HTTP/1.1 200 OK', '', ' 220 x', '22 x', '2200 x', '220x', '220\tx', '099 x', '600 x'];
    for (const line of lines) assert.deepEqual(everyWay(`${line}\r\n`), [bad], JSON.stringify(line));
    assert.deepEqual(everyWay('220 a\r\nnoise\r\n220 b\r\n'), [{ code: 220, lines: ['a'] }, bad]);
    assert.deepEqual(everyWay('220 a\0b\r\n'), [bad]);
    assert.deepEqual(everyWay('220-a\r\nb\0\r\n220 c\r\n'), [bad]);
  });

  test('shows a short and harmless piece of what is no reply', () => {
    const parser = new ReplyParser();
    parser.push(latin1(`\x1b[2J${'x'.repeat(5000)}\r\n`));
    assert.throws(() => parser.next(), { message: `Not an FTP reply: \\x1B[2J${'x'.repeat(76)}` });
  });

  test('takes a reply up to its bound and none beyond, line ends included', () => {
    assert.deepEqual(everyWay('220 45678\r\n', 11), [{ code: 220, lines: ['45678'] }]);
    assert.deepEqual(everyWay('220 456789\r\n', 11), [tooLong]);
    assert.deepEqual(everyWay('220-\r\n\r\n\r\n220 \r\n', 16), [{ code: 220, lines: ['', '', '', ''] }]);
    assert.deepEqual(everyWay('220-\r\n\r\n\r\n220 x\r\n', 16), [tooLong]);
    assert.deepEqual(everyWay('220 45678\r\n226 45678\r\n', 11).length, 2, 'the bound is for each reply');
  });

  test('fails for good and holds nothing afterwards', () => {
    const parser = new ReplyParser({ maxReplyBytes: 100 });
    parser.push(latin1('x'.repeat(101)));
    assert.throws(() => parser.next(), { code: 'ERR_TWINLINE_REPLY_TOO_LONG' });
    parser.push(latin1('220 Hello\r\n'));
    assert.equal(parser.pendingBytes, 0);
    assert.throws(() => parser.next(), { code: 'ERR_TWINLINE_REPLY_TOO_LONG' });
  });

  test('tells and hands out what stands behind the last whole reply, half a reply included', () => {
    const parser = new ReplyParser();
    parser.push(latin1('234 Go\r\n220-inject\r\nme'));
    assert.equal(parser.next()?.code, 234);
    assert.equal(parser.next(), undefined);
    assert.equal(parser.pendingBytes, 14);
    assert.deepEqual(parser.takePending(), latin1('220-inject\r\nme'));
    assert.equal(parser.pendingBytes, 0);
    assert.deepEqual(drain(parser, latin1('230 In\r\n')), [{ code: 230, lines: ['In'] }]);
  });
});

describe('replies of any kind', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.uint8Array({ maxLength: 12 }).map(decodePathText),
    fc.constantFrom('', '211 end', '211-x', '211', '500 x', ' 211 x', '2'),
  );
  const reply = fc.record({
    code: fc.constantFrom(120, 211, 500),
    lines: fc.array(line, { minLength: 1, maxLength: 5 }),
    everyLineNumbered: fc.boolean(),
  });
  const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 9 });

  /** What the other side reads: control characters escaped, and a space where one had to be added. */
  function asRead({ code, lines, everyLineNumbered }: Required<Reply>): Outcome {
    const escaped = lines.map(escapeControlCharacters).map((line, index) => {
      const isInner = index > 0 && index < lines.length - 1;
      return isInner && !everyLineNumbered && /^\d\d\d/.test(line) ? ` ${line}` : line;
    });
    return { code, lines: escaped };
  }

  test('are read as they were written, any number of them in any segmentation', () => {
    fc.assert(
      fc.property(fc.array(reply, { maxLength: 4 }), sizes, (replies, sizes) => {
        const bytes = Uint8Array.from(replies.flatMap((one) => [...serialiseReply(one)]));
        const filter = new TelnetFilter();
        const read = (parser: ReplyParser, piece: Uint8Array) => drain(parser, filter.push(piece));
        const outcomes = runPieces(() => new ReplyParser(), cut(bytes, sizes), read);
        assert.deepEqual(outcomes, replies.map(asRead));
      }),
      { numRuns: 500 },
    );
  });

  test('give the same outcome in any segmentation of any bytes, and only the two errors', () => {
    const piece = fc.oneof(fc.constantFrom('220 ', '220-', '220', '331 ', '\r\n', '\n', '\r', '\0', 'x'), line);
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), sizes, (pieces, sizes) => {
        const bytes = latin1(pieces.join(''));
        const create = () => new ReplyParser({ maxReplyBytes: 30 });
        const bounded = (parser: ReplyParser, piece: Uint8Array) => {
          const outcomes = drainOnce(parser, piece);
          assert.ok(parser.pendingBytes <= 30);
          return outcomes;
        };
        assert.deepEqual(runPieces(create, cut(bytes, sizes), bounded), runPieces(create, [bytes], bounded));
      }),
      { numRuns: 1000 },
    );
  });

  test('take time in proportion to the bytes when they come one by one', () => {
    const parser = new ReplyParser({ maxReplyBytes: 1 << 22 });
    const one = latin1('x');
    parser.push(latin1('220-'));
    const started = performance.now();
    for (let count = 0; count < 1_000_000; count += 1) {
      parser.push(one);
      parser.next();
    }
    const elapsedMs = performance.now() - started;
    assert.ok(elapsedMs < 20_000, `${elapsedMs} ms`);
    assert.equal(drain(parser, latin1('\r\n220 end\r\n')).length, 1);
  });
});
