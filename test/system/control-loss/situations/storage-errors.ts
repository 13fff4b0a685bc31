/** Irrecoverable errors of the storage: the data line is reset, and the reply names the kind. */

import type { StorageErrorKind } from '../../../../src/errors/index.ts';
import type { Direction } from '../cells.ts';
import type { HeldStep } from '../held-storage.ts';
import { download, listing, upload } from '../payloads.ts';
import { endInOrder, type Stage } from '../stage.ts';
import { clauses, endOf, replies, type Situation, tell, untouched, uploadCut, uploading } from './situation.ts';

const steps: Record<Direction, { readonly step: HeldStep; readonly from: number; readonly during: string }> = {
  download: { step: 'read', from: download.partBytes, during: 'a download' },
  upload: { step: 'write', from: upload.partBytes + 1, during: 'an upload' },
  listing: { step: 'list', from: 0, during: 'a listing' },
};

/** Sends the first part, which the storage takes, and the second, which it does not. */
async function upToTheFailure(stage: Stage): Promise<void> {
  const data = await stage.data;
  await data.write(upload.bytes.subarray(0, upload.partBytes));
  await stage.storage.written(upload.partBytes);
  await data.pour([upload.bytes.subarray(upload.partBytes)]);
}

function fails(direction: Direction, kind: StorageErrorKind, reply: string, cause: string): Situation {
  const { step, from, during } = steps[direction];
  return {
    name: `the storage fails during ${during}: ${kind}`,
    clause: clauses.error,
    play: () =>
      tell({ ...uploading, direction, line: 'data' }, {}, async (stage) => {
        await stage.openData();
        stage.storage.scriptListing(listing);
        stage.storage.fail(step, kind, from);
        const data = await stage.begin();
        if (direction === 'upload') await upToTheFailure(stage);
        const read = await replies(stage, 1);
        return { dataLine: await endOf(data), replies: read };
      }),
    expected: { ...(direction === 'upload' ? uploadCut : { ...uploadCut, ...untouched }), replies: [reply], cause },
  };
}

export const storageSituations: readonly Situation[] = [
  fails('download', 'io', `451 ${download.path}: The storage failed, try again later`, 'storage'),
  fails('listing', 'io', '451 /: The storage failed, try again later', 'storage'),
  fails('upload', 'io', `451 ${upload.path}: The storage failed, try again later`, 'storage'),
  fails('upload', 'no-space', `452 ${upload.path}: Insufficient storage space`, 'disk-full'),
  fails('upload', 'quota-exceeded', `552 ${upload.path}: The storage allocation of this user is used up`, 'quota'),
  {
    name: 'the storage fails to put a whole upload in place: no-space',
    clause: clauses.error,
    play: () =>
      tell({ ...uploading, line: 'data' }, {}, async (stage) => {
        await stage.openData();
        stage.storage.fail('commit', 'no-space');
        const data = await stage.begin();
        await data.write(upload.bytes);
        endInOrder(data);
        const read = await replies(stage, 1);
        return { dataLine: await endOf(data), replies: read };
      }),
    expected: {
      ...uploadCut,
      dataLine: 'in order',
      replies: [`452 ${upload.path}: Insufficient storage space`],
      cause: 'disk-full',
    },
  },
];
