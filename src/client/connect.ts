/** Opens a session: TCP, greeting, TLS with no way back to clear, login, protection of the data lines. */

import { type ErrorCode, TlsError } from '../errors/index.ts';
import { type LiveCounts, Scope } from '../net/index.ts';
import { displayCommand, type ParsedReply } from '../protocol/index.ts';
import { abortError, onAbort } from './cancellation.ts';
import { ClientTls } from './client-tls.ts';
import { replyText } from './control-loss.ts';
import { ControlSession } from './control-session.ts';
import { dialControl } from './dial-control.ts';
import { certificateIdentity, greetingIdentity, SessionKnowledge } from './knowledge/session-knowledge.ts';
import type { ResolvedOptions } from './options.ts';
import { quotedPath, replyError } from './replies.ts';
import { Session } from './session.ts';
import { nextSessionNumber, sessionTrace, traceStep } from './session-trace.ts';

/** Connects and logs in. What it has opened is closed again when it rejects. */
export async function openSession(
  given: ResolvedOptions,
  counts: LiveCounts,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const { host, port, security, traceListener } = given;
  const traced = { ...given, onTrace: sessionTrace(traceListener, nextSessionNumber()) };
  traced.onTrace({ kind: 'session', channel: 'control', host, port, security });
  const knowledge = await SessionKnowledge.open(given.knowledge, given);
  const options = withKnownTls(traced, knowledge);
  const tls = options.security === 'plain' ? undefined : new ClientTls(options);
  const scope = new Scope(undefined, counts);
  const { raw, targetHost } = await dialControl(scope, options, signal);
  const control = new ControlSession(raw, scope, options);
  // It stands still where a proxy's answer was read off it.
  raw.resume();
  const reached = options.proxy === undefined ? control.remote : { host, port };
  options.onTrace({ kind: 'connected', channel: 'control', ...reached });
  control.scope.add(counts.add('session'));
  const session = new Session({ options, control, tls, knowledge, serverHost: targetHost });
  const leaveSignal = onAbort(signal, () => signal && control.destroy(abortError(signal)));
  try {
    const startedMs = performance.now();
    await prepare(session);
    traceStep(options.onTrace, 'control', 'login', startedMs);
    control.replyMs = options.deadlines.replyMs;
    if (options.keepaliveMs !== undefined) control.keepAlive(options.keepaliveMs);
    return session;
  } catch (error) {
    control.destroy(error instanceof Error ? error : undefined);
    await control.closed;
    throw error;
  } finally {
    leaveSignal();
  }
}

/** TLS 1.2 for a server whose data lines do not work with 1.3; what the caller has chosen counts first. */
function withKnownTls(options: ResolvedOptions, { unproven }: SessionKnowledge): ResolvedOptions {
  const { security, tls, onTrace } = options;
  const isChosen = tls.maxVersion !== undefined || (tls.minVersion !== undefined && tls.minVersion !== 'TLSv1.2');
  if (security === 'plain' || unproven.maxTls === undefined || isChosen) return options;
  const text = 'TLS 1.2 is spoken with this server: its data connections were found not to work with 1.3';
  onTrace({ kind: 'info', channel: 'control', text });
  return { ...options, tls: { ...tls, maxVersion: unproven.maxTls } };
}

async function prepare(session: Session): Promise<void> {
  const { security } = session.options;
  if (security === 'implicit') await secure(session);
  await readGreeting(session);
  if (security === 'explicit') await authenticate(session);
  await logIn(session);
  if (session.tls !== undefined) await protectData(session);
  if (session.options.epsvAll) await promiseEpsv(session);
  const directory = quotedPath(await session.ask('PWD'));
  session.loginDirectory = directory;
  if (directory !== undefined) session.info(`Entry path is '${directory}'`);
}

async function readGreeting(session: Session): Promise<void> {
  const reply = await session.control.greeting();
  if (reply.code === 220) {
    if (session.tls === undefined) identify(session, greetingIdentity(reply.lines));
    return;
  }
  // Whoever says "logged in" before the login wants it to happen without TLS.
  if (session.options.security === 'explicit' && reply.code < 400) throw tlsRefused('its greeting', reply);
  throw replyError('the connection', reply, 'ERR_TWINLINE_CONNECT');
}

/** AUTH TLS, then AUTH SSL for servers of before RFC 4217. */
async function authenticate(session: Session): Promise<void> {
  let reply = await session.ask('AUTH', 'TLS');
  if (reply.code >= 500) reply = await session.ask('AUTH', 'SSL');
  if (reply.code !== 234) throw tlsRefused('AUTH', reply);
  await secure(session);
}

async function secure(session: Session): Promise<void> {
  const { control, tls } = session;
  if (tls === undefined) return;
  await control.startTls((raw) => tls.wrapControl(raw));
  const { tlsSocket } = control;
  if (tlsSocket !== undefined) tls.checkControl(tlsSocket);
  if (tls.controlFingerprint !== undefined) identify(session, certificateIdentity(tls.controlFingerprint));
}

function identify(session: Session, identity: string): void {
  const { knowledge } = session;
  if (!knowledge.identify(identity)) return;
  const facts = Object.entries(knowledge.facts).map(([name, value]) => `${name} ${value}`);
  session.info(`Known of this server from earlier sessions: ${facts.join(', ')}`);
}

function tlsRefused(what: string, reply: ParsedReply): TlsError {
  return new TlsError(
    'ERR_TWINLINE_TLS_REFUSED',
    `The server does not offer TLS here (${what}: "${replyText(reply)}"), and nothing is sent in clear unless the URL says ftp://.`,
    { channel: 'control' },
  );
}

async function logIn(session: Session): Promise<void> {
  const { user, password, account } = session.options;
  const loginRefused: ErrorCode = 'ERR_TWINLINE_LOGIN_REFUSED';
  let reply = await session.ask('USER', user);
  if (reply.code === 331) reply = await session.ask('PASS', password);
  if (reply.code === 332 && account !== undefined) reply = await session.ask('ACCT', account);
  if (reply.code === 332) throw replyError('the login without an account', { ...reply, code: 532 }, loginRefused);
  if (reply.code < 200 || reply.code >= 300)
    throw replyError(`the login as ${displayCommand(user)}`, reply, loginRefused);
}

/** A server that does not know EPSV ALL is bound by nothing, and PASV stays possible. */
async function promiseEpsv(session: Session): Promise<void> {
  const reply = await session.ask('EPSV', 'ALL');
  session.isEpsvAll = reply.code >= 200 && reply.code < 300;
  if (!session.isEpsvAll) session.info(`The server does not take EPSV ALL ("${replyText(reply)}")`);
}

/** Without PROT P data would travel in clear, so a refusal ends the session (RFC 4217 section 9). */
async function protectData(session: Session): Promise<void> {
  await session.ask('PBSZ', '0');
  const reply = await session.ask('PROT', 'P');
  if (reply.code >= 200 && reply.code < 300) return;
  throw new TlsError(
    'ERR_TWINLINE_TLS_REFUSED',
    `The server refuses to protect data connections (PROT P: "${replyText(reply)}"), so no data were sent.`,
    { channel: 'data' },
  );
}
