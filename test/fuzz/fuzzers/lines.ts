/** What clients and servers say on the control line: command lines, cutting into lines, Telnet, replies. */

import assert from 'node:assert/strict';
import { PeerProtocolError } from '../../../src/errors/index.ts';
import {
  displayCommand,
  LineSplitter,
  type LineEvent,
  type ParsedReply,
  parseCommandLine,
  ReplyParser,
  serialiseCommand,
  serialiseReply,
  ServerConnection,
  type ServerConnectionEvent,
  TelnetFilter,
} from '../../../src/protocol/index.ts';
import { defineFuzzer } from '../fuzzer.ts';
import { piecesOf, randomFor } from '../pieces.ts';

const verbs = [
  'USER ',
  'PASS ',
  'RETR ',
  'SITE PSWD ',
  'ABOR',
  'NOOP',
  'EPRT |1|127.0.0.1|5000|',
  'OPTS MLST type;',
  'ACCT ',
];
const telnet = ['\xff\xf4', '\xff\xf2', '\xff\xff', '\xff\xfa\x01', '\xff\xf0', '\xff\xfd\x01', '\xff\xfb\x03', '\xff'];
const ends = ['\r\n', '\n', '\r', '\0', '\r\0', ' ', '\r\r\n'];

export const commandLine = defineFuzzer({
  name: 'command-line',
  words: [...verbs, ' ', 'a', '\xc3\xa9', '\xff', '%', '/', '..'],
  runs: 6000,
  check(input) {
    const line = parseCommandLine(input);
    assert.equal(
      line.verb,
      line.verb.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase()),
    );
    assert.equal(line.hasArgument, input.includes(0x20));
    const shown = displayCommand(line.verb, line.argument);
    assert.doesNotMatch(shown, /[\p{Cc}\p{Cs}]/u);
    if (/^(?:PASS|ACCT|ADAT)$/.test(line.verb) && line.argument !== '') assert.equal(shown, `${line.verb} ********`);
    if ([0, 10, 13].some((byte) => input.includes(byte))) return;
    // What can be sent comes back as it was.
    const wire = serialiseCommand(line.verb, line.hasArgument ? line.argument : undefined);
    const clear = new TelnetFilter().push(wire);
    assert.deepEqual(parseCommandLine(clear.subarray(0, -2)), line);
  },
});

/** Everything that a splitter says of these pieces; what it holds is bounded after each. */
function lineEvents(pieces: readonly Uint8Array[]): LineEvent[] {
  const splitter = new LineSplitter({ maxLineBytes: 64 });
  const events: LineEvent[] = [];
  for (const piece of pieces) {
    splitter.push(piece);
    for (let event = splitter.next(); event !== undefined; event = splitter.next()) events.push(event);
    assert.ok(splitter.pendingBytes <= 64);
  }
  return events;
}

export const lineSplitter = defineFuzzer({
  name: 'line-splitter',
  words: [...verbs, ...ends, '\r\n', '\r\n', 'x'.repeat(61), 'x'.repeat(64)],
  runs: 5000,
  check(input) {
    const whole = lineEvents([input]);
    assert.deepEqual(lineEvents(piecesOf(input)), whole);
    assert.deepEqual(lineEvents(piecesOf(input, 1)), whole);
    const lines = Buffer.from(input).toString('latin1').split('\r\n');
    const begun = lines.pop() ?? '';
    // A line that has not ended tells already when it cannot be one.
    const told = begun.includes('\n') || begun.length > 64 ? 1 : 0;
    assert.equal(whole.length, lines.length + told, 'one event for each line');
    for (const event of whole)
      if (event.kind === 'line') assert.ok(event.bytes.every((byte) => ![0, 10, 13].includes(byte)));
  },
});

function connectionEvents(pieces: readonly Uint8Array[]): { events: ServerConnectionEvent[]; answers: string } {
  const connection = new ServerConnection({ maxLineBytes: 256 });
  const events: ServerConnectionEvent[] = [];
  const answers: Uint8Array[] = [];
  for (const piece of pieces) {
    connection.receive(piece);
    answers.push(connection.takeTelnetAnswers());
    for (let event = connection.nextEvent(); event !== undefined; event = connection.nextEvent()) events.push(event);
  }
  connection.takePending();
  assert.equal(connection.pendingBytes, 0);
  return { events, answers: Buffer.concat(answers).toString('hex') };
}

export const controlLine = defineFuzzer({
  name: 'control-line',
  words: [...verbs, ...ends, ...telnet, '\r\n'],
  runs: 4000,
  check(input) {
    const whole = connectionEvents([input]);
    assert.deepEqual(connectionEvents(piecesOf(input)).events, whole.events);
    // Refusals that nobody takes are bounded, so that only small inputs get all of theirs in one go.
    if (input.length < 64) assert.equal(connectionEvents(piecesOf(input)).answers, whole.answers);
  },
});

/** The replies in these pieces and the code of the error that ended them. */
function repliesIn(pieces: readonly Uint8Array[]): { replies: ParsedReply[]; error: string | undefined } {
  const parser = new ReplyParser({ maxReplyBytes: 300 });
  const replies: ParsedReply[] = [];
  try {
    for (const piece of pieces) {
      parser.push(piece);
      for (let reply = parser.next(); reply !== undefined; reply = parser.next()) replies.push(reply);
      assert.ok(parser.pendingBytes <= 300);
    }
  } catch (error) {
    if (!(error instanceof PeerProtocolError)) throw error;
    assert.doesNotMatch(error.message, /\p{Cc}/u);
    return { replies, error: error.code };
  }
  return { replies, error: undefined };
}

export const replies = defineFuzzer({
  name: 'replies',
  words: [
    '220 ',
    '220-',
    '220',
    '150',
    '226 ok\r\n',
    '211-a\r\n b\r\n',
    '211 End\r\n',
    '\n',
    '\r\n',
    '\0',
    '\xff',
    'é',
    '999',
    '000',
  ],
  runs: 5000,
  check(input) {
    const whole = repliesIn([input]);
    const inPieces = repliesIn(piecesOf(input));
    assert.deepEqual(inPieces.replies, whole.replies);
    // A bound that is passed and a line that is none can be met in another order, and both end the line.
    assert.equal(inPieces.error === undefined, whole.error === undefined);
    for (const reply of whole.replies) {
      assert.ok(reply.code >= 100 && reply.code <= 599);
      const wire = new TelnetFilter().push(serialiseReply({ code: reply.code, lines: reply.lines }));
      const again = repliesIn([wire]);
      if (wire.length < 300) assert.deepEqual([again.replies.length, again.error], [1, undefined]);
    }
    // Whatever is put into a reply, it stays one.
    const random = randomFor(input);
    const lines = Buffer.from(input)
      .toString('latin1')
      .slice(0, 40)
      .split(random.pick([';', 'a', '\n']));
    const wire = new TelnetFilter().push(serialiseReply({ code: 550, lines }));
    if (wire.length < 300) assert.equal(repliesIn([wire]).replies.length, 1);
  },
});
