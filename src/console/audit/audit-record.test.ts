import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { cutTransfer, event, hostileEvents, noteEvents, noteTime, user } from '../../../test/fixtures/log-events.ts';
import type { ServerEventBody } from '../../server/index.ts';
import { auditLine, AuditRecords } from './audit-record.ts';
import { auditRecordSchema } from './audit-schema.ts';

const change = {
  operation: 'rename',
  verb: 'RNTO',
  path: '/a',
  target: '/b',
  verdict: 'done',
  cause: 'done',
  detail: 'File renamed successfully',
  durationMs: 1,
} as const;

const others: readonly ServerEventBody[] = [
  { type: 'draining', sessions: 2, transfers: 1 },
  { type: 'offline' },
  { type: 'settings-reloaded', changed: ['welcome'], afterRestart: ['root'] },
  { type: 'settings-refused', problems: ['server.toml:3: no.'] },
  {
    ...{ type: 'connection-refused', remoteHost: '192.0.2.1', remotePort: 4711, cause: 'too-many-sessions' },
    ...{ detail: 'full', unreported: 3 },
  },
  { type: 'banned', network: '192.0.2.1/32', untilMs: 1_800_000_000_000, reason: 'guessed passwords' },
  { type: 'swept', kept: 1, removed: 2, bytesRemoved: 3 },
  { type: 'tls-settings-replaced', fingerprint256: 'AA:BB', validUntil: '2027-01-01T00:00:00.000Z' },
  { type: 'tls-settings-refused', error: new Error('no key') },
  { type: 'file-operation', change, ...user },
  { type: 'session-closed', cause: 'quit', detail: '', ...user },
];

describe('audit records', () => {
  test('are as their schema promises, for every event', () => {
    const records = new AuditRecords();
    const seen = new Set<string>();
    for (const one of [...noteEvents, ...hostileEvents, ...others.map((body) => event(body))]) {
      for (const record of records.of(one)) {
        seen.add(record.event);
        assert.deepEqual(auditRecordSchema.parse(JSON.parse(auditLine(record))), record);
      }
    }
    const promised = auditRecordSchema.options.map((option) => option.shape.event.value);
    assert.deepEqual([...seen].toSorted(), promised.toSorted());
  });

  test('tell who, what, how it ended and why', () => {
    const records = new AuditRecords();
    records.of(event({ type: 'session-opened', ...user }, noteTime));
    const [transfer] = records.of(event({ type: 'transfer', transfer: cutTransfer, ...user }, noteTime));
    assert.partialDeepStrictEqual(transfer, {
      ...{
        time: new Date(noteTime).toISOString(),
        event: 'transfer',
        user: 'user',
        remote: '5.79.21.166',
        session: 22,
      },
      ...{ direction: 'download', bytes: 634_880, verdict: 'interrupted', cause: 'control-reset', durationMs: 62_000 },
    });
    const end = event({ type: 'session-closed', cause: 'quit', detail: '', ...user }, noteTime + 5000);
    assert.partialDeepStrictEqual(records.of(end)[0], { event: 'session-end', cause: 'quit', durationMs: 5000 });
    assert.equal(records.of(end)[0], records.of(end)[0], 'every sink gets the same record');
  });

  test('are one line each, whatever clients wrote', () => {
    const records = new AuditRecords();
    for (const hostile of hostileEvents) {
      // Nothing but printable ASCII and letters: no control character reaches a terminal.
      for (const record of records.of(hostile)) assert.doesNotMatch(auditLine(record), /[\p{Cc}\u2028\u2029]/u);
    }
  });

  test('are not made of commands and replies', () => {
    const records = new AuditRecords();
    const replies = noteEvents.filter(({ type }) => type === 'command' || type === 'reply');
    assert.ok(replies.length > 10);
    assert.deepEqual(
      replies.flatMap((one) => records.of(one)),
      [],
    );
  });
});
