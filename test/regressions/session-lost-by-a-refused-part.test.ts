/** A part that turns out to be of another file, on a server that ends its session with the transfer. */

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { createTempFolder, type ScriptedSession, seededBytes } from '../../src/testing/index.ts';
import { modes, startPair } from '../fixtures/client-pair.ts';

for (const mode of modes) {
  test(`a download begins anew on another session (${mode.name})`, async () => {
    await using folder = await createTempFolder();
    const file = seededBytes(3_000_000, 7);
    await writeFile(folder.join('out.part'), seededBytes(100_000, 8));
    const RETR = async (session: ScriptedSession): Promise<void> => {
      const from = session.restartAt;
      session.restartAt = 0;
      await session.reply('150 Here it comes');
      const line = await session.acceptData();
      if (from > 0) {
        await line.write(file.subarray(from, from + 100_000)).catch(() => undefined);
        session.control.reset();
        return;
      }
      await line.write(file);
      await session.endData(line);
      await session.reply('226 Done');
    };
    const retry = { tries: 2, delayMs: 1, maxDelayMs: 2 };
    await using pair = await startPair(mode, { files: { f: file }, commands: { RETR } }, { retry });
    const { outcome } = await pair.client.downloadFile('f', folder.join('out'), { resume: true });
    assert.equal(outcome, 'complete');
    assert.deepEqual(await readFile(folder.join('out')), file);
  });
}
