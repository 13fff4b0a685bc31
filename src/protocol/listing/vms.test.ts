import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createListingParser } from './detect.ts';
import { parseVmsLine } from './vms.ts';

describe('parseVmsLine', () => {
  test('reads a file with group and owner; blocks are no bytes', () => {
    assert.deepEqual(
      parseVmsLine('A_B.TXT;12   170774/170775     24-APR-2003 08:16:15  [FTP_CLIENT,SCOT]  (RWED,RWED,RE,)'),
      {
        name: 'A_B.TXT;12',
        type: 'file',
        group: 'FTP_CLIENT',
        owner: 'SCOT',
        modifiedMs: Date.parse('2003-04-24T08:16:00Z'),
        modifiedUncertain: true,
      },
    );
  });

  test('reads a directory under the name that CWD takes', () => {
    assert.deepEqual(parseVmsLine('HTMLENV.DIR;1               1   8-JUN-1997 01:18 [ANONYMOUS] (RWED,RE,RE,RE)'), {
      name: 'HTMLENV',
      type: 'directory',
      owner: 'ANONYMOUS',
      modifiedMs: Date.parse('1997-06-08T01:18:00Z'),
      modifiedUncertain: true,
    });
  });

  test('reads a line without time, without owner, and with a month in another language', () => {
    assert.deepEqual(parseVmsLine('a;1    6/8    15-JUI-2002    PRONAS   (RWED,RWED,RE,)'), {
      name: 'a;1',
      type: 'file',
      owner: 'PRONAS',
    });
    const entry = parseVmsLine('vms_file_3;1       155   2-JUL-2003 10:30:13.64');
    assert.ok(typeof entry === 'object');
    assert.equal(entry.modifiedMs, Date.parse('2003-07-02T10:30:00Z'));
    assert.equal(entry.owner, undefined);
  });

  test('knows headings and footers', () => {
    for (const line of [
      'Directory DKA0:[ANONYMOUS.PUB]',
      'ANON:[PUBLIC]',
      'Total of 800 blocks in 6 files.',
      'Total of 3 files, 6/24 blocks.',
      'Grand total of 2 directories, 5 files.',
    ]) {
      assert.equal(parseVmsLine(line), 'heading', line);
    }
  });

  for (const line of [
    'CWD.DIR;1   insufficient privilege or object protection violation',
    'a;1 155 2003-07-02',
    'a.txt',
    ';1  155   2-JUL-2003 10:30',
    '.DIR;1  155   2-JUL-2003 10:30',
    'a;x 155   2-JUL-2003 10:30',
    'total of everything',
  ]) {
    test(`does not guess at ${JSON.stringify(line)}`, () => assert.equal(parseVmsLine(line), undefined));
  }

  test('gives back any name that could be one', () => {
    const name = fc.stringMatching(/^[A-Z0-9$_.^-]{1,60}$/).filter((text) => !text.toUpperCase().endsWith('.DIR'));
    fc.assert(
      fc.property(name, fc.integer({ min: 1, max: 32_767 }), (base, version) => {
        const entry = parseVmsLine(`${base};${version}  5/9  2-JUL-2003 10:30:13  [A,B]  (RWED,RWED,RE,)`);
        assert.ok(typeof entry === 'object');
        assert.equal(entry.name, `${base};${version}`);
      }),
    );
  });
});

describe('a VMS listing', () => {
  const parse = (lines: readonly string[]) => {
    const parser = createListingParser({ nowMs: Date.parse('2012-11-12T22:33:35Z') });
    const read = [...lines.flatMap((line) => parser.parse(line)), ...parser.finish()];
    return read.map((line) =>
      line.kind === 'entry'
        ? `${line.dialect} ${line.entry.name}`
        : line.kind === 'raw'
          ? `raw ${line.line}`
          : 'ignored',
    );
  };

  test('may have the facts of a long name on the next line', () => {
    assert.deepEqual(
      parse([
        'Directory DKA0:[PUB]',
        '',
        '$MAIN.TPU$JOURNAL;1',
        '\t1/18 8-JUN-2004 13:04:14  [NUCLEAR,FISSION]      (RWED,RWED,RE,)',
        'TCPIP$FTP_SERVER.LOG;29',
        '170774/170775     24-APR-2003 08:16:15  [FTP_CLIENT,SCOT]      (RWED,RWED,RE,)',
        '',
        'Total of 2 files, 1/36 blocks.',
      ]),
      ['ignored', 'ignored', 'vms $MAIN.TPU$JOURNAL;1', 'vms TCPIP$FTP_SERVER.LOG;29', 'ignored', 'ignored'],
    );
  });

  test('shows a name whose facts do not come as it is, and reads on with the next line', () => {
    assert.deepEqual(parse(['LONG.TXT;1', 'A.TXT;1  1/3 8-JUN-2004', 'LAST.TXT;2']), [
      'raw LONG.TXT;1',
      'vms A.TXT;1',
      'raw LAST.TXT;2',
    ]);
  });
});
