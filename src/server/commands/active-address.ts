/** What PORT and EPRT share: nobody but the client itself may be connected to (RFC 2577 section 3). */

import { type Reply, sameAddress } from '../../protocol/index.ts';
import { reply } from '../replies.ts';
import type { Session } from '../session.ts';

const lowestClientPort = 1024;

/** Notes the address, or refuses it before any packet is sent. */
export function giveActiveAddress(session: Session, verb: 'EPRT' | 'PORT', host: string, port: number): Reply {
  if (!sameAddress(host, session.remoteHost)) {
    return reply(504, `${verb} to another address than ${session.remoteHost} is refused, use EPSV`);
  }
  if (port < lowestClientPort) return reply(504, `${verb} to a port below ${lowestClientPort} is refused, use EPSV`);
  session.slot.giveAddress(verb, session.dialHost, port);
  session.fire('address-given');
  return reply(200, `${verb} command successful`);
}
