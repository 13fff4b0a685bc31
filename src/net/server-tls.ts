/** TLS as the server of a session: one random ticket key per control session, which binds data lines to it. */

import { randomBytes } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { ServerTlsSettings } from './server-tls-settings.ts';
import { cipherListOf, type TlsVersion } from './tls-parameters.ts';
import { createSessionStore } from './tls-session-store.ts';

/**
 * How long a session may be resumed, in seconds: the longest that TLS 1.3 allows (RFC 8446 section 4.6.1), because a
 * control session may last as long, and its key dies with it.
 */
const resumableSeconds = 604_800;

/** Selects `ftp` when ALPN offers it; a ClientHello with ALPN and without an FTP name belongs to another protocol. */
function selectAlpn(offered: { readonly protocols: readonly string[] }): string | undefined {
  return ['ftp', 'ftp-data'].find((name) => offered.protocols.includes(name));
}

/**
 * The TLS identity of one control session. Its contexts share a ticket key that no other session has, so that a data
 * connection which resumes can only come from the client of this control connection, on TLS 1.2 and 1.3.
 */
export class SessionTls {
  readonly #settings: ServerTlsSettings;
  readonly #ticketKeys = randomBytes(48);
  readonly #sessions = createSessionStore();
  #context: SecureContext | undefined;
  #contextTls12: SecureContext | undefined;

  constructor(settings: ServerTlsSettings) {
    this.#settings = settings;
  }

  #create(maxVersion: TlsVersion): SecureContext {
    const { ciphers, groups } = this.#settings;
    return createSecureContext({
      cert: this.#settings.certificatePem,
      key: this.#settings.privateKeyPem,
      minVersion: this.#settings.minVersion ?? 'TLSv1.2',
      maxVersion,
      ciphers: cipherListOf(ciphers),
      ...(groups === undefined || groups.length === 0 ? {} : { ecdhCurve: groups.join(':') }),
      honorCipherOrder: true,
      sessionIdContext: 'twinline',
      ticketKeys: this.#ticketKeys,
      sessionTimeout: resumableSeconds,
    });
  }

  /** Wraps an accepted TCP connection; the handshake begins by itself. `cap12` keeps this one line at TLS 1.2. */
  wrap(raw: Socket, options: { readonly cap12?: boolean } = {}): TLSSocket {
    const secureContext = options.cap12
      ? (this.#contextTls12 ??= this.#create('TLSv1.2'))
      : (this.#context ??= this.#create(this.#settings.maxVersion ?? 'TLSv1.3'));
    const socket = new TLSSocket(raw, {
      isServer: true,
      server: this.#sessions as unknown as Server,
      secureContext,
      allowHalfOpen: true,
      ALPNCallback: selectAlpn,
    } as ConstructorParameters<typeof TLSSocket>[1] & { ALPNCallback: typeof selectAlpn });
    // Behind the handshake a TLSSocket that no tls.Server made reports its errors (a record that cannot be read, a
    // renegotiation) by this event alone.
    socket.on('_tlsError', (error: Error) => socket.destroy(error));
    // Renegotiation is how TLS 1.2 peers change keys under a running session; nothing in FTP needs it.
    socket.disableRenegotiation();
    return socket;
  }

  /** Whether TLS 1.2 may be spoken at all, so that a cap at it is possible. */
  get allowsTls12(): boolean {
    return (this.#settings.minVersion ?? 'TLSv1.2') !== 'TLSv1.3';
  }
}
