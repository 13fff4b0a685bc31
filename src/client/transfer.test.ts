import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createSecureContext } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLostError, TwinlineError } from '../errors/index.ts';
import {
  createTestCertificate,
  type Script,
  type ScriptedSession,
  seededBytes,
  type WatchedLine,
} from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, sharedCertificate, startPair, tlsModes } from '../../test/fixtures/client-pair.ts';
import type { Client } from './client.ts';

const file = seededBytes(300_000, 31);
const files = { f: file };

/** A source that is still sending when the test has its way. */
const endless = { size: 2 ** 40, read: async (buffer: Buffer) => buffer.length };

type Transfer = 'download' | 'upload' | 'listing';

/** Scripts that start a transfer, move at least 1000 bytes, and then call `then`. */
function midway(then: (session: ScriptedSession, line: WatchedLine) => void | Promise<void>): Record<string, Script> {
  const send =
    (bytes: Buffer): Script =>
    async (session) => {
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      await line.write(bytes);
      await then(session, line);
    };
  const STOR: Script = async (session) => {
    await session.reply('150 Send it');
    const line = await session.acceptData();
    await line.untilReceived(1000);
    line.discard();
    await then(session, line);
  };
  return { RETR: send(file.subarray(0, 5000)), STOR, MLSD: send(Buffer.from('type=file; a\r\n'.repeat(100))) };
}

async function collect(client: Client): Promise<string[]> {
  const names: string[] = [];
  for await (const entry of client.list()) names.push(entry.name);
  return names;
}

function begin(client: Client, transfer: Transfer): Promise<unknown> {
  if (transfer === 'download') return client.download('f', new KeepingSink());
  if (transfer === 'upload') return client.upload('f', endless);
  return collect(client);
}

const losses: Readonly<Record<string, (session: ScriptedSession) => void | Promise<void>>> = {
  RST: (session) => session.control.reset(),
  FIN: (session) =>
    session.control.tls === undefined ? session.control.fin() : session.control.finWithoutCloseNotify(),
  close_notify: (session) =>
    session.control.tls === undefined ? session.control.fin() : session.control.closeNotifyThenFin(),
  '421': (session) => session.reply('421 Shutting down'),
};

