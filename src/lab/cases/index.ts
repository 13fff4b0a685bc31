/** All cases, in the order of the catalogue. */

import type { ClientCase, LabCase, ServerCase } from '../engine/lab-case.ts';
import { truncatedDownload } from './client/rfc8446/truncated-download.ts';
import { epsvUnknownFamily } from './server/rfc2428/epsv-unknown-family.ts';
import { abortInDownload } from './server/rfc959/abort-in-download.ts';

export const serverCases: readonly ServerCase[] = [epsvUnknownFamily, abortInDownload];
export const clientCases: readonly ClientCase[] = [truncatedDownload];
export const allCases: readonly LabCase[] = [...serverCases, ...clientCases];
