import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { ReplyError, TimeoutError, TransferIncompleteError } from '../../errors/index.ts';
import { type Script, type ScriptedSession, seededBytes, type WatchedLine } from '../../testing/index.ts';
import { KeepingSink } from '../../../test/fixtures/byte-sink.ts';
import { modes, startPair, tlsModes } from '../../../test/fixtures/client-pair.ts';

const file = seededBytes(300_000, 11);
const files = { f: file };

/** A RETR that says 150 and then does as it is told with the data line. */
function retrieve(body: (session: ScriptedSession, line: WatchedLine) => Promise<void>): Record<string, Script> {
  const RETR: Script = async (session) => {
    await session.reply('150 Here it comes');
    await body(session, await session.acceptData());
  };
  return { RETR };
}

function endInOrder(line: WatchedLine): void {
  if (line.tls === undefined) line.fin();
  else line.closeNotifyThenFin();
}

for (const mode of modes) {
  describe(`a download (${mode.name})`, () => {
    test('brings every byte and says what happened', async () => {
      await using pair = await startPair(mode, { files });
      const sink = new KeepingSink();
      const seen: number[] = [];
      const result = await pair.client.download('f', sink, { onProgress: ({ bytes }) => seen.push(bytes) });
      assert.deepEqual(sink.bytes, file);
      const { outcome, bytes, size, offset, reply } = result;
      assert.deepEqual(
        { outcome, bytes, size, offset, reply },
        {
          outcome: 'complete',
          bytes: 300_000,
          size: 300_000,
          offset: 0,
          reply: '226 Done',
        },
      );
      assert.equal(result.tls?.resumed, mode.security === 'explicit' ? true : undefined);
      assert.equal(seen.at(-1), 300_000);
    });

    test('of nothing brings nothing and is complete', async () => {
      await using pair = await startPair(mode, { files: { f: Buffer.alloc(0) } });
      assert.equal((await pair.client.download('f', new KeepingSink())).outcome, 'complete');
    });

    test('begins where it is told to', async () => {
      await using pair = await startPair(mode, { files });
      const sink = new KeepingSink();
      const result = await pair.client.download('f', sink, { offset: 299_000 });
      assert.deepEqual(sink.bytes, file.subarray(299_000));
      assert.equal(result.bytes, 1000);
      assert.ok(pair.session.commands.includes('REST 299000'));
    });

    test('is done when both lines say so, the reply first', async () => {
      const commands = retrieve(async (session, line) => {
        await line.write(file.subarray(0, 1000));
        await session.reply('226 Done');
        await sleep(30);
        await line.write(file.subarray(1000));
        endInOrder(line);
      });
      await using pair = await startPair(mode, { files, commands });
      const sink = new KeepingSink();
      assert.equal((await pair.client.download('f', sink)).outcome, 'complete');
      assert.deepEqual(sink.bytes, file);
    });

    test('is done when both lines say so, the reply late and in pieces', async () => {
      const commands = retrieve(async (session, line) => {
        await line.write(file);
        endInOrder(line);
        await session.send('226-Done\r\n 226 not yet\r\n226 Now\r\n', { delayMs: 30, splitAt: [2, 9, 25, 28] });
      });
      await using pair = await startPair(mode, { files, commands });
      assert.equal((await pair.client.download('f', new KeepingSink())).outcome, 'complete');
    });

    test('that is reset is lost, even when 226 comes', async () => {
      const commands = retrieve(async (session, line) => {
        await line.write(file);
        await sleep(20);
        line.reset();
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { files, commands });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_DATA_LOST',
        channel: 'data',
        resumable: true,
      });
      assert.equal(await pair.client.size('f'), 300_000);
    });

    test('with fewer bytes than SIZE says is incomplete, however orderly it ends', async () => {
      const commands = retrieve(async (session, line) => {
        await line.write(file.subarray(0, 1000));
        endInOrder(line);
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { files, commands });
      const error: unknown = await pair.client.download('f', new KeepingSink()).catch((reason: unknown) => reason);
      assert.ok(error instanceof TransferIncompleteError, String(error));
      const { code, bytesHere, bytesThere, resumable } = error;
      const expected = { code: 'ERR_TWINLINE_INCOMPLETE', bytesHere: 1000, bytesThere: 300_000, resumable: true };
      assert.deepEqual({ code, bytesHere, bytesThere, resumable }, expected);
    });

    test('of a file that grew in between is complete', async () => {
      let looks = 0;
      const SIZE: Script = (session) => session.reply(looks++ === 0 ? '213 1000' : '213 300000');
      await using pair = await startPair(mode, { files, commands: { SIZE } });
      assert.equal((await pair.client.download('f', new KeepingSink())).size, 300_000);
    });

    test('with more bytes than the server has is incomplete', async () => {
      await using pair = await startPair(mode, { files, commands: { SIZE: '213 1000' } });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_INCOMPLETE',
        resumable: false,
      });
    });

    test('that ends with 4xx or 5xx is refused, and the session goes on', async () => {
      for (const reply of ['426 Aborted', '451 Disk trouble', '550 Gone']) {
        const commands = retrieve(async (session, line) => {
          await line.write(file);
          endInOrder(line);
          await session.reply(reply);
        });
        await using pair = await startPair(mode, { files, commands });
        await assert.rejects(pair.client.download('f', new KeepingSink()), {
          code: 'ERR_TWINLINE_REFUSED',
          replyCode: Number(reply.slice(0, 3)),
        });
        assert.equal(await pair.client.size('f'), 300_000);
      }
    });

    test('that is refused leaves no data connection and an open session', async () => {
      await using pair = await startPair(mode, { files });
      for (let round = 0; round < 3; round += 1) {
        const error: unknown = await pair.client.download('none', new KeepingSink()).catch((reason: unknown) => reason);
        assert.ok(
          error instanceof ReplyError && error.replyCode === 550 && error.command === 'RETR none',
          String(error),
        );
      }
      assert.equal(pair.client.counts.get('transfer'), 0);
      assert.equal((await pair.client.download('f', new KeepingSink())).bytes, 300_000);
    });

    test('that stalls is given up by its own deadline', async () => {
      const commands = retrieve(async (_session, line) => line.write(file.subarray(0, 1000)));
      await using pair = await startPair(mode, { files, commands }, { deadlines: { stallMs: 80, abortMs: 80 } });
      const startedMs = performance.now();
      const error: unknown = await pair.client.download('f', new KeepingSink()).catch((reason: unknown) => reason);
      assert.ok(error instanceof TimeoutError && error.phase === 'stall' && error.channel === 'data', String(error));
      assert.ok(performance.now() - startedMs < 1000);
    });

    test('is no stall while the target is what takes its time', async () => {
      await using pair = await startPair(mode, { files }, { deadlines: { stallMs: 40 } });
      const slow = { write: () => sleep(150) };
      assert.equal((await pair.client.download('f', slow)).outcome, 'complete');
    });

    test('whose target fails is aborted, and the session goes on', async () => {
      await using pair = await startPair(mode, { files });
      const failing = { write: () => Promise.reject(new Error('no room')) };
      await assert.rejects(pair.client.download('f', failing), /no room/);
      assert.ok(pair.verbs().includes('ABOR'));
      assert.equal((await pair.client.download('f', new KeepingSink())).bytes, 300_000);
    });

    test('whose watcher throws is aborted, and the session goes on', async () => {
      await using pair = await startPair(mode, { files });
      const onProgress = (): never => {
        throw new Error('no more');
      };
      await assert.rejects(pair.client.download('f', new KeepingSink(), { onProgress }), /no more/);
      assert.equal((await pair.client.download('f', new KeepingSink())).bytes, 300_000);
    });

    test('goes into streams of Node and of the Web, which stay open', async () => {
      await using pair = await startPair(mode, { files });
      const chunks: Uint8Array[] = [];
      const node = new Writable({
        highWaterMark: 1000,
        write: (chunk: Buffer, _encoding, done) => {
          chunks.push(Buffer.from(chunk));
          setImmediate(done);
        },
      });
      await pair.client.download('f', node);
      assert.deepEqual(Buffer.concat(chunks.splice(0)), file);
      assert.equal(node.writableEnded, false);
      const web = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(Uint8Array.from(chunk)) });
      await pair.client.download('f', web);
      assert.deepEqual(Buffer.concat(chunks), file);
      assert.equal(web.locked, false);
    });

    test('keeps to its rate from the first second on', async () => {
      await using pair = await startPair(mode, { files });
      const times: number[] = [];
      const sink = new KeepingSink();
      const startedMs = performance.now();
      const result = await pair.client.download('f', sink, {
        rateLimit: 1_000_000,
        onProgress: ({ bytes }) => {
          const allowed = 1_000_000 * ((performance.now() - startedMs) / 1000) + 150_000;
          if (bytes > allowed) times.push(bytes);
        },
      });
      assert.deepEqual(times, []);
      assert.deepEqual(sink.bytes, file);
      assert.ok(result.durationMs > 180 && result.durationMs < 1000, String(result.durationMs));
    });
  });
}

