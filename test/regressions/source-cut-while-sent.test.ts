/** A local file that is cut while it is uploaded. */

import assert from 'node:assert/strict';
import { truncate, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import { connect } from '../../src/client/index.ts';
import { createTempFolder } from '../../src/testing/index.ts';
import { startServer } from '../fixtures/start-server.ts';

test('an upload of a file that loses its end is an error, and the server keeps the old file', async () => {
  await using folder = await createTempFolder();
  await using server = await startServer({ files: 'disk', tls: 'off' });
  await server.write('/f', Buffer.from('old'));
  const local = folder.join('f');
  await writeFile(local, Buffer.alloc(32 * 1024 * 1024, 'x'));
  const login = { host: '127.0.0.1', port: server.port, user: 'user', password: 'pass' };
  await using client = await connect({ ...login, security: 'plain' });
  let cut: Promise<void> | undefined;
  const onProgress = ({ bytes }: { bytes: number }): void => {
    if (bytes > 0) cut ??= truncate(local, 1024);
  };
  await assert.rejects(client.uploadFile(local, '/f', { onProgress, rateLimit: 8 * 1024 * 1024 }), /became shorter/);
  await cut;
  assert.equal(String(await server.read('/f')), 'old');
});
