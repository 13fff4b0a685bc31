/** The log for a person at a terminal: short aligned lines, coloured where that shows. */

import { styleText } from 'node:util';
import { printable } from '../../protocol/index.ts';
import type { ServerEvent, SessionIdentity } from '../../server/index.ts';
import {
  applyByType,
  type ByEventType,
  type LogFormat,
  type LogFormatOptions,
  shownAddress,
  shownCommand,
  shownReply,
  two,
} from './log-format.ts';
import { describeDataLine, describeDataTls } from './data-line-text.ts';
import { describeTransfer } from './transfer-text.ts';

type Style = Parameters<typeof styleText>[0];

/** `sign` stands between who and what: `>` the client said, `<` the server answered, `*` what happened. */
interface Row {
  readonly sign: '>' | '<' | '*';
  readonly text: string;
  readonly style?: Style;
}

/** Wide enough for most `name@address`; longer ones push their line out. */
const whoWidth = 22;

/** Creates the format. */
export function createPrettyFormat({ colour }: LogFormatOptions): LogFormat {
  const paint = (style: Style | undefined, text: string): string =>
    colour && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
  return (event) => {
    const time = paint('dim', shownTime(event.at));
    const who = ('session' in event ? shownWho(event) : 'server').padEnd(whoWidth);
    return applyByType(rowsOf, event).map(
      ({ sign, text, style }) => `${time} ${paint('dim', who)} ${sign} ${paint(style, text)}`,
    );
  };
}

const rowsOf: ByEventType<readonly Row[]> = {
  listening: ({ host, port, mode }) => [fact(`listens on ${shownEndpoint(host, port)} (${mode} TLS)`)],
  'listener-closed': ({ host, port }) => [fact(`listens on ${shownEndpoint(host, port)} no more`)],
  online: () => [fact('online', 'green')],
  'settings-reloaded': ({ changed, afterRestart }) => [
    fact(
      changed.length === 0 ? 'settings read again: nothing has changed' : `new settings: ${changed.join(', ')}`,
      'green',
    ),
    ...(afterRestart.length === 0 ? [] : [fact(`count after a restart only: ${afterRestart.join(', ')}`, 'yellow')]),
  ],
  'settings-refused': ({ problems }) => [
    fact('new settings refused, the old ones stay:', 'red'),
    ...problems.map((problem) => fact(printable(problem), 'red')),
  ],
  warning: ({ text }) => [fact(printable(text), 'yellow')],
  swept: ({ kept, removed, bytesRemoved }) => [
    fact(`interrupted uploads: ${kept} kept for resume, ${removed} old ones removed (${bytesRemoved} bytes)`),
  ],
  'sweep-failed': ({ error }) => [fact(`interrupted uploads could not be swept: ${shownError(error)}`, 'red')],
  draining: ({ sessions, transfers }) => [
    fact(`stops: ${sessions} sessions, ${transfers} transfers running`, 'yellow'),
  ],
  offline: () => [fact('offline')],
  'tls-settings-replaced': ({ fingerprint256, validUntil }) => [
    fact(`new sessions get the certificate SHA-256 ${fingerprint256}, valid until ${validUntil}`, 'green'),
  ],
  'tls-settings-refused': ({ error }) => [fact(`the TLS settings stay as they were: ${shownError(error)}`, 'red')],
  'connection-refused': ({ remoteHost, detail, unreported }) => [
    fact(`connection from ${shownAddress(remoteHost)} refused: ${printable(detail)}${shownMore(unreported)}`, 'yellow'),
  ],
  banned: ({ network, untilMs, reason }) => [
    fact(`${shownAddress(network)} is banned ${shownUntil(untilMs)}: ${printable(reason)}`, 'yellow'),
  ],
  'ban-list-failed': ({ error }) => [fact(`the list of bans cannot be used: ${shownError(error)}`, 'red')],
  'worker-started': ({ worker, pid }) => [fact(`worker ${worker} serves sessions (process ${pid})`, 'green')],
  'worker-lost': ({ worker, pid, sessions, detail, restartMs }) => [
    fact(
      `worker ${worker} (process ${pid}) is gone: ${printable(detail)}; sessions lost with it: ${sessions}; ` +
        `another one starts in ${restartMs / 1000} s`,
      'red',
    ),
  ],
  'accept-failed': ({ error }) => [fact(`a connection could not be accepted: ${shownError(error)}`, 'red')],
  'session-opened': () => [fact('connected')],
  command: ({ text }) => [{ sign: '>', text: shownCommand(text), style: 'cyan' }],
  reply: (event) => [replyRow(event)],
  'control-tls': ({ tls, client }) => [
    fact(`control connection: ${tls.protocol} ${tls.cipher}`),
    ...(client === undefined ? [] : [certificateRow(client)]),
  ],
  'data-tls': ({ tls, notResumed }) => [fact(`data connection: ${describeDataTls(tls, notResumed)}`)],
  'data-line-failed': ({ line }) => [fact(describeDataLine(line), 'yellow')],
  'data-peer-refused': ({ from }) => [
    fact(`data connection from ${shownAddress(from)} refused: not this session's client`, 'yellow'),
  ],
  login: (event) => [loginRow(event)],
  transfer: (event) => [transferRow(event)],
  'file-operation': () => [],
  'session-closed': ({ cause, detail }) => [
    fact(`disconnected (${cause})${detail === '' ? '' : `: ${printable(detail)}`}`),
  ],
  'internal-error': errorRows,
};

