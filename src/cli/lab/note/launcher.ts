/** The program that starts `twinline`, for those who start it once more on another host. */

import { fileURLToPath } from 'node:url';

export const launcher = fileURLToPath(new URL('../../../../bin/twinline.js', import.meta.url));
