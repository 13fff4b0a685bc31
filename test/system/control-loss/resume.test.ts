/** What came of an upload that was cut is hidden from everybody, and its user goes on where it was cut. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Cell } from './cells.ts';
import { inflict } from './run-cell.ts';
import { upload } from './payloads.ts';
import { endInOrder, Stage } from './stage.ts';

const uploading = { direction: 'upload', phase: 'during data', protection: 'TLSv1.3' } as const;
const cuts: readonly Cell[] = [
  { ...uploading, line: 'control', fault: 'RST' },
  { ...uploading, line: 'control', fault: 'close_notify+FIN' },
  { ...uploading, line: 'data', fault: 'RST' },
  { ...uploading, line: 'data', fault: 'FIN without close_notify' },
];

/** Cuts the upload of a stage and waits until the server has settled it. */
async function cutUpload(stage: Stage): Promise<void> {
  await stage.reachPhase();
  inflict(stage.cell.fault, stage.cell.line === 'control' ? stage.client.control : await stage.data);
  stage.storage.release();
  const { transfer } = await stage.server.event('transfer');
  assert.equal(transfer.verdict, 'interrupted');
  stage.client.close();
}

describe('an upload that was cut', () => {
  for (const cell of cuts) {
    for (const verb of ['STOR', 'APPE'] as const) {
      test(`goes on with ${verb} behind ${cell.fault} on the ${cell.line} line`, async () => {
        await using stage = await Stage.open(cell);
        await cutUpload(stage);
        await using client = await stage.server.session();
        assert.equal(await client.command(`SIZE ${upload.path}`), `213 ${upload.partBytes}`);
        const data = await client.openPassive({ tls: true });
        if (verb === 'STOR') await client.expect(350, `REST ${upload.partBytes}`);
        await client.expect(150, `${verb} ${upload.path}`);
        await data.secured;
        await data.write(upload.bytes.subarray(upload.partBytes));
        endInOrder(data);
        assert.match(await client.readReply(), /^226 /);
        assert.deepEqual(await stage.server.read(upload.path), upload.bytes);
        assert.equal(await client.command(`SIZE ${upload.path}`), `213 ${upload.bytes.length}`);
      });
    }
  }

  test('is seen by nobody else, in no listing, and the old content is what everybody reads', async () => {
    const [cell] = cuts as readonly [Cell];
    await using stage = await Stage.open(cell);
    await cutUpload(stage);
    for (const user of ['user', 'other']) {
      await using client = await stage.server.session({ user });
      const names = await client.openPassive({ tls: true });
      await client.expect(150, 'NLST');
      await names.secured;
      assert.equal((await names.finish()).toString(), `${upload.path.slice(1)}\r\n`);
      assert.match(await client.readReply(), /^226 /);
      const data = await client.openPassive({ tls: true });
      await client.expect(150, `RETR ${upload.path}`);
      await data.secured;
      assert.deepEqual(await data.finish(), upload.old);
      assert.match(await client.readReply(), /^226 /);
      if (user === 'other') assert.equal(await client.command(`SIZE ${upload.path}`), `213 ${upload.old.length}`);
    }
  });
});
