/** The short form of a failed data connection: the words of 425 and 522, which say what the user can change. */

import { errorWords, type PortRange } from '../../net/index.ts';
import type { DataLine } from './data-line.ts';

/** Nobody, or nobody but strangers, came to the passive port in time. */
export function nobodyCame(line: DataLine, waitedMs: number, range: PortRange): string {
  const { address, announced, expectedPeer } = line.beginning;
  const missed = `No data connection came to ${announced ?? address} within ${waitedMs / 1000} s; `;
  if (line.refusedPeers.length > 0) {
    return (
      `${missed}connections from ${line.refusedPeers.join(', ')} were refused, ` +
      `because data must come from ${expectedPeer} as the control connection does`
    );
  }
  const ports = range.max === 0 ? 'the passive ports' : `the passive ports ${range.min}-${range.max}`;
  const blocked = `a firewall or NAT between client and server may block ${ports}`;
  return announced === undefined || announced === address
    ? missed + blocked
    : `${missed}${blocked}, or the announced address may not lead to this server`;
}

const dialReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ETIMEDOUT: 'no answer, as behind a firewall or NAT',
  EHOSTUNREACH: 'no way leads there',
  ENETUNREACH: 'no way leads there',
};

/** The client could not be reached at the address of PORT or EPRT. */
export function dialFailed(line: DataLine, error: NodeJS.ErrnoException): string {
  const code = error.code ?? 'unknown error';
  const reason = dialReasons[code];
  const told = reason === undefined ? code : `${code}, ${reason}`;
  return `Cannot open a data connection to ${line.beginning.address}: ${told}; try passive mode (EPSV)`;
}

/** What OpenSSL's reasons mean for the client; the pattern is matched against the error code. */
const tlsReasons: readonly (readonly [RegExp, string])[] = [
  [/ALERT_UNKNOWN_CA|ALERT_CERTIFICATE|ALERT_BAD_CERTIFICATE/, "the client does not trust this server's certificate"],
  [/UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|ALERT_PROTOCOL_VERSION/, 'client and server have no TLS version in common'],
  [
    /NO_SHARED_CIPHER|NO_SUITABLE|ALERT_HANDSHAKE_FAILURE/,
    'client and server have no cipher or key exchange in common',
  ],
  [/NO_APPLICATION_PROTOCOL/, 'the client offers ALPN protocols of which none is ftp-data or ftp'],
  [/WRONG_VERSION_NUMBER|HTTP_REQUEST/, 'the client does not speak TLS'],
  [/ECONNRESET|EPIPE/, 'the client reset the connection in the middle of the handshake'],
  [/ERR_TLS_EARLY_END/, 'the client closed the connection in the middle of the handshake'],
];

/** The handshake on the data connection failed. */
export function tlsFailed(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  const reason = tlsReasons.find(([pattern]) => pattern.test(code))?.[1];
  const other = code === '' || code === 'ETIMEDOUT' ? errorWords(error) : code;
  return `TLS negotiation failed on the data connection: ${reason ?? other}`;
}

export const clearDataOnPrivateLine =
  'TLS negotiation failed on the data connection: the client sent data in clear, but PROT P was agreed and it must begin TLS';

export const tlsOnClearLine =
  'the client began TLS on a data connection that is in clear: it must send PBSZ 0 and PROT P first';
