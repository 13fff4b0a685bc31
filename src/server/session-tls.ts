/** The control connection's way into TLS: after AUTH, and from the first byte on implicit listeners. */

import type { Session } from './session.ts';

async function upgrade(session: Session): Promise<void> {
  const tls = session.sessionTls();
  if (tls === undefined) throw new Error('TLS without a certificate');
  const facts = await session.channel.startTls(
    (raw) => tls.wrap(raw),
    session.settings.limits.tlsHandshakeMs,
    'secure',
  );
  session.forget();
  session.fire('tls-established');
  session.emit({ type: 'control-tls', tls: facts, ...session.identity });
}

/** Data is private without PBSZ and PROT: implicit listeners and AUTH TLS-P. */
function makePrivate(session: Session): void {
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
