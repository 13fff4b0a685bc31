import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Script } from '../testing/index.ts';
import { KeepingSink } from '../../test/fixtures/byte-sink.ts';
import { modes, startPair } from '../../test/fixtures/client-pair.ts';
import { createMemoryKnowledge } from './index.ts';

const file = Buffer.from('the content of the file');
const files = { f: file };

/** A download in whose middle NOOP comes; `middle` answers it or not, `end` is what stands behind the data. */
function whileSending(middle: string | undefined, end: string): Script {
  return async (session) => {
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    assert.deepEqual(await session.nextCommand(), ['NOOP', '']);
    if (middle !== undefined) await session.reply(middle);
    await line.write(file);
    await session.endData(line);
    await session.reply(end);
  };
}

for (const mode of modes) {
  describe(`NOOP in the middle of a transfer (${mode.name})`, () => {
    for (const [noop, middle, end] of [
      ['at-once', '200 Still here', '226 Done'],
      ['deferred', undefined, '226 Done\n200 Still here'],
      ['refused', '500 Not now', '226 Done'],
    ] as const) {
      test(`is known as ${noop} afterwards, and every reply finds its command`, async () => {
        const knowledge = createMemoryKnowledge();
        const commands = { RETR: whileSending(middle, end) };
        await using pair = await startPair(mode, { files, commands }, { knowledge, keepaliveMs: 30 });
        const sink = new KeepingSink();
        assert.equal((await pair.client.download('f', sink)).reply, '226 Done');
        assert.deepEqual(sink.bytes, file);
        assert.equal(await pair.client.size('f'), file.length);
        const { host, port } = pair.server;
        assert.equal((await knowledge.recall({ host, port }))?.facts.noop, noop);
      });
    }

    test('is not sent again to a server that never answers it, and the session stays in step', async () => {
      const knowledge = createMemoryKnowledge();
      const commands = { RETR: whileSending(undefined, '226 Done') };
      await using pair = await startPair(mode, { files, commands }, { knowledge, keepaliveMs: 30 });
      await pair.client.download('f', new KeepingSink());
      assert.equal(await pair.client.size('f'), file.length);
      const { host, port } = pair.server;
      assert.equal((await knowledge.recall({ host, port }))?.facts.noop, 'silent');
    });
  });
}

test('NOOP is sent while nothing is asked for, and not without the option', async () => {
  const asked = Promise.withResolvers<void>();
  let count = 0;
  const NOOP: Script = async (session) => {
    await session.reply('200 Fine');
    count += 1;
    if (count === 3) asked.resolve();
  };
  await using pair = await startPair(modes[2], { files, commands: { NOOP } }, { keepaliveMs: 20 });
  await asked.promise;
  assert.equal(await pair.client.size('f'), file.length);
});
