/** The client cases about attackers between client and server, and about hostile servers. */

import { securityCases } from '../../src/lab/cases/client/security.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('security', securityCases, {
  believer: { D07a: 'believes', D07b: 'believes', N19: 'believes', N19b: 'believes', N20: 'tells-password' },
});
