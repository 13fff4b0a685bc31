/** Cases about listings. */

import type { ClientCase } from '../../engine/lab-case.ts';
import { hostileListings } from './engineering/hostile-names.ts';
import { listingDialects } from './engineering/listing-dialects.ts';

export const listingCases: readonly ClientCase[] = [...listingDialects, ...hostileListings];
