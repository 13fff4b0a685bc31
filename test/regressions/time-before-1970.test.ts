/** Times before 1970, which old archives have. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startServer } from '../fixtures/start-server.ts';

test('MFMT sets a time before 1970 and not the present', async () => {
  await using server = await startServer({ files: 'disk', tls: 'off' });
  await server.write('/old', Buffer.from('x'));
  await using client = await server.session({ protection: 'plain' });
  await client.expect(213, 'MFMT 19600229123456 old');
  assert.match(await client.command('MDTM old'), /^213 19600229123456/);
});
