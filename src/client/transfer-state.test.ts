import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Script } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';
import { endless, file, files, midway } from '../../test/fixtures/midway.ts';

for (const mode of modes) {
  describe(`the error of a transfer (${mode.name})`, () => {
    test('has the bytes on both sides when the control line is lost', async () => {
      const commands = midway(async (session) => session.control.reset());
      await using pair = await startPair(mode, { files, commands });
      const error: unknown = await pair.client.download('f', new KeepingSink(), { offset: 0 }).catch((e: unknown) => e);
      assert.deepEqual(
        { ...(error as { transfer: object }).transfer },
        { direction: 'download', bytesHere: 5000, bytesThere: file.length, resumable: true },
      );
      assert.deepEqual(
        [(error as { bytesHere: number }).bytesHere, (error as { bytesThere: number }).bytesThere],
        [5000, file.length],
      );
    });

    test('counts from the beginning of the file, and is resumable behind an abort', async () => {
      const abort = new AbortController();
      const commands = midway(async (session, line) => {
        abort.abort();
        await session.nextCommand();
        line.reset();
        await session.reply('426 Aborted\n226 Done');
      });
      await using pair = await startPair(mode, { files, commands });
      const options = { offset: 1000, signal: abort.signal };
      const error: unknown = await pair.client.download('f', new KeepingSink(), options).catch((e: unknown) => e);
      const { transfer } = error as { transfer: { bytesHere: number; bytesThere: number; resumable: boolean } };
      assert.ok(transfer.bytesHere >= 1000 && transfer.bytesHere <= 6000, String(transfer.bytesHere));
      assert.deepEqual([transfer.bytesThere, transfer.resumable], [file.length, true]);
    });

    test('of an upload has what was sent, and does not guess what arrived', async () => {
      const commands = midway(async (_session, line) => line.reset());
      const { STOR } = commands;
      assert.ok(STOR);
      const refused: Script = async (session, argument) => {
        await session.perform(STOR, argument);
        await session.reply('451 Disk trouble');
      };
      await using pair = await startPair(mode, { commands: { STOR: refused } });
      const error: unknown = await pair.client.upload('f', endless).catch((e: unknown) => e);
      const { transfer } = error as {
        transfer: { direction: string; bytesHere: number; bytesThere: number | undefined };
      };
      assert.equal(transfer.direction, 'upload');
      assert.ok(transfer.bytesHere >= 0);
      assert.equal(transfer.bytesThere, undefined);
    });

    test('is not resumable where the server refuses the file, and the error of a sink stays as it is', async () => {
      await using pair = await startPair(mode, { files });
      await assert.rejects(pair.client.download('none', new KeepingSink()), {
        code: 'ERR_TWINLINE_REFUSED',
        transfer: { direction: 'download', bytesHere: 0, bytesThere: undefined, resumable: false },
      });
      const own = new Error('of the sink');
      await assert.rejects(pair.client.download('f', { write: () => Promise.reject(own) }), own);
      await assert.rejects(pair.client.workingDirectory({ signal: AbortSignal.abort() }), { transfer: undefined });
      assert.equal(await pair.client.workingDirectory(), '/');
    });
  });
}
