import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Script } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';
import { endless, file, files, midway } from '../../test/fixtures/midway.ts';

for (const mode of modes) {
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
