/** Every server that can be measured: ours and the peers. */

import { peerKinds } from '../../test/fixtures/peers/index.ts';
import type { SubjectKind } from '../workload.ts';
import { twinline, twinlineWorkers } from './twinline.ts';

export const subjectKinds: readonly SubjectKind[] = [twinline, ...peerKinds];

/** Measured only where --subjects names them. */
export const namedOnly: readonly SubjectKind[] = [twinlineWorkers];

/** Peers of the fixtures that are no subjects, and why. */
export const notMeasured: Readonly<Record<string, string>> = {
  'ftp-srv':
    'its explicit TLS fails with curl and with lftp, so that the fixture runs it under implicit TLS, which no workload speaks',
};
