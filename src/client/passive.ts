/** Opens data connections towards the server: EPSV on either address family (RFC 2428), PASV where EPSV does not work. */

import { TimeoutError, TwinlineError } from '../errors/index.ts';
import { DataConnection, Scope } from '../net/index.ts';
import {
  normaliseAddress,
  isIpv4,
  isIpv6,
  parseEpsvReplyText,
  parsePassiveReply,
  type ParsedReply,
  sameAddress,
} from '../protocol/index.ts';
import { abortError, onAbort, throwIfAborted } from './cancellation.ts';
import { controlLostError, replyText } from './control-loss.ts';
import { connectReason } from './dial/connect-reason.ts';
import { dialServer } from './dial/dial-data.ts';
import { joinedText, replyError } from './replies.ts';
import type { Session } from './session.ts';
import { traceStep } from './session-trace.ts';

/**
 * EPSV that is refused, cannot be understood, or leads to a port that refuses or stays silent gives way to PASV, for the
 * rest of the session.
 */
export async function openPassive(
  session: Session,
  owner: Scope,
  signal: AbortSignal | undefined,
): Promise<DataConnection> {
  const mayFallBack = canUsePasv(session);
  if (session.passiveVerb === 'EPSV') {
    const reply = await session.ask('EPSV', undefined, signal);
    const problem = await tryExtended(session, owner, reply, mayFallBack, signal);
    if (typeof problem !== 'string') return problem;
    session.info(`EPSV does not work here (${problem}), PASV is used from now on`);
    session.passiveVerb = 'PASV';
  }
  const reply = await session.ask('PASV', undefined, signal);
  if (reply.code !== 227) throw replyError('PASV', reply);
  return dial(session, owner, passivePort(session, reply), session.options.deadlines.dataConnectMs, signal);
}

/** PASV speaks IPv4 only; behind a proxy, what is spoken there is not known for a name. */
function canUsePasv({ options, serverHost, control }: Session): boolean {
  if (options.proxy !== undefined) return !isIpv6(serverHost);
  return isIpv4(normaliseAddress(control.remote.host) ?? '');
}

/** The connection, or what is wrong with EPSV here. Throws where there is nothing to fall back to. */
async function tryExtended(
  session: Session,
  owner: Scope,
  reply: ParsedReply,
  mayFallBack: boolean,
  signal: AbortSignal | undefined,
): Promise<DataConnection | string> {
  const { deadlines } = session.options;
  const port = reply.code === 229 ? parseEpsvReplyText(joinedText(reply)) : undefined;
  if (port === undefined) {
    if (mayFallBack) return replyText(reply);
    throw replyError('EPSV', reply);
  }
  if (!mayFallBack) return dial(session, owner, port, deadlines.dataConnectMs, signal);
  try {
    return await dial(session, owner, port, Math.min(deadlines.silentPortMs, deadlines.dataConnectMs), signal);
  } catch (error) {
    throwIfAborted(signal);
    if (!session.isAlive) throw error;
    return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
  }
}

/** The port of a 227. Its address is the control line's, whatever the server writes: nobody may point us elsewhere. */
function passivePort(session: Session, reply: ParsedReply): number {
  const target = parsePassiveReply(joinedText(reply));
  if (target === undefined) throw replyError('PASV', { ...reply, code: 227 });
  const host = session.options.proxy === undefined ? session.control.remote.host : session.serverHost;
  if (!sameAddress(target.host, host)) {
    session.info(
      `The server names ${target.host} for data; the address of the control connection is used instead`,
      'data',
    );
  }
  return target.port;
}

async function dial(
  session: Session,
  owner: Scope,
  port: number,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<DataConnection> {
  const { proxy, onTrace } = session.options;
  const way = proxy === undefined ? '' : ` by the proxy ${proxy.text}`;
  const host = proxy === undefined ? session.control.remote.host : session.serverHost;
  session.info(`Connecting to ${host} port ${port}${way}`, 'data');
  const startedMs = performance.now();
  const scope = new Scope(owner);
  const leaveSignal = onAbort(signal, () => scope.close());
  // The data line shares the fate of the control line from its first packet on.
  const leaveControl = session.control.onLost(() => scope.close());
  try {
    const raw = await dialServer(scope, session, port, timeoutMs);
    onTrace({ kind: 'connected', channel: 'data', host, port });
    traceStep(onTrace, 'data', 'data-connect', startedMs);
    return new DataConnection(raw, owner);
  } catch (error) {
    if (signal?.aborted === true) throw abortError(signal);
    const { loss } = session.control;
    if (loss !== undefined) throw controlLostError(loss, { phase: 'data connection' });
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    onTrace({ kind: 'unreachable', channel: 'data', host, port, code });
    throw dialError(port, timeoutMs, error);
  } finally {
    leaveSignal();
    leaveControl();
    scope.close();
  }
}

function dialError(port: number, timeoutMs: number, cause: unknown): TwinlineError {
  const error = cause as NodeJS.ErrnoException;
  if (error.code === 'ETIMEDOUT') {
    const message = `The data port ${port} did not answer within ${timeoutMs / 1000} s; a firewall may be in the way.`;
    return new TimeoutError('ERR_TWINLINE_TIMEOUT', message, {
      channel: 'data',
      phase: 'data-connect',
      timeoutMs,
      cause,
    });
  }
  if (cause instanceof TwinlineError) return cause;
  const message = `The data connection to port ${port} failed: ${connectReason(error)}.`;
  return new TwinlineError('ERR_TWINLINE_CONNECT', message, { cause });
}
