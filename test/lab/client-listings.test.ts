/** The client cases about listings. */

import { listingCases } from '../../src/lab/cases/client/listings.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('listings', listingCases, {
  believer: { M13a: 'escapes', M13b: 'escapes', M13c: 'escapes', M13d: 'escapes' },
  fragile: {
    M12a: 'wrong',
    M12b: 'wrong',
    M12c: 'wrong',
    M12d: 'wrong',
    M12e: 'wrong',
    M12f: 'wrong',
    M12g: 'wrong',
  },
});
