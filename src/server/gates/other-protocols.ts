/** Recognises clients of other protocols by their first line, so that no browser or mailer can be made to speak FTP. */

const otherVerbs = new Set([
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI'],
  ...['EHLO', 'HELO', 'LHLO', 'MAIL', 'RCPT', 'STARTTLS'],
]);
const tlsHandshakeByte = 0x16;

/** True when `verb` begins a line of HTTP or SMTP, or is a header line or an SSH banner. */
export function isOtherProtocol(verb: string): boolean {
  return otherVerbs.has(verb) || verb.startsWith('HTTP/') || verb.startsWith('SSH-') || verb.endsWith(':');
}

/** True when bytes where a command line should begin are the beginning of a TLS record. */
export function beginsTls(bytes: Uint8Array): boolean {
  return bytes[0] === tlsHandshakeByte && (bytes.length < 2 || bytes[1] === 3);
}
