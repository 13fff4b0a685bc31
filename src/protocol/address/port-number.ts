/** TCP port numbers as arguments and replies carry them: plain decimal digits, 1..65535. */

import { LocalProtocolError } from '../../errors/index.ts';

/** Reads one to five ASCII digits as a port; undefined for anything else, 0 and numbers above 65535 included. */
export function parsePort(text: string): number | undefined {
  if (!/^\d{1,5}$/.test(text)) return undefined;
  const port = Number(text);
  return isPort(port) ? port : undefined;
}

/** Throws `LocalProtocolError` unless `port` can be written into a command or reply. */
export function requirePort(port: number): void {
  if (!isPort(port)) throw new LocalProtocolError('ERR_TWINLINE_ADDRESS', `${port} is not a port from 1 to 65535.`);
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65535;
}
