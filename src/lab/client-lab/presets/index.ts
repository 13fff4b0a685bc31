/** Clients that are ready to be tested by name. */

import type { ClientUnderTest } from '../client-under-test.ts';
import { curl } from './curl.ts';

export const clientPresets: readonly ClientUnderTest[] = [curl];
