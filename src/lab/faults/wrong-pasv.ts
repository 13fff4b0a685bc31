/** Fault `wrong-pasv`: PASV names an address that nobody can use. */

import { defineFault, textOf } from './define-fault.ts';

export const wrongPasv = defineFault({
  name: 'wrong-pasv',
  summary: 'Names another address in the 227 reply; with a port, another port there and in the 229 reply.',
  parameters: [{ name: 'address', kind: 'address', says: 'HOST or HOST:PORT', byDefault: '10.255.255.1' }],
  effect: {
    on: 'reply',
    change({ code }, values) {
      const [host = '', port] = textOf(values, 'address').split(':');
      if (code !== 227 && (code !== 229 || port === undefined)) return undefined;
      return { passiveAddress: { host, port: port === undefined ? undefined : Number(port) } };
    },
  },
  line: 'control',
  direction: 'down',
  isLineFixed: true,
  times: 'always',
  clientSees:
    'A data port that cannot be reached, as from a server behind NAT that names its private address. A careful client takes the address of the control line instead.',
  serverSees: 'A passive port to which nobody comes.',
  clause: 'RFC 959 section 4.1.2 (PASV), RFC 2428 section 1, RFC 2577 section 3',
  examples: ['wrong-pasv 10.0.0.9', 'wrong-pasv 127.0.0.1:9'],
});
