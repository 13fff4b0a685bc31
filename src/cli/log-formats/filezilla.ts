/** The log of FileZilla Server 0.9, line by line, for people and programs that read it already. */

import { printable } from '../../protocol/index.ts';
import type { ServerEvent, SessionIdentity } from '../../server/index.ts';
import { type LogFormat, shownAddress, shownCommand, shownReply, two } from './log-format.ts';

/** The format. It has no colours and no settings. */
export function createFileZillaFormat(): LogFormat {
  return linesOf;
}

function linesOf(event: ServerEvent): readonly string[] {
  switch (event.type) {
    case 'listening':
      return [`Creating listen socket on port ${event.port}...`];
    case 'online':
      return ['Server online'];
    case 'draining':
      return [`Server goes offline, waiting for ${event.transfers} transfers in ${event.sessions} sessions...`];
    case 'offline':
      return ['Server offline'];
    default:
      return sessionTexts(event).map((text) => `${prefix(event.at, event)}> ${text}`);
  }
}

type SessionEvent = Extract<ServerEvent, SessionIdentity>;

function sessionTexts(event: SessionEvent): readonly string[] {
  switch (event.type) {
    case 'session-opened':
      return ['Connected, sending welcome message...'];
    case 'command':
      return [shownCommand(event.text)];
    case 'reply':
      return shownReply(event.code, event.lines);
    case 'control-tls':
      return ['SSL connection established'];
    case 'data-tls':
      return ['SSL connection for data connection established'];
    case 'data-peer-refused':
      return [`Data connection from ${shownAddress(event.from)} refused: it is not the client of this session.`];
    case 'internal-error':
      return [`Internal error ${printable(event.reference)}: ${printable(messageOf(event.error))}`];
    case 'session-closed':
      return ['disconnected.'];
    case 'login':
    case 'transfer':
      // The replies tell these.
      return [];
  }
}

/** `(000022)11/12/2012 22:33:35 PM - user (5.79.21.166)`: hours to 23 and AM or PM besides, as that server writes them. */
function prefix(at: number, identity: SessionIdentity): string {
  const time = new Date(at);
  const date = `${two(time.getMonth() + 1)}/${two(time.getDate())}/${time.getFullYear()}`;
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
  const half = time.getHours() < 12 ? 'AM' : 'PM';
  const user = identity.user === undefined ? '(not logged in)' : printable(identity.user);
  const session = String(identity.session).padStart(6, '0');
  return `(${session})${date} ${clock} ${half} - ${user} (${shownAddress(identity.remoteHost)})`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
