/** A server that never answers a TLS handshake. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { createTempFolder } from '../../src/testing/index.ts';
import { runTwinline } from '../fixtures/serve-process.ts';

test('--connect-timeout ends the wait for a TLS handshake, too', async () => {
  await using folder = await createTempFolder();
  const silent = createServer((socket) => socket.on('error', () => undefined));
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  try {
    const words = ['get', '-k', '-u', 'a:b', '--retry', '0', '--connect-timeout', '0.2', `ftps://127.0.0.1:${port}/f`];
    const started = performance.now();
    const result = await runTwinline(words, { cwd: folder.path });
    assert.equal(result.exitCode, 76, result.stderr);
    assert.match(result.stderr, /not done within 0\.2 s/);
    assert.ok(performance.now() - started < 10_000, 'not the 15 s of the default');
  } finally {
    silent.close();
  }
});
