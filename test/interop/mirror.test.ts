/** Mirrors with other servers: MLSD or LIST, with and without times that can be set, the second run finds nothing to do. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { chmod, mkdir } from 'node:fs/promises';
import { compareTrees, createPool, mirrorDown, mirrorUp } from '../../src/client/index.ts';
import { createTempFolder, createTestCertificate, seededBytes } from '../../src/testing/index.ts';
import { peerKinds } from '../fixtures/peers/index.ts';
import { treeLines, writeTree } from '../fixtures/folder-tree.ts';

const files = {
  one: 'one',
  'a b/two': 'two two',
  'a b/c/three': seededBytes(200_000, 3),
  'nothing in it': '',
  'empty/': '',
};

for (const kind of peerKinds) {
  describe(`a mirror with ${kind.name}`, { skip: kind.peerMissing() }, () => {
    for (const maxTls of ['1.2', '1.3'] as const) {
      test(`is complete both ways, and then has nothing to do (TLS ${maxTls})`, async () => {
        const certificate = await createTestCertificate();
        await using peer = await kind.start({ certificate, maxTls });
        await using folder = await createTempFolder();
        await writeTree(`${peer.root}/from`, files);
        await chmod(`${peer.root}/from`, 0o755);
        await mkdir(`${peer.root}/in`);
        await chmod(`${peer.root}/in`, 0o777);
        await using pool = createPool(
          {
            host: peer.host,
            port: peer.controlPort,
            user: peer.user,
            password: peer.password,
            tls: { caPem: certificate.certificatePem },
          },
          { size: 3 },
        );
        const down = await mirrorDown(pool, 'from', folder.join('to'));
        assert.deepEqual([down.copied, down.errors], [4, []]);
        assert.deepEqual(await treeLines(folder.join('to')), await treeLines(`${peer.root}/from`));
        assert.deepEqual((await mirrorDown(pool, 'from', folder.join('to'))).copied, 0);

        const up = await mirrorUp(pool, folder.join('to'), 'in/deep/er');
        assert.deepEqual([up.copied, up.errors], [4, []]);
        const paths = (await treeLines(`${peer.root}/in/deep/er`)).map((line) => line.replace(/ \d{9,} /, ' '));
        assert.deepEqual(
          paths,
          (await treeLines(folder.join('to'))).map((line) => line.replace(/ \d{9,} /, ' ')),
        );
        assert.deepEqual((await mirrorUp(pool, folder.join('to'), 'in/deep/er')).copied, 0);
        const compared = await compareTrees(pool, 'up', { local: folder.join('to'), remote: 'in/deep/er' });
        assert.deepEqual([compared.same, compared.differences, compared.failures], [4, 0, 0]);
      });
    }
  });
}
