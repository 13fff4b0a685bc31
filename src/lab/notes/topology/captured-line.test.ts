/** Lines as packets tell them: bytes once, and how each end leaves. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import type { TcpFlag } from '../../tcp/wire/tcp-segment.ts';
import { CapturedLine } from './captured-line.ts';

const client = { host: '192.0.2.2', port: 40_000 };
const server = { host: '198.51.100.2', port: 50_000 };

function makeLine() {
  const left: string[] = [];
  const passed: string[] = [];
  const line = new CapturedLine(
    'data',
    { client, server },
    {
      passed: (_line, end, bytes) => passed.push(`${end} ${Buffer.from(bytes).toString()}`),
      left: (_line, end, how) => left.push(`${end} ${how}`),
      destroy: () => undefined,
    },
  );
  const send = (end: 'client' | 'server', flags: readonly TcpFlag[], sequence: number, text = ''): void => {
    const [from, to] = end === 'client' ? [client, server] : [server, client];
    const payload = Buffer.from(text, 'latin1');
    const packet = {
      from,
      to,
      flags: new Set(flags),
      sequence,
      acknowledgement: 0,
      window: 0,
      payloadBytes: payload.length,
    };
    line.take(end, packet, payload, performance.now());
  };
  return { line, left, passed, send };
}

describe('a captured line', () => {
  test('counts bytes once, whatever is sent again, and across the end of the numbers', () => {
    const { line, passed, send } = makeLine();
    send('server', ['SYN', 'ACK'], 0xffff_fffd);
    send('server', ['ACK'], 0xffff_fffe, 'abcd');
    send('server', ['ACK'], 0xffff_fffe, 'abcd');
    send('server', ['ACK'], 0, 'cdef');
    assert.deepEqual(passed, ['server abcd', 'server ef']);
    assert.equal(line.bytesFrom('server'), 6);
    assert.equal(line.nextNumber('server'), 4);
  });

  test('tells bytes behind the fault from those before it', () => {
    const { line, send } = makeLine();
    send('server', ['SYN', 'ACK'], 0);
    send('server', ['ACK'], 1, 'abc');
    line.markFault();
    send('server', ['ACK'], 4, 'de');
    assert.equal(line.bytesAfterFault('server'), 2);
    assert.equal(line.bytesAfterFault('client'), 0);
  });

  test('is over by two FINs or by one RST, and names who left first', () => {
    const ended = makeLine();
    ended.send('server', ['FIN', 'ACK'], 10);
    assert.equal(ended.line.isOver, false);
    ended.send('client', ['FIN', 'ACK'], 20);
    assert.deepEqual([ended.line.isOver, ended.left], [true, ['server fin', 'client fin']]);
    const reset = makeLine();
    reset.send('client', ['RST'], 20);
    assert.deepEqual([reset.line.isOver, reset.line.firstToLeave], [true, 'client']);
  });

  test('tells close_notify from a bare FIN', () => {
    const { left, send } = makeLine();
    send('server', ['SYN', 'ACK'], 0);
    send('server', ['ACK'], 1, '\x17\x03\x03\x00\x01x\x15\x03\x03\x00\x02\x01\x00');
    send('server', ['FIN', 'ACK'], 14);
    assert.deepEqual(left, ['server close-notify']);
  });

  test('says nothing of the ends once the lab has cut it', () => {
    const { line, left, send } = makeLine();
    line.isCut = true;
    send('server', ['RST'], 20);
    assert.deepEqual(left, []);
  });
});
