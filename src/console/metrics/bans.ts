/** Bans that the server has made by itself, and what the system kept from it. */

import { defineMetrics } from './define-metrics.ts';

export const bans = defineMetrics(({ library, registers }) => {
  const made = new library.Counter({
    name: 'twinline_bans_total',
    help: 'Addresses that the server has banned by itself.',
    registers,
  });
  const listFailures = new library.Counter({
    name: 'twinline_ban_list_failures_total',
    help: 'Times that the file of bans could not be read or written.',
    registers,
  });
  const acceptFailures = new library.Counter({
    name: 'twinline_accept_failures_total',
    help: 'Connections that the system could not hand over, mostly for want of descriptors.',
    registers,
  });
  return {
    banned: () => made.inc(),
    'ban-list-failed': () => listFailures.inc(),
    'accept-failed': () => acceptFailures.inc(),
  };
});