function fact(text: string, style?: Style): Row {
  return { sign: '*', text, ...(style === undefined ? {} : { style }) };
}

function shownMore(unreported: number): string {
  return unreported === 0 ? '' : ` (and ${unreported} more before it)`;
}

/** One line for a reply: its last, with the number of those before it. */
function replyRow({ code, lines, sent }: Extract<ServerEvent, { type: 'reply' }>): Row {
  const last = shownReply(code, lines).at(-1) ?? String(code);
  const more = lines.length > 1 ? ` (${lines.length} lines)` : '';
  const unsent = sent ? '' : ' (not sent: the control connection is gone)';
  const row = { sign: '<', text: `${last}${more}${unsent}` } as const;
  if (code < 400) return row;
  return { ...row, style: code < 500 ? 'yellow' : 'red' };
}

function certificateRow(client: { subject: string; fingerprint256: string; isTrusted: boolean }): Row {
  const who = `client certificate of ${printable(client.subject)}, SHA-256 ${client.fingerprint256}`;
  return client.isTrusted ? fact(who) : fact(`${who}: not trusted`, 'yellow');
}

function loginRow({ name, accepted, mail }: Extract<ServerEvent, { type: 'login' }>): Row {
  const given = mail === undefined ? '' : `, given as ${printable(mail)}`;
  return accepted
    ? fact(`logged in as ${printable(name)}${given}`)
    : fact(`login as ${printable(name)} refused`, 'yellow');
}

function transferRow({ transfer }: Extract<ServerEvent, { type: 'transfer' }>): Row {
  const style = { complete: ['bold', 'green'], unproven: ['bold', 'yellow'], interrupted: ['bold', 'red'] } as const;
  return fact(describeTransfer(transfer), [...style[transfer.verdict]]);
}

/** The stack belongs to the log: the peer saw only the reference. */
function errorRows({ reference, error }: Extract<ServerEvent, { type: 'internal-error' }>): readonly Row[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [first = '', ...stack] = text.split('\n');
  return [
    fact(`internal error ${printable(reference)}: ${printable(first)}`, 'red'),
    ...stack.map((line) => fact(printable(line), 'dim')),
  ];
}

function shownError(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error));
}

function shownWho({ session, user, remoteHost }: SessionIdentity): string {
  const address = shownAddress(remoteHost);
  return `#${session} ${user === undefined ? address : `${printable(user)}@${address}`}`;
}

function shownEndpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function shownUntil(untilMs: number | undefined): string {
  return untilMs === undefined ? 'for good' : `until ${shownTime(untilMs)}`;
}

function shownTime(at: number): string {
  const time = new Date(at);
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
