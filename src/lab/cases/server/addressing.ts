/** Server cases about EPSV, PASV, EPRT and PORT (groups E, F and G). */

import type { ServerCase } from '../../engine/lab-case.ts';
import { epsvUnknownFamily } from './rfc2428/epsv-unknown-family.ts';

export const addressingCases: readonly ServerCase[] = [epsvUnknownFamily];
