/** The client cases about replies and their order on the control connection. */

import { controlCases } from '../../src/lab/cases/client/control.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('replies', controlCases, {
  believer: { A07d: 'believes', A10a: 'swallows', A10b: 'swallows' },
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
  },
  frozen: { A08c: 'hangs', A11a: 'hangs', A11b: 'hangs', A16b: 'hangs' },
});
