/** The client cases about TLS on the data connection, and about its end. */

import { dataTlsCases } from '../../src/lab/cases/client/data-tls.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('data connections', dataTlsCases, {
  believer: {
    D03a: 'full',
    D03b: 'full',
    D03c: 'repeats',
    D04d: 'another',
    D09a: 'blind',
    D09b: 'blind',
    D10a: 'believes',
    D10b: 'believes',
    D10c: 'believes',
    D10d: 'believes',
    D11a: 'believes',
    D11b: 'believes',
    D12: 'believes',
    D13c: 'cut',
    D13d: 'cut',
    D15c: 'lost',
    D16c: 'cut',
  },
  fragile: { D04a: 'fails', D04b: 'fails', D04c: 'fails' },
});
