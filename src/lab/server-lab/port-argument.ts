/** The arguments of EPRT (RFC 2428 section 2) and PORT (RFC 959 section 4.1.2), written apart from the codecs of server and client. */

/** `port` is not looked at: a case may name one that cannot be. */
export function extendedArgument(host: string, port: number, delimiter = '|'): string {
  const family = host.includes(':') ? 2 : 1;
  return ['', family, host, port, ''].join(delimiter);
}

/** For IPv4 alone. */
export function portArgument(host: string, port: number): string {
  return `${host.replaceAll('.', ',')},${port >> 8},${port & 255}`;
}
