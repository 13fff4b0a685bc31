/** TLS as the server of a session: one random ticket key per control session, which binds data lines to it. */

import { randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import type { Server, Socket } from 'node:net';
import { createSecureContext, type SecureContext, type SecureVersion, TLSSocket } from 'node:tls';

/** What a server presents and demands. PEM texts; a change of certificate is a new value of this. */
export interface ServerTlsSettings {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** Lowest version, `TLSv1.2` unless told otherwise (RFC 8996). */
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** OpenSSL cipher list; TLS 1.3 suites are named in full. */
  readonly ciphers?: string;
}

/** Measured: with hardware AES the 128-bit suite moves a quarter more bytes per second, so it is preferred. */
export const defaultCiphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
  'DHE-RSA-AES128-GCM-SHA256',
  'DHE-RSA-AES256-GCM-SHA384',
].join(':');

/** Selects `ftp` when ALPN offers it; a ClientHello with ALPN and without an FTP name belongs to another protocol. */
function selectAlpn(offered: { readonly protocols: readonly string[] }): string | undefined {
  return ['ftp', 'ftp-data'].find((name) => offered.protocols.includes(name));
}

/** TLS 1.2 sessions that one control session keeps for clients without tickets; the oldest goes first. */
const maxKeptSessions = 16;

/**
 * Keeps TLS 1.2 sessions by their id for clients that refuse tickets, as curl 7.88 does: Node asks the `server` of a
 * socket for them. Each control session has a store of its own, so that an id is worth nothing anywhere else.
 */
function createSessionStore(): EventEmitter {
  const kept = new Map<string, Buffer>();
  const store = new EventEmitter();
  store.on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
    const oldest = kept.size >= maxKeptSessions ? kept.keys().next().value : undefined;
    if (oldest !== undefined) kept.delete(oldest);
    kept.set(id.toString('hex'), session);
    done();
  });
  store.on('resumeSession', (id: Buffer, done: (error: Error | null, session: Buffer | null) => void) => {
    done(null, kept.get(id.toString('hex')) ?? null);
  });
  return store;
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

  #create(maxVersion: SecureVersion | undefined): SecureContext {
    return createSecureContext({
      cert: this.#settings.certificatePem,
      key: this.#settings.privateKeyPem,
      minVersion: this.#settings.minVersion ?? 'TLSv1.2',
      ...(maxVersion === undefined ? {} : { maxVersion }),
      ciphers: this.#settings.ciphers ?? defaultCiphers,
      honorCipherOrder: true,
      sessionIdContext: 'twinline',
      ticketKeys: this.#ticketKeys,
    });
  }

  /** Wraps an accepted TCP connection; the handshake begins by itself. `cap12` keeps this one line at TLS 1.2. */
  wrap(raw: Socket, options: { readonly cap12?: boolean } = {}): TLSSocket {
    const secureContext = options.cap12
      ? (this.#contextTls12 ??= this.#create('TLSv1.2'))
      : (this.#context ??= this.#create(this.#settings.maxVersion));
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
