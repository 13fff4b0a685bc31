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

/** Whether the admin port also lists and ends sessions. */
export function adminApiOf(given: GivenSettings): boolean {
  const isOn = given.isOn('admin-api');
  if (isOn && !given.has('metrics')) {
    throw given.wrong('admin-api', 'needs the admin port too: give it with --metrics 127.0.0.1:9921.');
  }
  return isOn;
}
