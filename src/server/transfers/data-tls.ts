/** TLS on one data connection, held against the session that it is to belong to (RFC 4217 section 10.2). */

import type { Socket } from 'node:net';
import {
  clientCertificateOf,
  type ClientHello,
  type ClientHelloResult,
  type DataConnection,
  type DataHandshake,
  peekClientHello,
  type SessionTls,
  type TlsFacts,
} from '../../net/index.ts';
import type { SessionReusePolicy } from '../options.ts';
import { clearDataOnPrivateLine, tlsFailed } from './data-line-text.ts';
import { SlotFailure } from './slot-failure.ts';

/** What data lines of a session must be like, asked when one is accepted. */
export interface DataTls {
  readonly identity: SessionTls;
  readonly reuse: SessionReusePolicy;
  /** Of the trusted certificate that the client has shown on the control line. */
  readonly clientFingerprint: string | undefined;
}

export interface SecuringOptions {
  readonly tls: DataTls;
  /** Milliseconds from the ClientHello to the end of the handshake. */
  readonly handshakeMs: number;
  /**
   * The port was chosen at random, or by the client, and takes this one connection. That it comes from the client's
   * address, also behind a proxy, is seen to before TLS begins.
   */
  readonly oneTimePort: boolean;
  /** The client has begun TLS; undefined where its ClientHello could not be read. */
  helloSeen(hello: ClientHello | undefined): void;
}

/**
 * The form of the handshake that a policy leaves. A line that could only be refused behind a full handshake gets none: it
 * would bring a ticket of this session to whoever tries.
 */
function handshakeFor({ tls: { reuse, clientFingerprint }, oneTimePort }: SecuringOptions): DataHandshake {
  if (reuse === 'off') return 'full-only';
  if (reuse === 'prefer') return 'resume-or-full';
  const mayBeEquivalent = clientFingerprint !== undefined || oneTimePort;
  return reuse === 'require-or-equivalent' && mayBeEquivalent ? 'resume-or-full' : 'resume-only';
}

const mustResume =
  'The data connection must resume the TLS session of its control connection: ' +
  'switch TLS session reuse (session resumption) on in the client';

const mustBeSameClient =
  'The data connection must show the client certificate of its control connection, or resume its TLS session';

/** Resolves when the line is secured and may be used; rejects with `SlotFailure` when it is dead or not to be used. */
export function secureDataLine(connection: DataConnection, raw: Socket, options: SecuringOptions): Promise<TlsFacts> {
  return new Promise((resolve, reject) => {
    const fail = (message: string): void => reject(new SlotFailure('tls-failed', message));
    let helloSeen = false;
    const onEarlyEnd = (): void => fail('The client closed the data connection without a TLS handshake');
    raw.once('end', onEarlyEnd);
    peekClientHello(raw, (hello) => {
      raw.off('end', onEarlyEnd);
      helloSeen = true;
      options.helloSeen(typeof hello === 'string' ? undefined : hello);
      if (hello === 'not-tls') {
        fail(clearDataOnPrivateLine);
        return;
      }
      // Called at once: the socket is wrapped before this turn ends.
      handshake(connection, hello, options).then(
        (facts) => {
          const objection = objectionTo(connection, options);
          if (objection === undefined) resolve(facts);
          else fail(objection);
        },
        (error: Error) => fail(reasonOf(error, hello, options)),
      );
    });
    connection.onEnding(() => {
      // From the ClientHello on the handshake tells how it failed.
      if (!helloSeen)
        reject(new SlotFailure('closed', 'The client closed the data connection before the transfer command'));
    });
  });
}

function handshake(connection: DataConnection, hello: ClientHelloResult, options: SecuringOptions): Promise<TlsFacts> {
  const { identity } = options.tls;
  const form = handshakeFor(options);
  const client = typeof hello === 'string' ? undefined : hello;
  // A TLS 1.3 server writes two tickets that a client which only uploads leaves unread, and its kernel then resets
  // the line and drops the tail. TLS 1.2 sends its ticket inside the handshake, and a client that resumes a TLS 1.3 session gets none.
  const willResume = client?.offersTls13Session === true && form !== 'full-only';
  const cap12 = form !== 'resume-only' && !willResume && client?.offersTls12 === true && identity.allowsTls12;
  const how = { line: 'data', handshake: form, cap12 } as const;
  return connection.startTls((socket) => identity.wrap(socket, how), options.handshakeMs, 'secure');
}

/** Why the handshake has failed, in words that tell what to change. */
function reasonOf(error: NodeJS.ErrnoException, hello: ClientHelloResult, options: SecuringOptions): string {
  const mayNotBeFull = handshakeFor(options) === 'resume-only';
  if (!mayNotBeFull || error.code === 'ETIMEDOUT' || error.code === 'ERR_TLS_EARLY_END') return tlsFailed(error);
  const offered = typeof hello !== 'string' && hello.offersTls13Session;
  return offered ? `${mustResume}; it offered another session, or one too old` : mustResume;
}

/** Why a secured line may not be used, undefined when it may. */
function objectionTo(connection: DataConnection, { tls: { clientFingerprint } }: SecuringOptions): string | undefined {
  // A session that is resumed holds the certificate of its beginning: one that a stranger began here holds another.
  const shown = connection.tlsSocket && clientCertificateOf(connection.tlsSocket);
  return clientFingerprint === undefined || shown?.fingerprint256 === clientFingerprint ? undefined : mustBeSameClient;
}
