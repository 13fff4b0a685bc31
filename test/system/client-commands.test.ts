/** Every command of the client against our own server. */

import { describe, test } from 'node:test';
import { tourCommands } from '../fixtures/command-tour.ts';
import { startServer } from '../fixtures/start-server.ts';

describe('every command of the client and our own server', () => {
  for (const version of ['1.2', '1.3']) {
    test(`over TLS ${version}`, async () => {
      await using server = await startServer({ files: 'disk' });
      await tourCommands({
        url: `ftpes://localhost:${server.port}`,
        session: ['-k', '-u', 'user:pass', '--tls-max', version],
        root: server.root,
        hasHash: true,
        hasModes: true,
      });
    });
  }
});
