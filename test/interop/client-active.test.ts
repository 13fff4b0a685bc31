/** Our client in active mode against real servers, in clear and under TLS. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '../../src/client/index.ts';
import { createTempFolder, hashOf, hashOfFile, seededBytes } from '../../src/testing/index.ts';
import { peerKinds } from '../fixtures/peers/index.ts';

const file = seededBytes(1_000_000, 73);

for (const kind of peerKinds) {
  describe(`our client in active mode and ${kind.name}`, { skip: kind.peerMissing() ?? false }, () => {
    for (const [name, security, maxTls] of [
      ['in clear', 'plain', '1.3'],
      ['over TLS 1.2', 'explicit', '1.2'],
      ['over TLS 1.3', 'explicit', '1.3'],
    ] as const) {
      test(`move files and list folders ${name}`, async () => {
        await using peer = await kind.start({ maxTls, tlsRequired: security !== 'plain' });
        await using folder = await createTempFolder();
        await writeFile(join(peer.root, 'down.bin'), file, { mode: 0o644 });
        await using client = await connect({
          host: '127.0.0.1',
          port: peer.controlPort,
          security,
          user: peer.user,
          password: peer.password,
          tls: { caPem: await readFile(peer.certificateFile, 'utf8'), serverName: 'localhost' },
          active: {},
          retry: { tries: 0 },
        });
        const down = await client.downloadFile('down.bin', folder.join('down.bin'));
        assert.equal(down.outcome, 'complete');
        assert.equal(await hashOfFile(folder.join('down.bin')), hashOf(file));
        const up = await client.uploadFile(folder.join('down.bin'), 'up.bin');
        assert.equal(up.outcome, 'complete');
        assert.equal(await hashOfFile(join(peer.root, 'up.bin')), hashOf(file));
        const names = [];
        for await (const entry of client.list()) names.push(entry.name);
        assert.deepEqual(names.toSorted(), ['down.bin', 'up.bin']);
      });
    }
  });
}
