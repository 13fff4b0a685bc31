/** The client cases about sizes, late results, and servers that are slow. */

import { restartCases } from '../../src/lab/cases/client/restart.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('patience', restartCases, {
  fragile: { H08: 'fails', K04: 'fails', K05: 'fails', N16: 'fails', N17: 'fails' },
  frozen: { H07: 'hangs' },
});
