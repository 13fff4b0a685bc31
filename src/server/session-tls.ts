/** The control connection's way into TLS: after AUTH, and from the first byte on implicit listeners. */

import type { Reply } from '../protocol/index.ts';
import { reply } from './replies.ts';
import type { Session } from './session.ts';

async function upgrade(session: Session): Promise<void> {
  const tls = session.tls.identity();
  if (tls === undefined) throw new Error('TLS without a certificate');
  const facts = await session.channel.startTls(
    (raw) => tls.wrap(raw, { host: session.tls.host }),
    session.settings.limits.tlsHandshakeMs,
    'secure',
  );
  session.forget();
  session.fire('tls-established');
  if (session.channel.tlsSocket !== undefined) session.tls.established(session.channel.tlsSocket);
  const { certificate, trustedCertificate } = session.tls;
  const client = certificate && {
    subject: certificate.subject,
    fingerprint256: certificate.fingerprint256,
    isTrusted: trustedCertificate !== undefined,
  };
  session.emit({ type: 'control-tls', tls: facts, ...(client && { client }), ...session.identity });
  const objection = session.tls.objection();
  if (objection === undefined) return;
  // The handshake is done, so that the client can be told under TLS (RFC 4217 section 10.1).
  session.end('tls-failed', objection, reply(421, objection));
  throw new Error(objection);
}

/** Data is private without PBSZ and PROT: implicit listeners and AUTH TLS-P. */
export function makePrivate(session: Session): void {
  session.fire('buffer-size-set');
  session.fire('protection-private-set');
}

/** Runs the handshake on an implicit listener. A rejection means that the session has ended. */
export async function startImplicitTls(session: Session): Promise<void> {
  await upgrade(session);
  makePrivate(session);
}

/** Runs the handshake behind a 234 reply that has been sent. A rejection means that the session has ended. */
export async function startExplicitTls(session: Session, dataPrivate: boolean): Promise<void> {
  await upgrade(session);
  if (dataPrivate) makePrivate(session);
}

/** Sends `answer` under TLS and goes on in clear. Nothing that the client has sent may wait. */
export async function dropTls(
  session: Session,
  answer: Reply,
  event: 'security-cleared' | 'tls-dropped',
): Promise<undefined> {
  session.send(answer);
  await session.channel.clearTls();
  session.fire(event);
}
