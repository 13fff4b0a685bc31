/** Active mode (RFC 959 PORT, RFC 2428 EPRT): a port of ours that the server, and nobody else, connects to. */

import { networkInterfaces } from 'node:os';
import type { Socket } from 'node:net';
import { ConfigError, TimeoutError, TwinlineError } from '../errors/index.ts';
import {
  DataConnection,
  DataListener,
  type PortRange,
  PortRangeUsedUp,
  type Scope,
  startDeadline,
} from '../net/index.ts';
import {
  displayCommand,
  isIpv4,
  normaliseAddress,
  sameAddress,
  serialiseEprtArgument,
  serialiseHostPort,
} from '../protocol/index.ts';
import { replyText } from './control-loss.ts';
import { replyError } from './replies.ts';
import type { Session } from './session.ts';

/** Data connections are made by the server, towards us. */
export interface ActiveOptions {
  /** The address that the server is told, where it is not the control line's own: the outside of a NAT, say. */
  readonly address?: string;
  /** The ports to listen on; without it the system chooses one. */
  readonly ports?: PortRange;
}

/** A port that the server knows of. */
export interface AwaitedConnection {
  /** Resolves when the server has connected; rejects when it does not within `dataConnectMs`, or when the scope closes. */
  connection(): Promise<DataConnection>;
}

/** Listens and tells the server where. Rejects with `ReplyError`, `ConfigError`, or ERR_TWINLINE_LISTEN. */
export async function prepareActive(
  session: Session,
  scope: Scope,
  active: ActiveOptions,
  signal: AbortSignal | undefined,
): Promise<AwaitedConnection> {
  const told = toldAddress(session, active);
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  promise.catch(() => undefined);
  const listener = await listen(session, scope, told, active, resolve);
  scope.add(() => reject(new Error('The data port was closed.')));
  session.info(`Listening for the server on port ${listener.port}`, 'data');
  await announce(session, told, listener.port, signal);
  return { connection: () => arrival(session, scope, listener, promise) };
}

/** Throws `ConfigError` where the address is of another family than the control line. */
function toldAddress(session: Session, { address }: ActiveOptions): string {
  const own = normaliseAddress(session.control.local.host) ?? session.control.local.host;
  if (address === undefined) return own;
  if (isIpv4(address) === isIpv4(own)) return address;
  const families = isIpv4(own) ? 'IPv4, and that is an IPv6 address' : 'IPv6, and that is an IPv4 address';
  const message = `Active mode cannot name ${address}: the control connection uses ${families}.`;
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

/** An address of this machine is listened on; one outside of a NAT leads to that of the control line. */
function listeningHost(told: string, own: string): string {
  const ours = Object.values(networkInterfaces()).flatMap((faces) => faces ?? []);
  return ours.some(({ address }) => sameAddress(address, told)) ? told : own;
}

async function listen(
  session: Session,
  scope: Scope,
  told: string,
  { ports = { min: 0, max: 0 } }: ActiveOptions,
  accepted: (raw: Socket) => void,
): Promise<DataListener> {
  const { control, options } = session;
  try {
    return await DataListener.open(scope, {
      host: listeningHost(told, control.local.host),
      range: ports,
      peer: control.remote.host,
      // Other commands come between EPRT and the transfer; the wait for the server itself is `arrival`'s.
      timeoutMs: options.deadlines.replyMs * 4 + options.deadlines.dataConnectMs,
      accepted,
      refused: (from) => session.info(`Refused a connection from ${from} to the data port: not the server`, 'data'),
      timedOut: () => undefined,
    });
  } catch (cause) {
    control.requireAlive();
    const reason =
      cause instanceof PortRangeUsedUp ? `all ports of ${ports.min}-${ports.max} are in use` : wordsOf(cause);
    throw new TwinlineError('ERR_TWINLINE_LISTEN', `No port for active mode could be opened: ${reason}.`, { cause });
  }
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message.replace(/\.$/, '') : String(cause));

/** EPRT, and PORT for servers that know nothing else, which is remembered for the rest of the session. */
async function announce(session: Session, told: string, port: number, signal: AbortSignal | undefined): Promise<void> {
  const family = isIpv4(told) ? 1 : 2;
  if (session.activeVerb === 'EPRT') {
    const argument = serialiseEprtArgument({ family, host: told, port });
    const reply = await session.ask('EPRT', argument, signal);
    if (reply.code >= 200 && reply.code < 300) return;
    if (family === 2) throw replyError(displayCommand('EPRT', argument), reply);
    session.info(`EPRT does not work here (${replyText(reply)}), PORT is used from now on`);
    session.activeVerb = 'PORT';
  }
  await session.demand('PORT', serialiseHostPort(told, port), signal);
}

async function arrival(
  session: Session,
  scope: Scope,
  listener: DataListener,
  accepted: Promise<Socket>,
): Promise<DataConnection> {
  const { dataConnectMs: timeoutMs } = session.options.deadlines;
  const late = Promise.withResolvers<never>();
  const deadline = startDeadline(scope, timeoutMs, () => {
    const message =
      `The server did not connect to the data port ${listener.port} within ${timeoutMs / 1000} s; a firewall or a NAT ` +
      'may be in the way, and passive mode does without such a connection.';
    const details = { channel: 'data', phase: 'data-connect', timeoutMs } as const;
    late.reject(new TimeoutError('ERR_TWINLINE_TIMEOUT', message, details));
  });
  try {
    const raw = await Promise.race([accepted, late.promise]);
    const data = new DataConnection(raw, scope);
    session.info(`The server connected from ${data.remote.host} port ${data.remote.port}`, 'data');
    session.options.onTrace({ kind: 'connected', channel: 'data', ...data.remote });
    return data;
  } finally {
    deadline.stop();
    listener.close();
  }
}
