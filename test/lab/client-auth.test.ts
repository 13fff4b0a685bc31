/** The client cases about AUTH, TLS on the control connection, and protection of the data connection. */

import { authCases } from '../../src/lab/cases/client/auth.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('protection', authCases, {
  believer: {
    B04: 'clear',
    B12: 'believes',
    B17a: 'tells-password',
    B17b: 'tells-password',
    B17c: 'tells-password',
    B17d: 'tells-password',
    B17e: 'tells-password',
    B18a: 'tells-password',
    B18b: 'tells-password',
    B19a: 'tells-password',
    B19b: 'tells-password',
    B19c: 'tells-password',
    B19d: 'tells-password',
    C09a: 'clear',
    C09b: 'clear',
    C09c: 'clear',
    C09d: 'clear',
  },
  fragile: { B25: 'fails' },
  frozen: { C14: 'hangs', C15: 'hangs' },
});
