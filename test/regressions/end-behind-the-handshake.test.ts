/** A control line that ends in the same segment as its TLS handshake. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../fixtures/start-server.ts';

test('a client that says close_notify right behind its handshake leaves no session behind', async () => {
  await using server = await startServer();
  for (let round = 1; round <= 10; round += 1) {
    await using client = await server.connect();
    await client.expect(234, 'AUTH TLS');
    const secured = client.startTls({ minVersion: 'TLSv1.3' });
    client.control.tls?.once('secureConnect', () => client.control.closeNotifyThenFin());
    await secured;
    const closed = await server.event('session-closed', round, 2_000);
    assert.equal(closed.cause, 'control-close-notify');
  }
});
