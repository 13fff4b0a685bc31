/** The client cases about replies and their order on the control connection. */

import { controlCases } from '../../src/lab/cases/client/control.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('replies', controlCases, {
  believer: { A07d: 'believes', A10a: 'swallows', A10b: 'swallows', L09d: 'believes' },
  fragile: {
    A02: 'fails',
    A03: 'fails',
    A06a: 'fails',
    A06b: 'fails',
    A06c: 'fails',
    A07a: 'fails',
    A07b: 'fails',
    A07c: 'fails',
    A15: 'fails',
    A16a: 'fails',
    A16c: 'fails',
    A16d: 'fails',
    A16e: 'fails',
    L09a: 'fails',
    L09b: 'fails',
  },
  frozen: { A08c: 'hangs', A11a: 'hangs', A11b: 'hangs', A11c: 'hangs', A16b: 'hangs', L09c: 'hangs' },
});
