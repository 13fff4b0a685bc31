/** Listings of LIST stream in flat memory, whatever dialect they are in. */

import { before, describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createTempFolder } from '../../src/testing/index.ts';
import { modes, startServerFor } from '../fixtures/client-pair.ts';
import { peakMemoryMissing, runMeasured } from '../fixtures/peak-memory.ts';

const boundMib = 150;
/** The bound is for 200,000 entries; the other dialects stream in the same way and need fewer to show it. */
const countOf = (dialect: string): number => (dialect === 'unix' ? 200_000 : 60_000);

interface Dialect {
  readonly heading?: string;
  readonly line: (at: number) => string;
}

const dialects: Readonly<Record<string, Dialect>> = {
  unix: {
    heading: 'total 800000',
    line: (at) => `-rw-r--r-- 1 ftp ftp ${at} Nov  5  2010 a-name-of-usual-length-${at}`,
  },
  dos: { line: (at) => `11-05-12  10:33PM ${at} a-name-of-usual-length-${at}` },
  eplf: { line: (at) => `+r,s${at},m824255902,\ta-name-of-usual-length-${at}` },
  netware: { line: (at) => `- [RWCEAFMS] anna ${at} Mar 12 2010 a-name-of-usual-length-${at}` },
  os400: { line: (at) => `QSYS ${at} 12/17/01 15:33:14 *STMF      a-name-of-usual-length-${at}` },
  vms: {
    heading: 'Directory DKA0:[PUB]',
    line: (at) => `A_NAME_OF_USUAL_LENGTH_${at};1\r\n  5/9  2-JUL-2003 10:30:13  [A,B]  (RWED,RWED,RE,)`,
  },
  mvs: {
    heading: 'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
    line: (at) => `SAVE00 3390   2004/06/23  1    1  FB     128  6144  PS    HLQ.NAME.N${at}`,
  },
};

describe('ls of a long LIST', { skip: peakMemoryMissing ?? false }, () => {
  // Whatever the first start of a checkout compiles is kept for the next ones and is no part of a listing.
  before(async () => {
    await using folder = await createTempFolder();
    await runMeasured(['ls', 'ftp://127.0.0.1:1/'], { cwd: folder.path, timeoutMs: 60_000 });
  });

  for (const [name, { heading, line }] of Object.entries(dialects)) {
    test(`in the dialect ${name} understands all and stays under ${boundMib} MiB`, async (t) => {
      await using folder = await createTempFolder();
      const count = countOf(name);
      const lines = Array.from({ length: count }, (_, at) => `${line(at)}\r\n`);
      const listing = Buffer.from((heading === undefined ? '' : `${heading}\r\n`) + lines.join(''));
      await using server = await startServerFor(modes[2], {
        commands: {
          FEAT: '211-Features:\n UTF8\n211 End',
          LIST: async (session) => {
            await session.reply('150 Here it comes');
            const data = await session.acceptData();
            await data.write(listing);
            await session.endData(data);
            await session.reply('226 Done');
          },
        },
      });
      const words = ['ls', '--json', `ftpes://127.0.0.1:${server.port}/`, '-k', '-u', 'anna:secret'];
      const result = await runMeasured(words, { cwd: folder.path, timeoutMs: 150_000 });
      assert.equal(result.exitCode, 0, result.stderr);
      const events = result.stdout.toString().trimEnd().split('\n');
      const shown = events.filter((event) => event.includes('"kind":"entry"'));
      assert.equal(shown.length, count);
      assert.ok(!shown.some((entry) => entry.includes('"raw"')));
      t.diagnostic(`${name}: ${result.peakMib.toFixed(0)} MiB`);
      assert.ok(result.peakMib < boundMib, `${result.peakMib} MiB`);
    });
  }
});
