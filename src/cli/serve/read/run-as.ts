/** Reads who the server goes on as. */

import type { GivenSettings } from '../given-settings.ts';
import { passivePortsOf } from './passive.ts';

/** Ports below this one are for root alone, unless the system says otherwise. */
const firstFreePort = 1024;

/** `USER` or `USER:GROUP`; undefined: whoever started the server. */
export function runAsOf(given: GivenSettings): string | undefined {
  const text = given.text('run-as');
  if (text === undefined) return undefined;
  if (!/^[^\s:]+(:[^\s:]+)?$/.test(text))
    throw given.wrong('run-as', `takes USER or USER:GROUP; "${text}" is not that.`);
  if (passivePortsOf(given).min >= firstFreePort) return text;
  throw given.wrong(
    'passive-ports',
    `must begin at ${firstFreePort} or above: with run-as, no port below can be opened.`,
  );
}
