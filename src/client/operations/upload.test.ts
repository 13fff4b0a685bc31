import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransferIncompleteError } from '../../errors/index.ts';
import { inChunksOf, type Script, type ScriptedSession, seededBytes, type WatchedLine } from '../../testing/index.ts';
import { modes, sharedCertificate, startPair, tlsModes } from '../../../test/fixtures/client-pair.ts';

const file = seededBytes(300_000, 21);
const large = seededBytes(30_000_000, 22);

/** A STOR that says 150 and then does as it is told with the data line. */
function store(body: (session: ScriptedSession, line: WatchedLine) => Promise<void>): Record<string, Script> {
  const STOR: Script = async (session) => {
    await session.reply('150 Send it');
    await body(session, await session.acceptData());
  };
  return { STOR };
}

for (const mode of modes) {
  describe(`an upload (${mode.name})`, () => {
    test('brings every byte, from bytes, streams and sources with positions', async () => {
      await using pair = await startPair(mode);
      const { client, server } = pair;
      const positioned = { size: file.length, read: async (buffer: Buffer, at: number) => file.copy(buffer, 0, at) };
      const sources = {
        bytes: file,
        node: Readable.from(inChunksOf(file, 1000)),
        web: new Blob([Uint8Array.from(file)]).stream(),
        positioned,
        nothing: Buffer.alloc(0),
      };
      for (const [name, source] of Object.entries(sources)) {
        const expected = name === 'nothing' ? Buffer.alloc(0) : file;
        const result = await client.upload(name, source);
        assert.deepEqual(server.uploads.get(name), expected, name);
        const { outcome, bytes, size } = result;
        assert.deepEqual(
          { outcome, bytes, size },
          { outcome: 'complete', bytes: expected.length, size: expected.length },
        );
      }
    });

    test('asks for nothing but what it needs', async () => {
      await using pair = await startPair(mode);
      await pair.client.upload('f', file);
      assert.deepEqual(pair.verbs().slice(mode.security === 'plain' ? 3 : 6), ['EPSV', 'TYPE', 'STOR', 'SIZE']);
    });

    test('ends in order: close_notify and FIN, then it waits for the other half', async () => {
      let ending = '';
      let wasOpen = false;
      const commands = store(async (session, line) => {
        assert.deepEqual(await line.readToEnd(), file);
        ending = line.ending.how;
        // The line must not be torn down before our half has ended, however long that takes.
        await sleep(60);
        wasOpen = line.ending.resetAtMs === undefined && !line.raw.destroyed;
        await session.endData(line);
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      assert.equal((await pair.client.upload('f', file)).outcome, 'complete');
      assert.equal(ending, mode.security === 'plain' ? 'fin' : 'close-notify');
      assert.equal(wasOpen, true);
    });

    test('is complete when 226 comes and the server never ends its half', async () => {
      const commands = store(async (session, line) => {
        await line.readToEnd();
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      const startedMs = performance.now();
      assert.equal((await pair.client.upload('f', file)).outcome, 'complete');
      assert.ok(performance.now() - startedMs < 4000);
    });

    test('goes on behind what is there, with REST and with APPE', async () => {
      await using pair = await startPair(mode);
      await pair.client.upload('f', file.subarray(0, 1000));
      await pair.client.upload('f', file, { offset: 1000 });
      assert.deepEqual(pair.server.uploads.get('f'), file);
      await pair.client.upload('g', file.subarray(0, 1000));
      await pair.client.upload('g', file, { offset: 1000, append: true });
      assert.deepEqual(pair.server.uploads.get('g'), file);
      assert.ok(pair.session.commands.includes('REST 1000') && pair.session.commands.includes('APPE g'));
    });

    test('is incomplete when the server has another size than was sent', async () => {
      await using pair = await startPair(mode, { commands: { SIZE: '213 299999' } });
      const error: unknown = await pair.client.upload('f', file).catch((reason: unknown) => reason);
      assert.ok(error instanceof TransferIncompleteError, String(error));
      assert.equal(error.bytesThere, 299_999);
      await using other = await startPair(mode, { commands: { SIZE: '550 Moved away' } });
      assert.equal((await other.client.upload('f', file)).outcome, 'complete');
    });

    test('is not believed when 226 came before the file was sent and nothing else speaks for it', async () => {
      const commands = store(async (session, line) => {
        await line.untilReceived(1000);
        await session.reply('226 Done');
        line.discard();
      });
      await using pair = await startPair(mode, { commands: { ...commands, SIZE: '550 Ask later' } });
      await assert.rejects(pair.client.upload('f', large), {
        code: 'ERR_TWINLINE_DATA_LOST',
        message: /confirmed the file before it was sent/,
      });
      await using other = await startPair(mode, { commands: { ...commands, SIZE: `213 ${large.length}` } });
      assert.equal((await other.client.upload('f', large)).outcome, 'complete');
    });

    test('that is reset by the server is lost, even when 226 comes', async () => {
      const commands = store(async (session, line) => {
        await line.untilReceived(1000);
        line.reset();
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      const startedMs = performance.now();
      await assert.rejects(pair.client.upload('f', large), { code: 'ERR_TWINLINE_DATA_LOST', channel: 'data' });
      assert.ok(performance.now() - startedMs < 2000);
      assert.ok(pair.client.isConnected);
    });

    test('that is reset behind its last byte is lost, even when 226 comes', async () => {
      const commands = store(async (session, line) => {
        await line.readToEnd();
        line.reset();
        await sleep(20);
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      await assert.rejects(pair.client.upload('f', file), { code: 'ERR_TWINLINE_DATA_LOST' });
    });

    test('that the server ends with a reason in the middle gives that reason', async () => {
      for (const lineFirst of [true, false]) {
        const commands = store(async (session, line) => {
          await line.untilReceived(1000);
          line.discard();
          if (lineFirst) line.reset();
          await session.reply('552 Quota exceeded', { delayMs: lineFirst ? 30 : 0 });
          if (!lineFirst) line.reset();
        });
        await using pair = await startPair(mode, { commands });
        await assert.rejects(pair.client.upload('f', large), { code: 'ERR_TWINLINE_REFUSED', replyCode: 552 });
        assert.ok(pair.client.isConnected);
      }
    });

    test('that is refused leaves the session open', async () => {
      await using pair = await startPair(mode, { commands: { STOR: '553 Not here' } });
      await assert.rejects(pair.client.upload('f', file), { code: 'ERR_TWINLINE_REFUSED', replyCode: 553 });
      await pair.client.workingDirectory();
    });

    test('whose source fails is aborted by reset, so that it cannot look complete', async () => {
      const ended = Promise.withResolvers<string>();
      const commands = store(async (session, line) => {
        ended.resolve((await line.ended).how);
        await session.reply('426 Aborted');
      });
      await using pair = await startPair(mode, { commands });
      const failing = Readable.from(
        (async function* () {
          yield file;
          await sleep(10);
          throw new Error('cannot read');
        })(),
      );
      await assert.rejects(pair.client.upload('f', failing), /cannot read/);
      assert.equal(await ended.promise, 'reset');
      await pair.client.workingDirectory();
    });

    test('that the server does not read is given up by its own deadline', async () => {
      const commands = store(async (_session, line) => line.pause());
      await using pair = await startPair(mode, { commands }, { deadlines: { stallMs: 80, abortMs: 80 } });
      await assert.rejects(pair.client.upload('f', large), { code: 'ERR_TWINLINE_TIMEOUT', phase: 'stall' });
    });

    test('is no stall while the source is what takes its time', async () => {
      await using pair = await startPair(mode, {}, { deadlines: { stallMs: 40 } });
      const slow = Readable.from(
        (async function* () {
          yield file.subarray(0, 1000);
          await sleep(150);
          yield file.subarray(1000);
        })(),
      );
      assert.equal((await pair.client.upload('f', slow)).outcome, 'complete');
    });

    test('keeps to its rate from the first second on', async () => {
      const arrived: number[] = [];
      const startedMs = performance.now();
      const commands = store(async (session, line) => {
        while (line.ending.how === 'none' && line.receivedBytes < file.length) {
          await sleep(20);
          const allowed = 1_000_000 * ((performance.now() - startedMs) / 1000) + 150_000;
          if (line.receivedBytes > allowed) arrived.push(line.receivedBytes);
        }
        await line.readToEnd();
        await session.endData(line);
        await session.reply('226 Done');
      });
      await using pair = await startPair(mode, { commands });
      const result = await pair.client.upload('f', file, { rateLimit: 1_000_000 });
      assert.deepEqual(arrived, []);
      assert.ok(result.durationMs > 180, String(result.durationMs));
    });
  });
}

for (const mode of tlsModes) {
  test(`an upload to a server that never resumes arrives whole, every time (${mode.name})`, async () => {
    const { certificatePem, privateKeyPem } = await sharedCertificate();
    const STOR: Script = async (session, name) => {
      await session.reply('150 Send it');
      const line = await session.acceptRawData();
      // Keys of its own: each handshake is a full one, and the tickets behind it lie in wait for a careless end.
      const secureContext = createSecureContext({ cert: certificatePem, key: privateKeyPem, maxVersion: mode.version });
      await line.startServerTls({ secureContext });
      session.uploads.set(name, await line.readToEnd());
      await session.endData(line);
      await session.reply('226 Done');
    };
    await using pair = await startPair(mode, { commands: { STOR }, dataTlsStart: 'on-transfer' });
    for (let round = 0; round < 12; round += 1) {
      const result = await pair.client.upload(`f${round}`, file);
      assert.equal(result.tls?.resumed, false);
      assert.deepEqual(pair.server.uploads.get(`f${round}`), file);
    }
  });
}