for (const mode of tlsModes) {
  describe(`an end without close_notify (${mode.name})`, () => {
    const cut = (bytes: Buffer) =>
      retrieve(async (session, line) => {
        await line.write(bytes);
        line.finWithoutCloseNotify();
        await session.reply('226 Done');
      });

    test('is an error where nothing proves the file whole', async () => {
      for (const rateLimit of [undefined, 1_000_000]) {
        for (const SIZE of ['502 No', '550 No such file']) {
          await using pair = await startPair(mode, { commands: { ...cut(file), SIZE } });
          const download = pair.client.download('f', new KeepingSink(), rateLimit === undefined ? {} : { rateLimit });
          await assert.rejects(download, { code: 'ERR_TWINLINE_DATA_TRUNCATED', channel: 'data' });
        }
      }
    });

    test('is forgiven where SIZE proves the file whole', async () => {
      for (const rateLimit of [undefined, 1_000_000]) {
        await using pair = await startPair(mode, { files, commands: cut(file) });
        const sink = new KeepingSink();
        const result = await pair.client.download('f', sink, rateLimit === undefined ? {} : { rateLimit });
        assert.equal(result.outcome, 'complete');
        assert.deepEqual(sink.bytes, file);
      }
    });

    test('in the middle is incomplete', async () => {
      for (const rateLimit of [undefined, 1_000_000]) {
        await using pair = await startPair(mode, { files, commands: cut(file.subarray(0, 200_000)) });
        const download = pair.client.download('f', new KeepingSink(), rateLimit === undefined ? {} : { rateLimit });
        await assert.rejects(download, { code: 'ERR_TWINLINE_INCOMPLETE' });
      }
    });

    test('in the middle of a record is an error too', async () => {
      const commands = retrieve(async (session, line) => {
        await line.write(file.subarray(0, 5000));
        line.cutOutputAfter(500);
        await line.write(file.subarray(5000, 9000));
        line.raw.end();
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: /^ERR_TWINLINE_DATA_(?:TRUNCATED|LOST)$/,
      });
    });

    test('is told from an orderly end also when the target is slow and when the line is read at a limit', async () => {
      const big = seededBytes(3_000_000, 12);
      const commands = retrieve(async (session, line) => {
        await line.write(big);
        endInOrder(line);
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      const slow = { write: () => sleep(10) };
      assert.equal((await pair.client.download('f', slow)).outcome, 'complete');
      const limited = await pair.client.download('f', new KeepingSink(), { rateLimit: 10_000_000 });
      assert.equal(limited.outcome, 'complete');
    });
  });
}
