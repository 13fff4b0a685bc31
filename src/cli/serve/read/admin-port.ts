/** The admin port. */

import type { GivenSettings } from '../given-settings.ts';
import { type HostPort, parseHostPort } from '../listen-address.ts';

/** Undefined: none. */
export function metricsOf(given: GivenSettings): HostPort | undefined {
  const text = given.text('metrics');
  const address = text === undefined ? undefined : parseHostPort(text);
  if (text === undefined || address !== undefined) return address;
  throw given.wrong('metrics', `takes HOST:PORT, for example 127.0.0.1:9921 or [::1]:9921; "${text}" is not that.`);
}
