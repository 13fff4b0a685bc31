import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { createListingParser } from './detect.ts';

const dataSets = 'Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname';
const members = ' Name     VV.MM   Created       Changed      Size  Init   Mod   Id';
const loadModules = ' Name      Size     TTR   Alias-of AC --------- Attributes --------- Amode Rmode';
const jobs = 'JOBNAME  JOBID    OWNER    STATUS CLASS';

function parse(lines: readonly string[]) {
  const parser = createListingParser({ nowMs: Date.parse('2012-11-12T22:33:35Z') });
  return [...lines.flatMap((line) => parser.parse(line)), ...parser.finish()];
}

function summary(...lines: readonly string[]): string[] {
  return parse(lines).map((line) => {
    if (line.kind === 'entry') return `${line.dialect} ${line.entry.type} ${line.entry.name}`;
    return line.kind === 'raw' ? `raw ${line.line}` : 'ignored';
  });
}

describe('a listing of data sets', () => {
  test('tells sequential ones, partitioned ones and others; tracks are no size, and the last use is no change', () => {
    const [, first] = parse([dataSets, 'SAVE00 3390   2004/06/23  1    1  FB     128  6144  PS    INCOMING.D061704']);
    assert.ok(first?.kind === 'entry');
    assert.deepEqual(first.entry, { name: 'INCOMING.D061704', type: 'file' });
    assert.deepEqual(
      summary(
        dataSets,
        'SAVE01 3390   2004/06/23  1    1  FB     128  6144  PO    ISPF.ISPPROF',
        'SAVE02 3390   2004/06/23  1    1  FB     128  6144  PO-E  INCOMING.RPT',
        "SAVE02 3390   **NONE**    1    1  U        0  6144  PS   'SYS1.LOG'",
        'SESPUS 3380   2000/02/18 16+++++  FB      80  3120  PO  DUY.TEST',
        'SESPUS 3380                                        VSAM DDIR.D',
      ),
      [
        'ignored',
        'mvs directory ISPF.ISPPROF',
        'mvs directory INCOMING.RPT',
        "mvs file 'SYS1.LOG'",
        'mvs directory DUY.TEST',
        'mvs other DDIR.D',
      ],
    );
  });

  test('tells what has been migrated, lies on tape, or has no attributes', () => {
    assert.deepEqual(
      summary(
        dataSets,
        'Migrated                                                DEV.DATA',
        'G20427 Tape                                             UNLOAD.TAPE',
        'Pseudo Directory                                        HLQ',
        'Error determining attributes                            HLQ.BAD',
      ),
      ['ignored', 'mvs other DEV.DATA', 'mvs file UNLOAD.TAPE', 'mvs directory HLQ', 'mvs other HLQ.BAD'],
    );
  });

  test('shows what is not understood, and everything without the heading, as it came', () => {
    const line = 'SAVE00 3390   2004/06/23  1    1  FB     128  6144  PS    INCOMING.RPT';
    assert.deepEqual(summary(line), [`raw ${line}`]);
    assert.deepEqual(summary(dataSets, 'No data sets found.'), ['ignored', 'raw No data sets found.']);
  });
});

describe('a listing of members', () => {
  test('tells the time of their change, and names alone where there are no statistics', () => {
    const [, first, second] = parse([
      members,
      ' ADATAB    01.03 2002/09/12 2002/10/11 09:37    11    11     0 KIL001',
      ' LOG        ',
    ]);
    assert.ok(first?.kind === 'entry' && second?.kind === 'entry');
    assert.deepEqual(first.entry, {
      name: 'ADATAB',
      type: 'file',
      modifiedMs: Date.parse('2002-10-11T09:37:00Z'),
      modifiedUncertain: true,
    });
    assert.deepEqual(second.entry, { name: 'LOG', type: 'file' });
  });

  test('may be one of load modules', () => {
    assert.deepEqual(
      summary(loadModules, ' EAGKCPT   000058   000009          00 FO             RN RU            31    ANY'),
      ['ignored', 'mvs file EAGKCPT'],
    );
  });

  test('is known by its heading alone: a word is no member before it', () => {
    assert.deepEqual(summary('LOG', members, 'LOG', 'two words'), [
      'raw LOG',
      'ignored',
      'mvs file LOG',
      'raw two words',
    ]);
  });

  test('gives back every name that a member can have', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Z@#$][A-Z0-9@#$]{0,7}$/), (name) => {
        assert.deepEqual(summary(members, ` ${name}`), ['ignored', `mvs file ${name}`]);
      }),
    );
  });
});

describe('a listing of jobs', () => {
  test('names them by what RETR takes', () => {
    assert.deepEqual(
      summary(jobs, 'USER1A   JOB01234 USER1    OUTPUT A        RC=0000 3 spool files', 'X T1234567 ME ACTIVE TSU'),
      ['ignored', 'mvs file JOB01234', 'mvs file T1234567'],
    );
    assert.deepEqual(summary('IBMUSER1 JOB01906 OUTPUT    3 Spool Files'), ['mvs file JOB01906']);
  });
});
