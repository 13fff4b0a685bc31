/** Transfers: by direction, verdict and cause, with their bytes and durations, and data connections of strangers. */

import { dataLineFailures, transferCauses, transferDirections } from '../../server/index.ts';
import { defineMetrics } from './define-metrics.ts';

const durationBuckets = [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1800, 7200];

export const transfers = defineMetrics(({ library, registers }) => {
  const total = new library.Counter({
    name: 'twinline_transfers_total',
    help: 'Transfers that have ended, by direction, verdict and cause.',
    labelNames: ['direction', 'verdict', 'cause'],
    registers,
  });
  for (const direction of transferDirections) {
    for (const cause of transferCauses) {
      total.inc({ direction, verdict: cause === 'completed' ? 'complete' : 'interrupted', cause }, 0);
    }
  }
  const bytes = new library.Counter({
    name: 'twinline_transfer_bytes_total',
    help: 'Payload bytes of transfers that have ended, by direction.',
    labelNames: ['direction'],
    registers,
  });
  for (const direction of transferDirections) bytes.inc({ direction }, 0);
  const duration = new library.Histogram({
    name: 'twinline_transfer_duration_seconds',
    help: 'How long transfers took, from the command to the end of the data connection.',
    labelNames: ['direction', 'verdict'],
    buckets: durationBuckets,
    registers,
  });
  const refusedPeers = new library.Counter({
    name: 'twinline_data_peers_refused_total',
    help: 'Connections to a passive port from another address than that of the session.',
    registers,
  });
  const failedLines = new library.Counter({
    name: 'twinline_data_connections_failed_total',
    help: 'Data connections that failed, with a transfer or before one, by cause.',
    labelNames: ['cause'],
    registers,
  });
  for (const cause of dataLineFailures) failedLines.inc({ cause }, 0);
  return {
    transfer: ({ transfer: { direction, verdict, cause, bytes: moved, durationMs } }) => {
      total.inc({ direction, verdict, cause });
      bytes.inc({ direction }, moved);
      duration.observe({ direction, verdict }, durationMs / 1000);
    },
    'data-line-failed': ({ line: { cause } }) => failedLines.inc({ cause }),
    'data-peer-refused': () => refusedPeers.inc(),
  };
});
