/** The log of FileZilla Server 0.9, line by line, for people and programs that read it already. */

import { printable } from '../../protocol/index.ts';
import type { SessionIdentity } from '../../server/index.ts';
import {
  applyByType,
  type ByEventType,
  type LogFormat,
  shownAddress,
  shownCommand,
  shownReply,
  two,
} from './log-format.ts';

/** The format. It has no colours and no settings. */
export function createFileZillaFormat(): LogFormat {
  return (event) => {
    const texts = applyByType(textsOf, event);
    return 'session' in event ? texts.map((text) => `${prefix(event.at, event)}> ${text}`) : texts;
  };
}

/** The replies tell of logins and transfers, so that these have no line of their own. */
const textsOf: ByEventType<readonly string[]> = {
  listening: ({ port }) => [`Creating listen socket on port ${port}...`],
  'listener-closed': ({ port }) => [`Closing listen socket on port ${port}...`],
  online: () => ['Server online'],
  'settings-reloaded': ({ changed, afterRestart }) => [
    `Settings reloaded: ${changed.join(', ') || 'nothing has changed'}.`,
    ...(afterRestart.length === 0 ? [] : [`After a restart only: ${afterRestart.join(', ')}.`]),
  ],
  'settings-refused': ({ problems }) => [
    'Settings could not be reloaded, the old ones stay:',
    ...problems.map((problem) => printable(problem)),
  ],
  warning: ({ text }) => [`Warning: ${printable(text)}`],
  swept: ({ kept, removed }) => [`Interrupted uploads: ${kept} kept for resume, ${removed} old ones removed.`],
  'sweep-failed': ({ error }) => [
    `Interrupted uploads could not be swept: ${printable(error instanceof Error ? error.message : String(error))}`,
  ],
  draining: ({ sessions, transfers }) => [
    `Server goes offline, waiting for ${transfers} transfers in ${sessions} sessions...`,
  ],
  offline: () => ['Server offline'],
  'tls-settings-replaced': ({ fingerprint256 }) => [`New sessions get the certificate SHA-256 ${fingerprint256}`],
  'tls-settings-refused': ({ error }) => [
    `The TLS settings stay as they were: ${printable(error instanceof Error ? error.message : String(error))}`,
  ],
  'connection-refused': ({ remoteHost, detail }) => [
    `Connection from ${shownAddress(remoteHost)} refused: ${printable(detail)}`,
  ],
  banned: ({ network, reason }) => [`Banned ${shownAddress(network)}: ${printable(reason)}`],
  'ban-list-failed': ({ error }) => [
    `The list of bans cannot be used: ${printable(error instanceof Error ? error.message : String(error))}`,
  ],
  'worker-started': ({ worker, pid }) => [`Worker ${worker} started (process ${pid})`],
  'worker-lost': ({ worker, pid, sessions, detail }) => [
    `Worker ${worker} (process ${pid}) is gone: ${printable(detail)}; sessions lost with it: ${sessions}`,
  ],
  'accept-failed': ({ error }) => [
    `Connection could not be accepted: ${printable(error instanceof Error ? error.message : String(error))}`,
  ],
  'session-opened': () => ['Connected, sending welcome message...'],
  command: ({ text }) => [shownCommand(text)],
  reply: ({ code, lines }) => shownReply(code, lines),
  'control-tls': () => ['SSL connection established'],
  'data-tls': () => ['SSL connection for data connection established'],
  // The replies tell of it.
  'data-line-failed': () => [],
  'data-peer-refused': ({ from }) => [
    `Data connection from ${shownAddress(from)} refused: it is not the client of this session.`,
  ],
  'internal-error': ({ reference, error }) => [
    `Internal error ${printable(reference)}: ${printable(error instanceof Error ? error.message : String(error))}`,
  ],
  'session-closed': () => ['disconnected.'],
  login: () => [],
  transfer: () => [],
  'file-operation': () => [],
};

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
