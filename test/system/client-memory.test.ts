/** What the client commands need of memory: bounds on the peak of the whole process, however large the file or the folder. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { open, stat, unlink } from 'node:fs/promises';
import { createTempFolder } from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { peakMemoryMissing, runMeasured } from '../fixtures/peak-memory.ts';
import { startServe } from '../fixtures/serve-process.ts';

const gib = 1024 ** 3;
const transferBoundMib = 120;
const listingBoundMib = 150;

async function makeSparseFile(path: string, size: number): Promise<void> {
  await using file = await open(path, 'w');
  await file.truncate(size);
}

describe('the peak of memory', { skip: peakMemoryMissing ?? false }, () => {
  test(`of get and put stays under ${transferBoundMib} MiB with a file of 1 GiB, over TLS 1.2 and 1.3`, async (t) => {
    await using folder = await createTempFolder();
    await makeSparseFile(folder.join('big'), gib);
    await using serve = await startServe({
      cwd: folder.path,
      args: [
        '--root',
        folder.path,
        '--data-dir',
        folder.join('data'),
        '--user',
        'anna:secret',
        '--durability',
        'rename',
      ],
    });
    const url = `ftpes://127.0.0.1:${serve.port}`;
    const env = { TWINLINE_PASSWORD: 'secret' };
    const run = (...words: readonly string[]) =>
      runMeasured([...words, '-k', '-u', 'anna'], { cwd: folder.path, env, timeoutMs: 150_000 });
    // Whatever the first start of a checkout compiles is kept for the next ones and is no part of a transfer.
    await run('ls', `${url}/data/`);
    for (const version of ['1.2', '1.3']) {
      for (const words of [
        ['get', `${url}/big`, '-o', 'copy'],
        ['put', 'big', `${url}/copy`],
      ]) {
        const result = await run(...words, '--tls-max', version);
        assert.equal(result.exitCode, 0, result.stderr);
        assert.equal((await stat(folder.join('copy'))).size, gib);
        await unlink(folder.join('copy'));
        t.diagnostic(`${words[0]} over TLS ${version}: ${result.peakMib.toFixed(0)} MiB`);
        assert.ok(result.peakMib < transferBoundMib, `${words[0]} over TLS ${version}: ${result.peakMib} MiB`);
      }
    }
  });

  test(`of ls stays under ${listingBoundMib} MiB with 200,000 entries`, async (t) => {
    await using folder = await createTempFolder();
    const count = 200_000;
    const line = (at: number) =>
      `type=file;size=${at};modify=20260101000000; a-file-with-a-name-of-usual-length-${at}\r\n`;
    const listing = Buffer.from(Array.from({ length: count }, (_, at) => line(at)).join(''));
    await using server = await startServerFor(modes[2], {
      commands: {
        MLSD: async (session) => {
          await session.reply('150 Here it comes');
          const data = await session.acceptData();
          await data.write(listing);
          await session.endData(data);
          await session.reply('226 Done');
        },
      },
    });
    const words = ['ls', `ftpes://127.0.0.1:${server.port}/`, '-k', '-u', 'anna:secret'];
    const options = { cwd: folder.path, timeoutMs: 150_000 };
    for (const more of [[], ['--json']]) {
      const result = await runMeasured([...words, ...more], options);
      assert.equal(result.exitCode, 0, result.stderr);
      assert.equal(result.stdout.toString().split('a-file-with-a-name').length - 1, count);
      t.diagnostic(`ls ${more.join()}: ${result.peakMib.toFixed(0)} MiB`);
      assert.ok(result.peakMib < listingBoundMib, `ls ${more.join()}: ${result.peakMib} MiB`);
    }
  });
});
