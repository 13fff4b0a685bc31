import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parseProcNetTcp } from './proc-net-tcp.ts';

const heading = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode';
const established =
  '   1: 0100007F:1F4B 0200007F:AB14 01 00000010:0000FAD2 02:000005DC 00000001  1000        0 5546 2 0000000000000000 20 4 30 10 -1';
const listening =
  '   0: 00000000000000000000000001000000:0015 00000000000000000000000000000000:0000 0A 00000000:00000003 00:00000000 00000000     0        0 42 1 0000000000000000 100 0 0 10 0';

describe('the table of /proc/net/tcp', () => {
  test('tells what netstat shows', () => {
    const [connection, listener, ...rest] = parseProcNetTcp([heading, established, listening, ''].join('\n'), true);
    assert.deepEqual(rest, []);
    assert.deepEqual(connection, {
      family: 2,
      local: { host: '127.0.0.1', port: 8011 },
      remote: { host: '127.0.0.2', port: 43_796 },
      state: 'ESTABLISHED',
      timer: { kind: 'keepalive', expiresMs: 15_000 },
      ...{ retransmits: 1, receiveQueue: 64_210, sendQueue: 16, uid: 1000, inode: 5546, interfaceIndex: 0 },
    });
    assert.partialDeepStrictEqual(listener, {
      ...{ family: 10, state: 'LISTEN', inode: 42 },
      local: { host: '::1', port: 21 },
      backlog: { waiting: 3 },
    });
  });

  test('is read from machines of either order of bytes', () => {
    const [connection] = parseProcNetTcp(established.replace('0100007F', '7F000001'), false);
    assert.equal(connection?.local.host, '127.0.0.1');
  });

  test('leaves out what is no line of it', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseProcNetTcp(text, true)));
  });
});
