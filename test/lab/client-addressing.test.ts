/** The client cases about EPSV, PASV, EPRT and PORT. */

import { addressingCases } from '../../src/lab/cases/client/addressing.ts';
import { testClientCases } from './judge-client.ts';

testClientCases('addresses', addressingCases, {
  believer: {
    E16: 'follows',
    E17a: 'connects',
    E17b: 'connects',
    E21: 'confused',
    E23: 'tries',
    F03a: 'follows',
    F04a: 'follows',
    F04b: 'follows',
    G13: 'greets-stranger',
  },
  fragile: {
    E15a: 'fails',
    E15b: 'fails',
    E15c: 'fails',
    E18a: 'fails',
    E18b: 'fails',
    E18c: 'fails',
    E18d: 'fails',
    E18e: 'fails',
    E19: 'fails',
    F02a: 'fails',
    F02b: 'fails',
    F02c: 'fails',
    F02d: 'fails',
  },
  frozen: {
    D08: 'hangs',
    E17c: 'hangs',
    E17d: 'hangs',
    E17e: 'hangs',
    E20: 'hangs',
    F03b: 'hangs',
    F03c: 'hangs',
    F04c: 'hangs',
  },
});
