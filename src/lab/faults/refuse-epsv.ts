/** Fault `refuse-epsv`: EPSV is answered as by a server that never heard of it. */

import { defineFault, textOf } from './define-fault.ts';

export const refuseEpsv = defineFault({
  name: 'refuse-epsv',
  summary: 'Answers EPSV with an error; the server never hears of it.',
  parameters: [{ name: 'code', kind: 'code', says: 'the code of the reply', byDefault: '500' }],
  effect: {
    on: 'command',
    answer: (verb, values) => (verb === 'EPSV' ? `${textOf(values, 'code')} EPSV is not available.` : undefined),
  },
  line: 'control',
  direction: 'up',
  isLineFixed: true,
  times: 'always',
  clientSees: 'A refusal; on IPv4 it can go on with PASV, on IPv6 with EPRT alone.',
  serverSees: 'PASV, EPRT or nothing.',
  clause: 'RFC 2428 section 3, RFC 1123 section 4.1.2.6',
  examples: ['refuse-epsv', 'refuse-epsv 522'],
});
