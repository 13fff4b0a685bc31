/** The client cases about sizes, late results, and servers that are slow. */

import { restartCases as all } from '../../src/lab/cases/client/restart.ts';
import { testClientCases } from './judge-client.ts';

/** What takes half a minute is done here by its short sister. */
const restartCases = all.filter(({ deadlineMs }) => (deadlineMs ?? 0) < 60_000);

testClientCases('patience', restartCases, {
  believer: { K19a: 'joins', K19b: 'joins', K19c: 'joins' },
  fragile: { H08: 'fails', K04: 'fails', K19d: 'fails', K05: 'fails', N16: 'fails', N17: 'fails' },
  frozen: { H07: 'hangs' },
});
