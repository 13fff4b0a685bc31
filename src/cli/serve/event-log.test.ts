import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { PassThrough, Writable } from 'node:stream';
import { createTempFolder } from '../../testing/index.ts';
import { EventLog } from './event-log.ts';

const listening = { at: 0, type: 'listening', host: '127.0.0.1', port: 1, mode: 'explicit' } as const;
let count = 0;
const numbered = (): string[] => [`line ${(count += 1)}`];

/** A reader that takes nothing until it is told to. */
function stalledStream() {
  const written: string[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      written.push(text);
      waiting.push(done);
    },
  });
  return { stream, written, release: () => waiting.shift()?.() };
}

describe('the event log', () => {
  test('gathers the lines of a moment into one write, in order', async () => {
    const { stream, written, release } = stalledStream();
    const log = new EventLog({ format: () => ['a', 'b'], stream, onReaderGone: assert.fail });
    log.open();
    log.take(listening);
    log.take(listening);
    const closed = log.close();
    release();
    await closed;
    assert.deepEqual(written, ['a\nb\na\nb\n']);
  });

  test('holds everything back until it is opened, and for ever when it is not', async () => {
    const { stream, written } = stalledStream();
    const early = new EventLog({ format: () => ['early'], stream, onReaderGone: assert.fail });
    early.take(listening);
    await early.close();
    assert.deepEqual(written, []);
    const late = new EventLog({ format: () => ['late'], stream, onReaderGone: assert.fail });
    late.take(listening);
    late.open();
    assert.deepEqual(written, ['late\n']);
  });

  test('writes without being asked', async () => {
    const stream = new PassThrough();
    const log = new EventLog({ format: () => ['a'], stream, onReaderGone: assert.fail });
    log.open();
    log.take(listening);
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    assert.equal(chunk.toString(), 'a\n');
  });

  test('drops and counts what a stalled reader does not take, and gives the reader up at the end', async () => {
    const { stream } = stalledStream();
    const stalled = { stream, maxWaitingBytes: 10, lastWordsMs: 20 };
    const log = new EventLog({ ...stalled, format: numbered, onReaderGone: assert.fail });
    log.open();
    for (let round = 0; round < 3; round += 1) {
      for (let event = 0; event < 5; event += 1) log.take(listening);
      assert.equal(await log.close(), false);
    }
    assert.equal(log.droppedLines, 10);
  });

  test('hands over what it has at the end of the process, to a file without delay', async () => {
    await using folder = await createTempFolder();
    const stream = createWriteStream(folder.join('log'));
    await once(stream, 'open');
    const log = new EventLog({ format: () => ['last words'], stream, onReaderGone: assert.fail });
    log.open();
    log.take(listening);
    log.writeRest();
    assert.equal(readFileSync(folder.join('log'), 'utf8'), 'last words\n');
    stream.destroy();
    const { stream: pipe, written } = stalledStream();
    const piped = new EventLog({ format: () => ['last words'], stream: pipe, onReaderGone: assert.fail });
    piped.open();
    piped.take(listening);
    piped.writeRest();
    assert.deepEqual(written, ['last words\n']);
  });

  test('goes on without a reader, and says so once', async () => {
    let gone = 0;
    const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
    const log = new EventLog({ format: () => ['a'], stream, onReaderGone: () => (gone += 1) });
    log.open();
    log.take(listening);
    await log.close();
    log.take(listening);
    await log.close();
    assert.equal(gone, 1);
  });
});
