import { test } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataLine } from '../../../server-lab/data-line.ts';
import { readOn } from './following.ts';

test('a server that sends slowly is followed to the end of the file', async () => {
  const bytes = Buffer.alloc(400_000);
  await using server = createServer((socket) => {
    void (async () => {
      for (let at = 0; at < bytes.length; at += 10_000) {
        socket.write(bytes.subarray(at, at + 10_000));
        await sleep(75);
      }
      socket.end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const line = new DataLine(connect({ host: '127.0.0.1', port, allowHalfOpen: true }), 'data 1.1', {});
  const { isWhole, report } = await readOn({ line, bytes }, performance.now());
  line.destroy();
  assert.deepEqual([isWhole, report.ending, report.bytesAfterFault], [true, 'fin', bytes.length]);
});
