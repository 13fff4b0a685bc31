/** Every server that can be measured: ours and the peers. */

import { peerKinds } from '../../test/fixtures/peers/index.ts';
import type { SubjectKind } from '../workload.ts';
import { twinline } from './twinline.ts';

export const subjectKinds: readonly SubjectKind[] = [twinline, ...peerKinds];
