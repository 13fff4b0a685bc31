import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { parseOs400Line } from './os400.ts';

const nowMs = Date.parse('2024-11-12T22:33:35Z');
const read = (line: string) => parseOs400Line(line, nowMs);
const kindOf = (line: string) => {
  const entry = read(line);
  return entry && `${entry.type} ${entry.name}`;
};

describe('parseOs400Line', () => {
  test('reads a stream with the size of its content and the only date that its columns can be', () => {
    assert.deepEqual(read('RGOVINDAN          932 03/29/01 14:59:53 *STMF      /cert.txt'), {
      name: 'cert.txt',
      type: 'file',
      owner: 'RGOVINDAN',
      size: 932,
      modifiedMs: Date.parse('2001-03-29T14:59:00Z'),
      modifiedUncertain: true,
    });
  });

  test('tells no time where the columns could be several dates, and none in the future', () => {
    assert.equal(read('PEP 4019 04/03/18 18:58:16 *STMF einladung.zip')?.modifiedMs, undefined);
    assert.equal(read('PEP 4019 04/04/04 18:58:16 *STMF x')?.modifiedMs, Date.parse('2004-04-04T18:58:00Z'));
    assert.equal(read('PEP 4019 99/99/99 18:58:16 *STMF x')?.modifiedMs, undefined);
    assert.equal(read('PEP 4019 31.12.1999 18:58:16 *STMF x')?.modifiedMs, Date.parse('1999-12-31T18:58:00Z'));
  });

  test('reads folders, libraries, files with members, members and what is none of them', () => {
    assert.equal(kindOf('QSYS            77824 12/17/01 15:33:14 *DIR       /QOpenSys/'), 'directory QOpenSys');
    assert.equal(kindOf('QDOC            24576 12/31/69 20:00:00 *FLR       QDLS/'), 'directory QDLS');
    assert.equal(kindOf('QSYS         12832768 04/14/03 16:47:25 *LIB       QSYS.LIB/'), 'directory QSYS.LIB');
    assert.equal(kindOf('PEP             36864 04/04/24 14:06:34 *FILE      ACQUI.FILE'), 'directory ACQUI.FILE');
    assert.equal(kindOf('PEP             36864 04/04/24 14:06:34 *FILE      BACKUP.SAVF'), 'file BACKUP.SAVF');
    assert.equal(kindOf('PEP                                     *MEM       ACQUI.MBR'), 'file ACQUI.MBR');
    assert.equal(kindOf('QSYS             2144 04/12/03 12:49:00 *DTAQ      Q'), 'other Q');
  });

  test('takes allocated space for no size', () => {
    assert.equal(read('PEP 36864 12/17/01 14:06:34 *FILE BACKUP.SAVF')?.size, undefined);
    assert.equal(read('PEP 99999999999999999999 12/17/01 14:06:34 *STMF x')?.size, undefined);
  });

  test('keeps blanks of a name, and a path as it is, which no caller takes for a name', () => {
    assert.equal(read('PEP 1 12/17/01 14:06:34 *STMF     a b ')?.name, 'a b ');
    assert.equal(read('PEP                    *MEM       A.FILE/A.MBR')?.name, 'A.FILE/A.MBR');
  });

  for (const line of [
    '',
    'QSYS 77824 12/17/01 15:33:14 DIR x',
    'QSYS *DIR',
    'QSYS 1 12/17/01 *DIR x',
    '*DIR x',
    'Q *DIR /',
  ]) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(read(line), undefined));
  }

  test('gives back any name that does not begin with a blank or hold a slash', () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/^\s|[\r\n/]/.test(text));
    fc.assert(fc.property(name, (given) => assert.equal(read(`Q 5 12/17/01 15:33:14 *STMF ${given}`)?.name, given)));
  });
});
