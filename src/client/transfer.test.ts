import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionLostError, TwinlineError } from '../errors/index.ts';
import type { Script, ScriptedSession, WatchedLine } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';
import { begin, file, files, midway } from '../../test/fixtures/midway.ts';

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
