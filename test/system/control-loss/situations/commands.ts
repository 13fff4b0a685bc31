/** Commands of the client in the middle of its own transfer. */

import { directions } from '../cells.ts';
import { upload } from '../payloads.ts';
import { endInOrder } from '../stage.ts';
import {
  aborted,
  clauses,
  dataEnds,
  finishUpload,
  replies,
  repliesToTheEnd,
  type Situation,
  tell,
  untouched,
  uploadCut,
  uploadDone,
  uploading,
} from './situation.ts';

const aborts: readonly Situation[] = directions.map((direction) => ({
  name: `ABOR during ${direction === 'upload' ? 'an' : 'a'} ${direction}`,
  clause: clauses.abort,
  play: () =>
    tell({ ...uploading, direction }, {}, async (stage) => {
      await stage.reachPhase();
      await stage.client.send('ABOR\r\n');
      return { dataLine: await dataEnds(stage), replies: await replies(stage, 2) };
    }),
  expected: {
    ...(direction === 'upload' ? uploadCut : { ...uploadCut, ...untouched }),
    replies: [`${aborted}.`, '226 Abort successful'],
    cause: 'abort',
  },
}));

export const commandSituations: readonly Situation[] = [
  ...aborts,
  {
    name: 'QUIT during an upload that comes to its end',
    clause: 'RFC 959 section 4.1.1 (QUIT)',
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        await stage.client.send('QUIT\r\n');
        return { dataLine: await finishUpload(stage), replies: await replies(stage, 2) };
      }),
    expected: { ...uploadDone, replies: ['226 Transfer OK', '221 Goodbye'] },
  },
  {
    name: 'QUIT during an upload, then the end of the control line',
    clause: `${clauses.control}: closed "legally or otherwise"`,
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        await stage.client.send('QUIT\r\n');
        endInOrder(stage.client.control);
        return { dataLine: await dataEnds(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadCut, replies: [], repliesInLog: [`${aborted}.`], cause: 'control-close-notify' },
  },
  {
    name: 'EPSV during an upload waits for its end',
    clause: clauses.port,
    play: () =>
      tell(uploading, {}, async (stage) => {
        await stage.reachPhase();
        await stage.client.send('EPSV\r\n');
        const dataLine = await finishUpload(stage);
        const read = await replies(stage, 2);
        return { dataLine, replies: read.map((reply) => reply.replace(/\(.*\)/, '(…)')) };
      }),
    expected: { ...uploadDone, replies: ['226 Transfer OK', '229 Entering Extended Passive Mode (…)'] },
  },
  {
    name: 'an upload in clear that ends before the size that ALLO announced',
    clause: 'RFC 959 section 4.1.3 (ALLO)',
    play: () =>
      tell({ ...uploading, line: 'data', protection: 'plain' }, {}, async (stage) => {
        await stage.client.expect(200, `ALLO ${upload.bytes.length}`);
        await stage.reachPhase();
        (await stage.data).fin();
        const [reply = ''] = await replies(stage, 1);
        return { dataLine: await dataEnds(stage), replies: [reply] };
      }),
    expected: {
      ...uploadCut,
      replies: [`${aborted}: ${upload.partBytes} bytes came where ALLO had announced ${upload.bytes.length}.`],
      cause: 'data-truncated',
    },
  },
];