for (const mode of modes) {
  describe(`the control line during data (${mode.name})`, () => {
    for (const transfer of ['download', 'upload', 'listing'] as const) {
      for (const [how, lose] of Object.entries(losses)) {
        test(`ended by ${how}, stops a ${transfer} within 100 ms and says what was lost`, async () => {
          let lostAtMs = 0;
          let lagMs = 0;
          let dataLine: WatchedLine | undefined;
          const commands = midway(async (session, line) => {
            dataLine = line;
            await sleep(20);
            lostAtMs = performance.now();
            // A machine that is busy elsewhere is late with everything, this timer included.
            setTimeout(() => (lagMs = performance.now() - lostAtMs - 25), 25);
            await lose(session);
            // The script must not end here, or the server would close the data line itself.
            await line.ended;
          });
          await using pair = await startPair(mode, { files, commands });
          const error: unknown = await begin(pair.client, transfer).catch((reason: unknown) => reason);
          const tookMs = performance.now() - lostAtMs;
          assert.ok(error instanceof ConnectionLostError, String(error));
          const { code, channel, phase, resumable } = error;
          const expected = {
            code: 'ERR_TWINLINE_CONTROL_LOST',
            channel: 'control',
            phase: 'transfer',
            resumable: true,
          };
          assert.deepEqual({ code, channel, phase, resumable }, expected);
          assert.ok(error.bytesMoved >= 1000, String(error.bytesMoved));
          assert.ok(tookMs < 100 + lagMs, `${tookMs} ms on a machine that is ${lagMs} ms late`);
          if (how === '421') assert.match(error.message, /421 Shutting down/);
          assert.equal((await dataLine?.ended)?.how, 'reset');
          assert.equal(pair.client.isConnected, false);
        });
      }
    }

    test('lost behind the last byte leaves a download unconfirmed when the size agrees', async () => {
      for (const order of ['data first', 'control first']) {
        const RETR: Script = async (session) => {
          await session.reply('150 Here it comes');
          const line = await session.acceptData();
          await line.write(file);
          if (order === 'control first') session.control.reset();
          if (line.tls === undefined) line.fin();
          else line.closeNotifyThenFin();
          if (order === 'control first') return;
          await line.ended;
          session.control.reset();
        };
        await using pair = await startPair(mode, { files, commands: { RETR } });
        const sink = new KeepingSink();
        const result = await pair.client.download('f', sink);
        assert.equal(result.outcome, 'unconfirmed', order);
        assert.match(result.note ?? '', /final reply did not come/);
        assert.deepEqual(sink.bytes, file);
      }
    });

    test('lost behind the last byte of an upload is no success', async () => {
      const STOR: Script = async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptData();
        await line.readToEnd();
        session.control.reset();
      };
      await using pair = await startPair(mode, { commands: { STOR } });
      const error: unknown = await pair.client.upload('f', file).catch((reason: unknown) => reason);
      assert.ok(error instanceof ConnectionLostError && error.channel === 'control', String(error));
      assert.equal(error.bytesMoved, file.length);
    });

    test('silent behind the data is waited for, and the size then decides', async () => {
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        await line.write(file);
        await session.endData(line);
      };
      for (const [size, expected] of [
        ['213 300000', 'unconfirmed'],
        ['502 No', 'ERR_TWINLINE_TIMEOUT'],
      ] as const) {
        await using pair = await startPair(
          mode,
          { commands: { RETR, SIZE: size } },
          { deadlines: { finalReplyMs: 80 } },
        );
        const outcome: unknown = await pair.client.download('f', new KeepingSink()).then(
          (result) => result.outcome,
          (error: unknown) => (error instanceof TwinlineError ? error.code : error),
        );
        assert.equal(outcome, expected);
        assert.equal(pair.client.isConnected, false);
      }
    });

    test('lost before the 150 ends the transfer too', async () => {
      const RETR: Script = (session) => session.control.reset();
      await using pair = await startPair(mode, { files, commands: { RETR } });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_CONTROL_LOST',
        channel: 'control',
      });
    });

    test('that never answers RETR is given up', async () => {
      await using pair = await startPair(
        mode,
        { files, commands: { RETR: () => undefined } },
        { deadlines: { replyMs: 80 } },
      );
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_TIMEOUT',
        phase: 'reply',
      });
    });

    test('may send any number of 1xx replies', async () => {
      const RETR: Script = async (session) => {
        for (const reply of ['125 Already open', '150 Go', '110 Mark', '150 Go on']) await session.reply(reply);
        const line = await session.acceptData();
        await line.write(file);
        await session.reply('150 Nearly');
        await session.endData(line);
        await session.reply('250 Done');
      };
      await using pair = await startPair(mode, { files, commands: { RETR } });
      assert.equal((await pair.client.download('f', new KeepingSink())).reply, '250 Done');
    });
  });

  describe(`an abort (${mode.name})`, () => {
    for (const transfer of ['download', 'upload', 'listing'] as const) {
      test(`of a ${transfer} sends ABOR, takes both replies, and keeps the session`, async () => {
        const abort = new AbortController();
        const commands: Record<string, Script> = {
          ...midway(async (session, line) => {
            setTimeout(() => abort.abort(), 10);
            assert.deepEqual(await session.nextCommand(), ['ABOR', '']);
            line.reset();
            await session.reply('426 Aborted\n226 ABOR done');
          }),
        };
        await using pair = await startPair(mode, { files, commands });
        const run = async () => {
          const { signal } = abort;
          if (transfer === 'download') await pair.client.download('f', new KeepingSink(), { signal });
          else if (transfer === 'upload') await pair.client.upload('f', endless, { signal });
          else for await (const entry of pair.client.list(undefined, { signal })) assert.ok(entry);
        };
        await assert.rejects(run(), { code: 'ERR_TWINLINE_ABORTED' });
        assert.equal(await pair.client.workingDirectory(), '/');
        assert.equal(pair.server.sessions.length, 1);
      });
    }

    test('works with a server that reads no commands while it sends', async () => {
      const abort = new AbortController();
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        const line = await session.acceptData();
        line.raw.on('error', () => undefined);
        setTimeout(() => abort.abort(), 10);
        await line.ended;
        await session.reply('426 Failure writing');
      };
      await using pair = await startPair(mode, { files, commands: { RETR, ABOR: '225 Nothing to abort' } });
      await assert.rejects(pair.client.download('f', new KeepingSink(), { signal: abort.signal }), {
        code: 'ERR_TWINLINE_ABORTED',
      });
      assert.equal(await pair.client.workingDirectory(), '/');
    });

    test('keeps the session however many replies the server gives', async () => {
      for (const replies of [
        '226 Aborted',
        '426 Aborted\n451-Really\n451 aborted\n226 Done',
        '226 Transfer complete\n225 No transfer',
      ]) {
        const abort = new AbortController();
        const commands = midway(async (session, line) => {
          setTimeout(() => abort.abort(), 10);
          await session.nextCommand();
          line.reset();
          await session.reply(replies);
        });
        await using pair = await startPair(mode, { files, commands });
        const { signal } = abort;
        await assert.rejects(pair.client.download('f', new KeepingSink(), { signal }), {
          code: 'ERR_TWINLINE_ABORTED',
        });
        assert.equal(await pair.client.size('f'), file.length);
        await pair.client.changeDirectory('in');
      }
    });

    test('ends the session when the server does not answer in time', async () => {
      for (const answer of [undefined, '426 Aborted']) {
        const abort = new AbortController();
        const commands = midway(async (session, line) => {
          setTimeout(() => abort.abort(), 10);
          await session.nextCommand();
          if (answer !== undefined) await session.reply(answer);
          line.discard();
          await session.control.ended;
        });
        await using pair = await startPair(mode, { files, commands }, { deadlines: { abortMs: 80 } });
        const startedMs = performance.now();
        const { signal } = abort;
        await assert.rejects(pair.client.download('f', new KeepingSink(), { signal }), {
          code: 'ERR_TWINLINE_ABORTED',
        });
        assert.ok(performance.now() - startedMs < 1000);
        assert.equal(pair.client.isConnected, false);
      }
    });

    test('before the transfer begins sends nothing', async () => {
      await using pair = await startPair(mode, { files });
      const before = pair.verbs().length;
      const signal = AbortSignal.abort();
      await assert.rejects(pair.client.download('f', new KeepingSink(), { signal }), { code: 'ERR_TWINLINE_ABORTED' });
      assert.equal(pair.verbs().length, before);
    });
  });
}

