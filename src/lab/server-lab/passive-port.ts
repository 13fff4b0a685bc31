/** The ports in the replies to EPSV and PASV, read as RFC 2428 section 3 and RFC 1123 section 4.1.2.6 ask clients to. */

import type { Reply } from '../engine/reply.ts';

function validPort(port: number): number | undefined {
  return port >= 1 && port <= 65_535 ? port : undefined;
}

/** Undefined where the reply is no 229 with a port. */
export function extendedPort(reply: Reply): number | undefined {
  const digits = /\((.)\1\1(\d{1,5})\1\)/.exec(reply.lines.join('\n'))?.[2];
  return reply.code === 229 && digits !== undefined ? validPort(Number(digits)) : undefined;
}

/** Undefined where the reply is no 227 with six numbers; its address is not looked at. */
export function passivePort(reply: Reply): number | undefined {
  const six = /(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3}),(\d{1,3})/.exec(reply.lines.join('\n'));
  if (reply.code !== 227 || six === null) return undefined;
  const [high, low] = [Number(six[5]), Number(six[6])];
  return high > 255 || low > 255 ? undefined : validPort(high * 256 + low);
}
