import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { Script } from '../../testing/index.ts';
import { createMemoryKnowledge } from '../knowledge/knowledge-store.ts';
import { modes, startPair } from '../../../test/fixtures/client-pair.ts';
import type { ListedEntry, ListingFacts } from './listing-reader.ts';

const [plain] = modes;

const listings = {
  unix: ['total 8', 'drwxr-xr-x 2 ftp ftp 4096 Nov  5  2010 pub', '-rw-r--r-- 1 ftp ftp 5 Nov  5  2010  a b '],
  dos: ['11-05-12  10:33PM       <DIR>          pub', '11-05-12  10:33PM 5  a b '],
  eplf: ['+/,\tpub', '+r,s5,\t a b '],
  netware: ['total 0', 'd [RWCEAFMS] a 512 Mar 12 2010 pub', '- [RWCEAFMS] a 5 Mar 12 2010  a b '],
  os400: ['QSYS 77824 12/17/01 15:33:14 *DIR       pub/', 'QSYS 5 12/17/01 15:33:14 *STMF      a b '],
  vms: [
    'Directory DKA0:[PUB]',
    '',
    'pub.DIR;1   1   8-JUN-1997 01:18 [A] (RWED,RE,RE,RE)',
    'A_B;1',
    '  5/9  2-JUL-2003 10:30:13  [A,B]  (RWED,RWED,RE,)',
    '',
    'Total of 2 files, 6/10 blocks.',
  ],
  mvs: [
    'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
    'SAVE01 3390   2004/06/23  1    1  FB     128  6144  PO    pub',
    'SAVE01 3390   2004/06/23  1    1  FB     128  6144  PS    A.B',
  ],
} as const;

/** A LIST that comes in pieces, and with CR LF. */
function listOf(lines: readonly string[], pieceBytes: number): Script {
  return async (session) => {
    const bytes = Buffer.from(lines.map((line) => `${line}\r\n`).join(''));
    await session.reply('150 Here it comes');
    const line = await session.acceptData();
    for (let at = 0; at < bytes.length; at += pieceBytes) await line.write(bytes.subarray(at, at + pieceBytes));
    await session.endData(line);
    await session.reply('226 Done');
  };
}

const noMlsd = { FEAT: '211-Features:\n UTF8\n211 End' };

describe('LIST', () => {
  for (const [dialect, lines] of Object.entries(listings)) {
    test(`in the dialect ${dialect} is read as it streams in, and says which dialect it was`, async () => {
      const knowledge = createMemoryKnowledge();
      const commands = { ...noMlsd, LIST: listOf(lines, 7) };
      await using pair = await startPair(plain, { commands }, { knowledge });
      const facts: ListingFacts[] = [];
      const entries: ListedEntry[] = [];
      for await (const entry of pair.client.list('x', { onListing: (found) => facts.push(found) })) entries.push(entry);
      assert.deepEqual(facts, [{ verb: 'LIST', dialect, entries: 2, raw: 0 }]);
      assert.equal(entries[0]?.type, 'directory');
      assert.equal(entries[0].name, 'pub');
      const fileName = dialect === 'vms' ? 'A_B;1' : dialect === 'mvs' ? 'A.B' : dialect === 'os400' ? 'a b ' : ' a b ';
      assert.deepEqual([entries[1]?.type, entries[1]?.name], ['file', fileName]);
      for (const entry of entries) assert.ok(entry.modifiedMs === undefined || entry.modifiedUncertain);
      const listing = pair.trace.find((event) => event.kind === 'listing');
      assert.equal(listing?.dialect, dialect);
      assert.equal((await knowledge.recall(pair.server))?.facts.dialect, dialect);
    });
  }

  test('that nobody understands is shown line by line as it came, and has no dialect', async () => {
    const lines = ['something else', 'LAST;1'];
    await using pair = await startPair(plain, { commands: { ...noMlsd, LIST: listOf(lines, 100) } });
    const facts: ListingFacts[] = [];
    const raw: (string | undefined)[] = [];
    for await (const entry of pair.client.list('x', { onListing: (found) => facts.push(found) })) raw.push(entry.raw);
    assert.deepEqual(raw, lines);
    assert.deepEqual(facts, [{ verb: 'LIST', dialect: undefined, entries: 0, raw: 2 }]);
  });
});
