/** Opens data connections towards the server: EPSV on either address family (RFC 2428), PASV where EPSV does not work. */

import { TimeoutError, TwinlineError } from '../errors/index.ts';
import { connectReason, DataConnection, Scope } from '../net/index.ts';
import { isIpv6, parseEpsvReply, parsePassiveReply, type ParsedReply, sameAddress } from '../protocol/index.ts';
import { abortError, onAbort, throwIfAborted } from './cancellation.ts';
import { controlLostError, replyText } from './control-loss.ts';
import { dialServer } from './dial/dial-data.ts';
import { joinedText, replyError } from './replies.ts';
import type { Session } from './session.ts';
import { traceStep } from './session-trace.ts';

type EpsvTarget = ReturnType<typeof parseEpsvReply>;

/** A reason is for people, and a reply may be long. */
const maxReasonLength = 150;

/**
 * EPSV that is refused, cannot be understood, or leads to a port that refuses or stays silent gives way to PASV, for the
 * rest of the session, and where that works for later ones too. PASV that was known from before and works no more
 * makes way for EPSV again.
 */
export async function openPassive(
  session: Session,
  owner: Scope,
  signal: AbortSignal | undefined,
): Promise<DataConnection> {
  const mayFallBack = canUsePasv(session);
  const { passive, passiveReason } = session.knowledge.facts;
  if (!mayFallBack || passive !== 'PASV') return openExtended(session, owner, mayFallBack, signal);
  try {
    return await openOld(session, owner, passiveReason, signal);
  } catch (error) {
    throwIfAborted(signal);
    if (!session.isAlive) throw error;
    session.info('PASV does not work any more; EPSV is tried again');
    session.knowledge.learn({ passive: undefined, passiveReason: undefined });
    return openExtended(session, owner, false, signal);
  }
}

async function openExtended(
  session: Session,
  owner: Scope,
  mayFallBack: boolean,
  signal: AbortSignal | undefined,
): Promise<DataConnection> {
  const problem = await tryExtended(session, owner, mayFallBack, signal);
  if (typeof problem === 'string') {
    session.info(`EPSV does not work here (${problem}), PASV is used from now on`);
    return openOld(session, owner, problem, signal);
  }
  session.knowledge.learn({ passive: 'EPSV', passiveReason: undefined });
  return problem;
}

/** PASV (RFC 959). `reason` says why not EPSV. */
async function openOld(
  session: Session,
  owner: Scope,
  reason: string | undefined,
  signal: AbortSignal | undefined,
): Promise<DataConnection> {
  const reply = await session.ask('PASV', undefined, signal);
  if (reply.code !== 227) throw replyError('PASV', reply);
  const port = passivePort(session, reply);
  const data = await dial(session, owner, port, session.options.deadlines.dataConnectMs, signal);
  session.knowledge.learn({ passive: 'PASV', passiveReason: shortened(reason) });
  return data;
}

function shortened(text: string | undefined): string | undefined {
  return text === undefined || text.length <= maxReasonLength ? text : `${text.slice(0, maxReasonLength)}…`;
}

/** PASV speaks IPv4 only; behind a proxy, what is spoken there is not known for a name. */
function canUsePasv({ options, serverHost, control, isEpsvAll }: Session): boolean {
  if (isEpsvAll) return false;
  if (options.proxy !== undefined) return !isIpv6(serverHost);
  return control.family === 1;
}

/** The connection, or what is wrong with EPSV here. Throws where there is nothing to fall back to. */
async function tryExtended(
  session: Session,
  owner: Scope,
  mayFallBack: boolean,
  signal: AbortSignal | undefined,
): Promise<DataConnection | string> {
  const { deadlines } = session.options;
  const { reply, port } = await askExtended(session, signal);
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

/**
 * The reply to EPSV with its port. A reply that names a family other than that of the control line is of no use: ABOR lets
 * the server close its port, and the family is then asked for (RFC 2428 section 3).
 */
async function askExtended(
  session: Session,
  signal: AbortSignal | undefined,
): Promise<{ readonly reply: ParsedReply; readonly port: number | undefined }> {
  const own = familyOf(session);
  const isUsable = (parsed: EpsvTarget): boolean =>
    own === undefined || parsed?.family === undefined || parsed.family === own;
  const parse = (reply: ParsedReply): EpsvTarget =>
    reply.code === 229 ? parseEpsvReply(joinedText(reply)) : undefined;
  let reply = await session.ask('EPSV', undefined, signal);
  let target = parse(reply);
  if (!isUsable(target)) {
    session.info(`The server names another address family in "${replyText(reply)}"; its port is given back`, 'data');
    await session.ask('ABOR', undefined, signal);
    reply = await session.ask('EPSV', String(own), signal);
    target = parse(reply);
  }
  return { reply, port: isUsable(target) ? target?.port : undefined };
}

/** The family of the control line as EPSV numbers it (RFC 2428 section 2); not known behind a proxy. */
function familyOf({ options, control }: Session): 1 | 2 | undefined {
  if (options.proxy !== undefined) return undefined;
  return control.family;
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
