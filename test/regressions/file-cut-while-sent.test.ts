/** A file that is cut while it is sent, as a log is when it is rotated in place. */

import assert from 'node:assert/strict';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startServer } from '../fixtures/start-server.ts';

for (const type of ['I', 'A'] as const) {
  test(`a download in type ${type} of a file that loses its end is no complete one`, async () => {
    await using server = await startServer({ files: 'disk', tls: 'off' });
    await server.write('/log', Buffer.alloc(64 * 1024 * 1024, 'x\n'));
    await using client = await server.session({ protection: 'plain' });
    await client.expect(200, `TYPE ${type}`);
    const data = await client.openPassive();
    data.pause();
    await client.expect(150, 'RETR /log');
    await truncate(join(server.root, 'log'), 1024 * 1024);
    data.resume();
    assert.match(await client.readReply(), /^451 /);
    assert.equal((await data.ended).how, 'reset');
    assert.equal((await server.event('transfer')).transfer.verdict, 'interrupted');
  });
}
