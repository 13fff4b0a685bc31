import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { cutTransfer, event, hostileEvents, noteEvents, noteTime, user } from '../../../test/fixtures/log-events.ts';
import type { TransferRecord } from '../../server/index.ts';
import { xferlogLines } from './xferlog.ts';

const log = (changed: Partial<TransferRecord>, name = 'user'): string => {
  const transfer = { ...cutTransfer, ...changed };
  return xferlogLines(event({ type: 'transfer', transfer, ...user, user: name }, noteTime)).join('');
};

/** The fields by the manual page xferlog(5). */
const format =
  /^(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}) (\d+) (\S+) (\d+) (\S+) ([ab]) (_) ([oid]) ([ar]) (\S+) (ftp) (0) (\*) ([ci])\n$/;

describe('the xferlog', () => {
  test('has a line for a cut download as wu-ftpd would write it', () => {
    assert.equal(
      log({ path: '/a.bin' }),
      'Mon Nov 12 22:33:35 2012 62 5.79.21.166 634880 /a.bin b _ o r user ftp 0 * i\n',
    );
  });

  test('tells direction, type, end and anonymous users', () => {
    const whole = { verdict: 'complete', cause: 'completed' } as const;
    const fields = (line: string) => [6, 8, 9, 14].map((field) => format.exec(line)?.[field]).join(' ');
    assert.equal(fields(log({ ...whole, direction: 'upload', dataType: 'ascii' })), 'a i r c');
    assert.equal(fields(log({ ...whole, verdict: 'unproven' }, 'anonymous')), 'b o a c');
    assert.match(log({ ...whole, durationMs: 3 }), / 2012 1 5\./, 'programs divide by the seconds');
  });

  test('has deletes, and no listings', () => {
    const change = { operation: 'delete', verb: 'DELE', path: '/a b', detail: '', durationMs: 2 } as const;
    const done = { ...change, verdict: 'done', cause: 'done' } as const;
    const refused = { ...change, verdict: 'refused', cause: 'not-found' } as const;
    assert.match(
      xferlogLines(event({ type: 'file-operation', change: done, ...user })).join(''),
      / \/a_b b _ d r user /,
    );
    assert.deepEqual(xferlogLines(event({ type: 'file-operation', change: refused, ...user })), []);
    assert.equal(log({ direction: 'listing' }), '');
  });

  test('keeps its fields whatever a name holds', () => {
    for (const path of ['/a b\tc', '/x\r\n0 0 forged', '/\u009b2J', '/\udcff', '/ü\u2028ß']) {
      assert.match(log({ path }, 'eve il\n'), format);
    }
    const all = [...noteEvents, ...hostileEvents].flatMap(xferlogLines);
    assert.equal(all.length, 2);
    for (const line of all) assert.match(line, format);
  });
});
