import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { seededBytes, type Script } from '../testing/index.ts';
import type { DownloadTarget, UploadSource } from './payload.ts';
import { modes, startPair, tlsModes } from '../../test/fixtures/client-pair.ts';

const file = seededBytes(3_000_000, 7);
const files = { f: file };

async function collect(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Sends without end, until the client resets the line, and answers the ABOR that belongs to it. */
function endless(sent: { bytes: number }): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    line.raw.on('error', () => undefined);
    const chunk = Buffer.alloc(64 * 1024, 1);
    const command = session.nextCommand();
    let isAsked = false;
    void command.then(() => (isAsked = true));
    while (!isAsked) {
      const isTaken = await Promise.race([line.write(chunk).then(() => true), command.then(() => false)]);
      if (isTaken) sent.bytes += chunk.length;
    }
    assert.deepEqual(await command, ['ABOR', '']);
    line.reset();
    await session.reply('426 Aborted\n226 ABOR done');
  };
}

for (const mode of modes) {
  describe(`a read stream (${mode.name})`, () => {
    test('gives the whole file, from any byte on, and the facts of the transfer', async () => {
      await using pair = await startPair(mode, { files });
      const stream = pair.client.createReadStream('f');
      assert.ok((await collect(stream)).equals(file));
      assert.equal((await stream.result).outcome, 'complete');
      const rest = await collect(pair.client.createReadStream('f', { offset: 2_999_990 }));
      assert.deepEqual(rest, file.subarray(2_999_990));
      const piped: Buffer[] = [];
      const sink = new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          piped.push(chunk);
          setImmediate(done);
        },
      });
      await pipeline(pair.client.createReadStream('f'), sink);
      assert.ok(Buffer.concat(piped).equals(file));
      assert.ok((await collect(pair.client.readableStream('f'))).equals(file));
    });

    test('errors where there is no such file', async () => {
      await using pair = await startPair(mode, { files });
      const stream = pair.client.createReadStream('none');
      await assert.rejects(collect(stream), {
        replyCode: 550,
        transfer: { direction: 'download', bytesHere: 0, bytesThere: undefined, resumable: false },
      });
      await assert.rejects(stream.result, { replyCode: 550 });
    });

    test('asks for nothing before it is read, and is destroyed for nothing then', async () => {
      await using pair = await startPair(mode, { files });
      const stream = pair.client.createReadStream('f');
      stream.destroy();
      await once(stream, 'close');
      await assert.rejects(stream.result, { code: 'ERR_TWINLINE_ABORTED' });
      assert.ok(!pair.verbs().includes('RETR'));
    });

    test('errors and never ends where the file was cut', async () => {
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(file.subarray(0, 100_000));
        await session.endData(line);
        await session.reply('226 Done');
      };
      await using pair = await startPair(mode, { files, commands: { RETR } });
      const incomplete = { code: 'ERR_TWINLINE_INCOMPLETE', bytesHere: 100_000, bytesThere: 3_000_000 };
      await assert.rejects(collect(pair.client.createReadStream('f')), incomplete);
      await assert.rejects(collect(pair.client.readableStream('f')), incomplete);
      assert.equal(await pair.client.workingDirectory(), '/');
    });

    for (const way of ['a break', 'destroy', 'cancel', 'a signal'] as const) {
      test(`left early by ${way} aborts the transfer and keeps the session`, async () => {
        const sent = { bytes: 0 };
        await using pair = await startPair(mode, { files, commands: { RETR: endless(sent) } });
        if (way === 'a break') {
          for await (const chunk of pair.client.createReadStream('f')) {
            assert.ok(chunk);
            break;
          }
        } else if (way === 'cancel') {
          const reader = pair.client.readableStream('f').getReader();
          await reader.read();
          await reader.cancel();
        } else {
          const abort = new AbortController();
          const stream = pair.client.createReadStream('f', { signal: abort.signal });
          await once(stream, 'readable');
          const closed = new Promise((resolve) => stream.once('close', resolve));
          const failed = way === 'destroy' ? undefined : once(stream, 'error');
          if (way === 'destroy') stream.destroy();
          else abort.abort();
          const [error] = (await failed) ?? [];
          if (way === 'a signal') assert.equal((error as { code: string }).code, 'ERR_TWINLINE_ABORTED');
          await closed;
          assert.equal(pair.client.counts.get('transfer'), 0);
        }
        assert.equal(await pair.client.workingDirectory(), '/');
        assert.equal(pair.server.sessions.length, 1);
        assert.equal(pair.client.counts.get('transfer'), 0);
      });
    }

    test('that nobody reads on with holds the server back', async () => {
      const sent = { bytes: 0 };
      await using pair = await startPair(mode, { files, commands: { RETR: endless(sent) } });
      const stream = pair.client.createReadStream('f');
      await once(stream, 'readable');
      // What the kernel and the buffers take is bounded; then the count stands still.
      let before = -1;
      while (sent.bytes !== before) {
        before = sent.bytes;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      assert.ok(sent.bytes < 40_000_000, String(sent.bytes));
      assert.ok(stream.readableLength < 2_000_000, String(stream.readableLength));
      stream.destroy();
      await once(stream, 'close');
      assert.equal(await pair.client.workingDirectory(), '/');
    });
  });

  test(`a download is refused before anything is asked for where the target is none (${mode.name})`, async () => {
    await using pair = await startPair(mode);
    for (const target of ['copy.pdf', undefined, null, {}] as unknown as DownloadTarget[]) {
      const asked = { code: 'ERR_TWINLINE_ARGUMENT', message: /downloadFile takes the path of a local file/ };
      await assert.rejects(pair.client.download('f', target), asked);
    }
    assert.equal(await pair.client.workingDirectory(), '/');
  });

  describe(`an upload (${mode.name})`, () => {
    const sources: Readonly<Record<string, () => UploadSource>> = {
      bytes: () => file,
      'a blob': () => new Blob([file]),
      'a stream of Node': () => Readable.from([file.subarray(0, 1_000_000), file.subarray(1_000_000)]),
      'a stream of the Web': () => new Blob([file]).stream(),
      'an async iterable': () =>
        (async function* () {
          yield file.subarray(0, 5);
          yield new Uint8Array(file.subarray(5));
        })(),
    };
    test('takes an async iterable of texts', async () => {
      await using pair = await startPair(mode);
      const lines = async function* (): AsyncGenerator<string> {
        yield 'one\n';
        yield 'zwölf\n';
      };
      await pair.client.upload('f', lines());
      assert.equal(pair.server.uploads.get('f')?.toString(), 'one\nzwölf\n');
    });

    for (const [name, source] of Object.entries(sources)) {
      test(`takes ${name}`, async () => {
        await using pair = await startPair(mode);
        const totals = new Set<number | undefined>();
        await pair.client.upload('f', source(), { onProgress: ({ total }) => totals.add(total) });
        assert.ok(pair.server.uploads.get('f')?.equals(file));
        assert.deepEqual([...totals], [name === 'bytes' || name === 'a blob' ? file.length : undefined]);
      });
    }

    test('is refused before anything is sent where the source is none', async () => {
      await using pair = await startPair(mode);
      for (const source of ['report.pdf', undefined, null, 7, {}, { size: 1 }] as unknown as UploadSource[]) {
        const asked = { code: 'ERR_TWINLINE_ARGUMENT', message: /uploadFile takes the path of a local file/ };
        await assert.rejects(pair.client.upload('f', source), asked);
        await assert.rejects(pair.client.appendFile('f', source), asked);
        await assert.rejects(pair.client.uploadUnique(source), asked);
      }
      assert.equal(pair.server.uploads.size, 0);
      assert.equal(await pair.client.workingDirectory(), '/');
    });

    test('reads no more of a stream than the server takes', async () => {
      const STOR: Script = async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        line.raw.pause();
        assert.deepEqual(await session.nextCommand(), ['ABOR', '']);
        line.reset();
        await session.reply('426 Aborted\n226 ABOR done');
      };
      await using pair = await startPair(mode, { commands: { STOR } });
      let read = 0;
      const source = new Readable({
        read() {
          read += 65_536;
          this.push(Buffer.alloc(65_536));
        },
      });
      const abort = new AbortController();
      const running = assert.rejects(pair.client.upload('f', source, { signal: abort.signal }), {
        code: 'ERR_TWINLINE_ABORTED',
      });
      let before = -1;
      while (read !== before) {
        before = read;
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      assert.ok(read < 40_000_000, String(read));
      abort.abort();
      await running;
      assert.ok(source.destroyed);
      assert.equal(await pair.client.workingDirectory(), '/');
    });

    test('lets go of a stream that has nothing to give', async () => {
      const STOR: Script = async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        assert.deepEqual(await session.nextCommand(), ['ABOR', '']);
        line.reset();
        await session.reply('426 Aborted\n226 ABOR done');
      };
      await using pair = await startPair(mode, { commands: { STOR } });
      const abort = new AbortController();
      const silent = new PassThrough();
      setTimeout(() => abort.abort(), 30);
      await assert.rejects(pair.client.upload('f', silent, { signal: abort.signal }), { code: 'ERR_TWINLINE_ABORTED' });
      assert.ok(silent.destroyed);
      const never = new PassThrough();
      await assert.rejects(pair.client.upload('f', never, { signal: abort.signal }), { code: 'ERR_TWINLINE_ABORTED' });
      assert.ok(never.destroyed);
      assert.equal(await pair.client.workingDirectory(), '/');
    });

    test('appends to what is there, and makes what is not', async () => {
      await using pair = await startPair(mode);
      assert.equal((await pair.client.appendFile('log', Buffer.from('one '))).offset, 0);
      const second = await pair.client.appendFile('log', Readable.from([Buffer.from('two ')]));
      assert.deepEqual([second.offset, second.bytes, second.size], [4, 4, 8]);
      await pair.client.appendFile('log', new Blob(['three']));
      assert.equal(pair.server.uploads.get('log')?.toString(), 'one two three');
    });

    test('takes the name that the server chooses', async () => {
      for (const [first, last, name] of [
        ['150 FILE: up.1', '226 Done', 'up.1'],
        ['150-FILE: up.1\n150 Accepted data connection', '226 Done', 'up.1'],
        ['150 Go on', '250 "up.1" is stored', 'up.1'],
        ['150 Go on', '226 Done', undefined],
      ] as const) {
        const STOU: Script = async (session) => {
          await session.reply(first);
          const line = await session.acceptData();
          session.uploads.set('up.1', await line.readToEnd());
          await session.endData(line);
          await session.reply(last);
        };
        await using pair = await startPair(mode, { commands: { STOU } });
        const result = await pair.client.uploadUnique(Buffer.from('12345'));
        assert.deepEqual([result.name, result.size], [name, name === undefined ? undefined : 5]);
      }
    });
  });
}

for (const mode of tlsModes) {
  test(`a read stream that ends without close_notify errors (${mode.name})`, async () => {
    const RETR: Script = async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(file.subarray(0, 1000));
      line.finWithoutCloseNotify();
      await session.reply('226 Done');
    };
    await using pair = await startPair(mode, { commands: { RETR, SIZE: '502 No' } });
    await assert.rejects(collect(pair.client.createReadStream('f')), { code: 'ERR_TWINLINE_DATA_TRUNCATED' });
  });
}
