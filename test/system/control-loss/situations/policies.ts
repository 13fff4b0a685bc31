/** The settings that change the fate of a transfer: on-control-loss and missing-close-notify, per server and per user. */

import type { UserStore } from '../../../../src/users/index.ts';
import { sessionHasNoticed } from '../run-cell.ts';
import type { StageOptions } from '../stage.ts';
import {
  aborted,
  clauses,
  dataEnds,
  downloading,
  finishDownload,
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

const policy = 'server setting on-control-loss';
const graceMs = 150;
const unanswered = { replies: [], repliesInLog: ['226 Transfer OK'] } as const;

/** A store whose one user has policies of their own. */
function storeWith(account: Pick<StageOptions, 'onControlLoss' | 'missingCloseNotify'>): UserStore {
  return {
    authenticate: async (name) => ({ name, home: '/', readOnly: false, ...account }),
    close: async () => {},
  };
}

function goesOn(name: string, options: StageOptions): Situation {
  return {
    name,
    clause: policy,
    play: () =>
      tell(uploading, options, async (stage) => {
        await stage.reachPhase();
        stage.client.control.reset();
        await sessionHasNoticed(stage);
        return { dataLine: await finishUpload(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadDone, ...unanswered },
  };
}

function isCut(name: string, clause: string, options: StageOptions): Situation {
  return {
    name,
    clause,
    play: () =>
      tell(uploading, options, async (stage) => {
        await stage.reachPhase();
        stage.client.control.reset();
        return { dataLine: await dataEnds(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadCut, replies: [], repliesInLog: [`${aborted}.`], cause: 'control-reset' },
  };
}

function truncated(name: string, options: StageOptions, expected: Situation['expected']): Situation {
  return {
    name,
    clause: 'server setting missing-close-notify',
    play: () =>
      tell({ ...uploading, line: 'data' }, options, async (stage) => {
        await stage.reachPhase();
        (await stage.data).finWithoutCloseNotify();
        const read = await replies(stage, 1);
        return { dataLine: await dataEnds(stage), replies: read };
      }),
    expected,
  };
}

const refused = {
  ...uploadCut,
  replies: [`${aborted}: the data connection ended without a TLS close_notify.`],
  cause: 'data-truncated',
} as const;

export const policySituations: readonly Situation[] = [
  goesOn('finish: control RST during an upload', { onControlLoss: 'finish' }),
  {
    name: 'finish: control RST during a download',
    clause: policy,
    play: () =>
      tell(downloading, { onControlLoss: 'finish' }, async (stage) => {
        await stage.reachPhase();
        stage.client.control.reset();
        await sessionHasNoticed(stage);
        return { dataLine: await finishDownload(stage), replies: await repliesToTheEnd(stage) };
      }),
    expected: { ...uploadDone, ...untouched, ...unanswered },
  },
  goesOn('grace: control RST during an upload that ends within the grace', { onControlLoss: { graceMs: 60_000 } }),
  isCut('grace: control RST during an upload that outlasts the grace', policy, { onControlLoss: { graceMs } }),
  goesOn('finish for the user, abort for the server', {
    onControlLoss: 'abort',
    users: storeWith({ onControlLoss: 'finish' }),
  }),
  isCut('abort for the user, finish for the server', clauses.control, {
    onControlLoss: 'finish',
    users: storeWith({ onControlLoss: 'abort' }),
  }),
  truncated(
    'tolerate: an upload that ends without close_notify',
    { missingCloseNotify: 'tolerate' },
    { ...uploadDone, verdict: 'unproven' },
  ),
  truncated(
    'tolerate for the user, refuse for the server',
    { missingCloseNotify: 'refuse', users: storeWith({ missingCloseNotify: 'tolerate' }) },
    { ...uploadDone, verdict: 'unproven' },
  ),
  truncated(
    'refuse for the user, tolerate for the server',
    { missingCloseNotify: 'tolerate', users: storeWith({ missingCloseNotify: 'refuse' }) },
    refused,
  ),
];
