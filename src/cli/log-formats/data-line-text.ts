/** A data connection in one line of text: how TLS stands on it, and everything that is known of one that failed. */

import { printable } from '../../protocol/index.ts';
import type { DataLineRecord, NotResumed } from '../../server/index.ts';

const notResumedWords: Record<NotResumed, string> = {
  'not-offered': 'not resumed: the client offered no session',
  'not-accepted': 'not resumed: the session that the client offered is not the one of its control connection',
};

/** TLS version, cipher, and whether the session of the control line was resumed, or why not. */
export function describeDataTls(tls: NonNullable<DataLineRecord['tls']>, notResumed: NotResumed | undefined): string {
  const resumed = tls.resumed ? ', resumed' : '';
  const why = notResumed === undefined ? '' : `, ${notResumedWords[notResumed]}`;
  return `${tls.protocol} ${tls.cipher}${resumed}${why}`;
}

/** The whole record, most telling first. */
export function describeDataLine(line: DataLineRecord): string {
  const { opener, address, announced, expectedPeer, peer, refusedPeers, protection, tls, bytes, durationMs } = line;
  const facts = [
    `${opener} ${address}${announced === undefined ? '' : ` (announced as ${announced})`}`,
    peer === undefined ? `nobody came, expected ${expectedPeer}` : `with ${peer}`,
    ...(refusedPeers.length === 0 ? [] : [`refused ${refusedPeers.join(', ')}`]),
    tls === undefined ? (protection === 'private' ? 'no TLS' : 'in clear') : describeDataTls(tls, line.notResumed),
    `${bytes} bytes`,
    `after ${(durationMs / 1000).toFixed(2)} s`,
  ];
  return `data connection failed (${line.cause}): ${printable(line.reason)} [${facts.map(printable).join('; ')}]`;
}
