/** What `twinline kill` says of a connection before it ends it. */

import { endText, type FtpSession, type KillTarget, type Prediction, type TargetEnd } from '../../lab/index.ts';
import { printable } from '../../protocol/index.ts';

function holders({ here }: TargetEnd): string {
  if (here === undefined) return 'not on this machine';
  const names = [...new Map(here.owners.map(({ pid, name }) => [pid, `${printable(name)}/${pid}`])).values()];
  return `${here.socket.state}, ${names.length === 0 ? 'held by nobody that this user may see' : `held by ${names.join(', ')}`}`;
}

export function targetText({ near, far }: KillTarget): string {
  return `connection of ${endText(near.address)} (${holders(near)}) with ${endText(far.address)} (${holders(far)})`;
}

/** `: control line of FTP session 1`, or nothing. */
export function roleOf({ near, far }: KillTarget, sessions: readonly FtpSession[]): string {
  const sockets = new Set([near, far].flatMap(({ here }) => here?.socket.inode ?? []));
  const isMeant = ({ thing }: NonNullable<FtpSession['control']>): boolean =>
    thing.ends.some(({ socket }) => sockets.has(socket.inode));
  for (const { number, control, data, unknown } of sessions) {
    if (control !== undefined && isMeant(control)) return `: control line of FTP session ${number}`;
    if (data.some(isMeant)) return `: data line of FTP session ${number}`;
    if (unknown.some(isMeant)) return `: control or data line of FTP session ${number}`;
  }
  return '';
}

const meanings = {
  ECONNABORTED: 'software caused connection abort',
  ECONNRESET: 'connection reset by peer',
  EPIPE: 'broken pipe',
};

export function predictionText({ end, error }: Prediction): string {
  return `${endText(end.address)} will see ${error} (${meanings[error]})`;
}