for (const mode of tlsModes) {
  describe(`TLS on the data line (${mode.name})`, () => {
    test('resumes the session of the control line, fifty times on one login', async () => {
      await using pair = await startPair(mode, { files });
      for (let round = 0; round < 50; round += 1) {
        const result = await pair.client.download('f', new KeepingSink());
        assert.equal(result.tls?.resumed, true, `round ${round}`);
      }
    });

    test('works with servers that start it late, and with those that start it at once', async () => {
      for (const dataTlsStart of ['on-accept', 'on-transfer'] as const) {
        await using pair = await startPair(mode, { files, dataTlsStart });
        assert.equal((await pair.client.download('f', new KeepingSink())).outcome, 'complete');
      }
    });

    test('works with a server that sends its 150 only behind the handshake', async () => {
      const RETR: Script = async (session) => {
        const line = await session.acceptData();
        await session.reply('150 Here it comes');
        await line.write(file);
        await session.endData(line);
        await session.reply('226 Done');
      };
      await using pair = await startPair(mode, { files, commands: { RETR } });
      assert.equal((await pair.client.download('f', new KeepingSink())).outcome, 'complete');
    });

    const withOtherContext = (
      makeCertificate: () => ReturnType<typeof createTestCertificate>,
      moved: { bytes: number },
    ) => {
      const STOR: Script = async (session) => {
        await session.reply('150 Send it');
        const line = await session.acceptRawData();
        const { certificatePem, privateKeyPem } = await makeCertificate();
        const secureContext = createSecureContext({
          cert: certificatePem,
          key: privateKeyPem,
          maxVersion: mode.version,
        });
        await line.startServerTls({ secureContext });
        const before = line.receivedBytes;
        await line.ended;
        moved.bytes = line.receivedBytes - before;
        await session.reply('426 Aborted');
      };
      return { commands: { STOR }, dataTlsStart: 'on-transfer' } as const;
    };

    test('must present the certificate of the control line, also where any certificate is accepted', async () => {
      const moved = { bytes: -1 };
      const server = withOtherContext(() => createTestCertificate(), moved);
      for (const tls of [{ insecure: true }, {}]) {
        const trusting = tls.insecure === true ? tls : { caPem: (await sharedCertificate()).certificatePem };
        await using pair = await startPair(mode, server, { tls: trusting });
        await assert.rejects(pair.client.upload('f', file), { code: 'ERR_TWINLINE_DATA_CERTIFICATE', channel: 'data' });
        assert.equal(moved.bytes, 0);
        await pair.client.workingDirectory();
      }
    });

    test('that fails is explained by the reply that follows', async () => {
      const RETR: Script = async (session) => {
        await session.reply('150 Here it comes');
        (await session.acceptRawData()).reset();
        await session.reply('522 Session reuse required', { delayMs: 20 });
      };
      await using pair = await startPair(mode, { files, commands: { RETR }, dataTlsStart: 'on-transfer' });
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_TLS_HANDSHAKE',
        message: /522 Session reuse required/,
      });
      await pair.client.workingDirectory();
    });

    test('that never answers is given up', async () => {
      const RETR: Script = (session) => session.reply('150 Here it comes');
      const server = { files, commands: { RETR }, dataTlsStart: 'on-transfer' } as const;
      await using pair = await startPair(mode, server, { deadlines: { tlsMs: 80, abortMs: 80 } });
      const startedMs = performance.now();
      await assert.rejects(pair.client.download('f', new KeepingSink()), {
        code: 'ERR_TWINLINE_TLS_HANDSHAKE',
        channel: 'data',
      });
      assert.ok(performance.now() - startedMs < 2000);
    });
  });
}

test('operations run one after the other, in the order of their calls', async () => {
  await using pair = await startPair(modes[2], { files });
  const sinks = Array.from({ length: 5 }, () => new KeepingSink());
  await Promise.all(sinks.map((sink) => pair.client.download('f', sink)));
  for (const sink of sinks) assert.deepEqual(sink.bytes, file);
});

test('destroy in the middle of a transfer leaves nothing alive', async () => {
  const commands = midway(async (_session, line) => void (await line.ended));
  for (const transfer of ['download', 'upload', 'listing'] as const) {
    await using pair = await startPair(modes[2], { files, commands });
    const running = begin(pair.client, transfer);
    await Promise.all([assert.rejects(running, TwinlineError), sleep(50).then(() => pair.client.destroy())]);
  }
});
