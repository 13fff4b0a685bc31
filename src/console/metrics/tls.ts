/** TLS handshakes that succeeded, by line, version, and whether they resumed a session. */

import { defineMetrics } from './define-metrics.ts';

interface Handshake {
  readonly tls: { readonly protocol: string; readonly resumed: boolean };
}

export const tls = defineMetrics(({ library, registers }) => {
  const handshakes = new library.Counter({
    name: 'twinline_tls_handshakes_total',
    help: 'Complete TLS handshakes by line, protocol version, and whether a session was resumed.',
    labelNames: ['line', 'protocol', 'resumed'],
    registers,
  });
  const count =
    (line: 'control' | 'data') =>
    ({ tls: { protocol, resumed } }: Handshake): void =>
      handshakes.inc({ line, protocol, resumed: String(resumed) });
  return { 'control-tls': count('control'), 'data-tls': count('data') };
});
