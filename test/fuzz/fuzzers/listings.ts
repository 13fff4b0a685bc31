/** Listings of servers that nobody has promised anything about. */

import assert from 'node:assert/strict';
import {
  createListingParser,
  decodePathText,
  type Entry,
  type ListingLine,
  type MlsxFact,
  parseMlsxFacts,
  parseOptsMlst,
  serialiseMlsxLine,
  serialiseUnixLine,
} from '../../../src/protocol/index.ts';
import { defineFuzzer } from '../fuzzer.ts';

const nowMs = Date.UTC(2026, 10, 22);
const facts: readonly MlsxFact[] = ['type', 'size', 'modify', 'perm', 'unique', 'UNIX.mode'];

function checkEntry(entry: Entry): void {
  assert.ok(entry.size === undefined || (Number.isSafeInteger(entry.size) && entry.size >= 0), String(entry.size));
  assert.ok(entry.modifiedMs === undefined || Number.isFinite(entry.modifiedMs));
  assert.ok(entry.mode === undefined || (entry.mode >= 0 && entry.mode <= 0o7777));
  for (const line of [serialiseUnixLine(entry, nowMs), serialiseMlsxLine(entry, facts)]) {
    assert.doesNotMatch(line, /[\r\n\0]/);
  }
  const again = parseMlsxFacts(serialiseMlsxLine(entry, facts))?.entry;
  // CR, LF and NUL in names do not survive, and a name must be there.
  if (entry.name !== '' && !/[\r\n\0]/.test(entry.name)) assert.equal(again?.name, entry.name);
}

export const listings = defineFuzzer({
  name: 'listings',
  words: [
    ...[
      '-rw-r--r--',
      'drwxr-xr-x+',
      'lrwxrwxrwx',
      ' 1 ',
      'ftp',
      ' ',
      '  ',
      '4096',
      'Nov  5 22:33',
      'Feb 29  2023',
      ' -> ',
    ],
    ...[
      '11-05-12  10:33PM',
      '<DIR>',
      '2012-11-05  22:33',
      '+i8388621.48594,m825718503,r,s280,\t',
      'total 42',
      '.',
      '..',
    ],
    ...[
      'type=file;',
      'size=10;',
      'modify=20121105223359;',
      'perm=adfr;',
      'UNIX.mode=0644;',
      'unique=a;',
      ';',
      '=',
      'a.txt',
    ],
    ...[
      'd [RWCEAFMS] ',
      '-[R----F-] ',
      'QSYS  77824 12/17/01 15:33:14 *DIR  ',
      '*STMF ',
      'Directory DKA0:[PUB]',
      'Total of 3 files.',
      'A.TXT;1',
      'B.DIR;1',
      '  5/9  2-JUL-2003 10:30:13  [GROUP,OWNER]  (RWED,RWED,RE,)',
      'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname',
      'SAVE00 3390   2004/06/23  1    1  FB     128  6144  PS    A.B',
      'Migrated   A.C',
      ' Name     VV.MM   Created       Changed      Size  Init   Mod   Id',
      ' ADATAB    01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001',
      'JOBNAME  JOBID    OWNER    STATUS CLASS',
      'A JOB01234 B OUTPUT A',
    ],
    ...['\r\n', '\xc3\xa9', '\xff', '\t', '\0', '99999999999999999999', '-1', 'type=OS.unix=slink:/x;', 'type=cdir;'],
  ],
  runs: 5000,
  check(input) {
    const parser = createListingParser({ nowMs });
    const lines = decodePathText(input).split('\n');
    const shown: string[] = [];
    const take = (reads: readonly ListingLine[]): void => {
      for (const read of reads) {
        if (read.kind === 'entry') checkEntry(read.entry);
        if (read.kind === 'raw') shown.push(read.line);
      }
    };
    for (const line of lines) {
      take(parser.parse(line));
      const mlsx = parseMlsxFacts(line);
      if (mlsx !== undefined) checkEntry(mlsx.entry);
      parseOptsMlst(line);
    }
    take(parser.finish());
    // What is not understood comes out as it went in, and in its order.
    let at = 0;
    for (const line of shown) at = lines.indexOf(line, at) + 1 || assert.fail(JSON.stringify(line));
  },
});
