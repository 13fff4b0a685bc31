/** Recognises clients of other protocols by their first line, so that no browser or mailer can be made to speak FTP. */

import { beginsProxyHeader } from '../../protocol/index.ts';

const otherVerbs = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI'],
  ...['EHLO', 'HELO', 'LHLO', 'MAIL', 'RCPT', 'STARTTLS'],
  // A header of the PROXY protocol from somebody who is not trusted with it.
  'PROXY',
]);
const tlsHandshakeByte = 0x16;

/** True when `verb` begins a line of HTTP or SMTP, or is a header line or an SSH banner. */
export function isOtherProtocol(verb: string): boolean {
  return otherVerbs.has(verb) || verb.startsWith('HTTP/') || verb.startsWith('SSH-') || verb.endsWith(':');
}

/** True when bytes where a command line should begin are the beginning of a TLS record. */
function beginsTls(bytes: Uint8Array): boolean {
  return bytes[0] === tlsHandshakeByte && (bytes.length < 2 || bytes[1] === 3);
}

/** What bytes are, in words for the log, that stand where a command line should begin and are none. */
export function strangerIn(bytes: Uint8Array): string | undefined {
  if (beginsTls(bytes)) return 'TLS began where a command is expected: AUTH TLS comes first';
  if (!beginsProxyHeader(bytes)) return undefined;
  return 'a PROXY protocol header came from an address that --proxy-protocol-from does not name';
}
