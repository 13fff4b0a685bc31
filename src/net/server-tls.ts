/** TLS as the server of a session: one random ticket key per control session, which binds data lines to it. */

import { randomBytes } from 'node:crypto';
import type { Server, Socket } from 'node:net';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import { isDeepStrictEqual } from 'node:util';
import { allPairs, defaultPairs, pairsFor } from './certificate-choice.ts';
import { type BorrowedContext, ContextPool } from './context-pool.ts';
import { renewTickets } from './renewing-tickets.ts';
import type { CertificatePair, ServerTlsSettings } from './server-tls-settings.ts';
import { cipherListOf, type TlsVersion } from './tls-parameters.ts';
import { createSessionStore } from './tls-session-store.ts';

/**
 * How long a session may be resumed, in seconds: the longest that TLS 1.3 allows (RFC 8446 section 4.6.1), because a
 * control session may last as long, and its key dies with it.
 */
const resumableSeconds = 604_800;

/**
 * What a data line may do besides the handshake itself:
 * `resume-or-full`: resume the session of its control line, or begin its own; `resume-only`: resume, or fail: there is
 * no certificate for anything else, and no ticket for whoever tries; `full-only`: no session is known to it.
 */
export type DataHandshake = 'resume-or-full' | 'resume-only' | 'full-only';

export interface WrapOptions {
  /** Names the line for ALPN, and lets control lines choose a certificate by SNI. Default `control`. */
  readonly line?: 'control' | 'data';
  /** Default `resume-or-full`. */
  readonly handshake?: DataHandshake;
  /** Keeps this one line at TLS 1.2. */
  readonly cap12?: boolean;
  /** The host that the client has named already (HOST), for clients that name none under TLS. */
  readonly host?: string | undefined;
}

type AlpnChoice = (offered: { readonly protocols: readonly string[] }) => string | undefined;

/**
 * A ClientHello with ALPN and without the name of its line belongs to another protocol, or to the other line, and fails
 * with the alert no_application_protocol. Clients that offer `ftp` on both lines are many.
 */
const selectAlpn: Record<'control' | 'data', AlpnChoice> = {
  control: ({ protocols }) => (protocols.includes('ftp') ? 'ftp' : undefined),
  data: ({ protocols }) => ['ftp-data', 'ftp'].find((name) => protocols.includes(name)),
};

/** What Node takes and its types do not know. */
type SocketOptions = ConstructorParameters<typeof TLSSocket>[1] & { ALPNCallback: AlpnChoice };

/** The pools of all identities with the same settings; those that nobody has any more go with them. */
const poolsOfSettings = new WeakMap<ServerTlsSettings, Map<string, ContextPool>>();

function createContext(
  settings: ServerTlsSettings,
  pairs: readonly CertificatePair[],
  maxVersion: TlsVersion,
  ticketKeys: Buffer,
): SecureContext {
  const { ciphers, groups, minVersion = 'TLSv1.2', clientCertificates } = settings;
  return createSecureContext({
    cert: pairs.map((pair) => pair.certificatePem),
    key: pairs.map((pair) => pair.privateKeyPem),
    // Without a list the public authorities of Node would count.
    ca: clientCertificates?.authoritiesPem ?? [],
    minVersion,
    maxVersion,
    ciphers: cipherListOf(ciphers),
    ...(groups === undefined || groups.length === 0 ? {} : { ecdhCurve: groups.join(':') }),
    honorCipherOrder: true,
    sessionIdContext: 'twinline',
    ticketKeys,
    sessionTimeout: resumableSeconds,
  });
}

function poolFor(settings: ServerTlsSettings, pairs: readonly CertificatePair[], maxVersion: TlsVersion): ContextPool {
  const pools = poolsOfSettings.get(settings) ?? new Map<string, ContextPool>();
  poolsOfSettings.set(settings, pools);
  const all = allPairs(settings);
  const kind = [maxVersion, ...pairs.map((pair) => all.indexOf(pair))].join(' ');
  const pool = pools.get(kind) ?? new ContextPool((keys) => createContext(settings, pairs, maxVersion, keys));
  pools.set(kind, pool);
  return pool;
}

/**
 * The TLS identity of one control session. It has a ticket key that no other session has, so that a data connection which
 * resumes can only come from the client of this control connection, on TLS 1.2 and 1.3.
 */
export class SessionTls {
  readonly #settings: ServerTlsSettings;
  readonly #ticketKeys = randomBytes(48);
  readonly #sessions = createSessionStore();
  /** For lines that may only resume; made when it is first needed. */
  #resuming: SecureContext | undefined;
  /** What the control line shows, and its data lines then show too (RFC 4217 section 15.1.1). */
  #pairs: readonly CertificatePair[];

  constructor(settings: ServerTlsSettings) {
    this.#settings = settings;
    this.#pairs = defaultPairs(settings);
  }

  get #maxVersion(): TlsVersion {
    return this.#settings.maxVersion ?? 'TLSv1.3';
  }

  #borrow({ handshake, cap12 }: WrapOptions): BorrowedContext {
    if (handshake === 'resume-only') return { context: this.#resumingContext(), giveBack: () => undefined };
    const maxVersion = cap12 === true ? 'TLSv1.2' : this.#maxVersion;
    const ticketKeys = handshake === 'full-only' ? randomBytes(48) : this.#ticketKeys;
    return poolFor(this.#settings, this.#pairs, maxVersion).borrow(ticketKeys);
  }

  #resumingContext(): SecureContext {
    if (this.#resuming === undefined) {
      this.#resuming = createContext(this.#settings, [], this.#maxVersion, this.#ticketKeys);
      renewTickets(this.#resuming, this.#ticketKeys);
    }
    return this.#resuming;
  }

  /** Shows the certificate of `host`, where there is one, on this control line and on its data lines. True: a change. */
  #show(host: string): boolean {
    const pairs = pairsFor(this.#settings, host);
    if (pairs.length === 0 || isDeepStrictEqual(pairs, this.#pairs)) return false;
    this.#pairs = pairs;
    return true;
  }

  /** Wraps an accepted TCP connection; the handshake begins by itself. */
  wrap(raw: Socket, options: WrapOptions = {}): TLSSocket {
    const { line = 'control', handshake, host } = options;
    if (line === 'control' && host !== undefined) this.#show(host);
    const borrowed: BorrowedContext[] = [];
    const giveBack = (): void => {
      for (const context of borrowed.splice(0)) context.giveBack();
    };
    const borrow = (): SecureContext => {
      const one = this.#borrow(options);
      borrowed.push(one);
      return one.context;
    };
    const socket = new TLSSocket(raw, {
      isServer: true,
      ...(handshake === 'full-only' ? {} : { server: this.#sessions as unknown as Server }),
      secureContext: borrow(),
      allowHalfOpen: true,
      // Whether one must come, and which are trusted, is for the session to say: it can explain itself.
      requestCert: this.#settings.clientCertificates !== undefined,
      rejectUnauthorized: false,
      ALPNCallback: selectAlpn[line],
      ...(line === 'control' ? { SNICallback: this.#choiceByName(borrow) } : {}),
    } as SocketOptions);
    // OpenSSL reports the end of the handshake first and writes the tickets then, before it returns.
    socket.once('secure', () => setImmediate(giveBack));
    socket.once('close', giveBack);
    // Behind the handshake a TLSSocket that no tls.Server made reports its errors (a record that cannot be read, a
    // renegotiation) by this event alone.
    socket.on('_tlsError', (error: Error) => socket.destroy(error));
    // Renegotiation is how TLS 1.2 peers change keys under a running session; nothing in FTP needs it.
    socket.disableRenegotiation();
    return socket;
  }

  /** A name that the server does not know leaves the choice as it is (RFC 6066 section 3 allows to go on). */
  #choiceByName(borrow: () => SecureContext) {
    return (name: string, done: (error: Error | null, context?: SecureContext) => void): void => {
      if (this.#show(name)) done(null, borrow());
      else done(null);
    };
  }

  /** Whether the certificate that this session shows is for `host`. */
  isShownFor(host: string): boolean {
    const names = pairsFor(this.#settings, host);
    return names.some((pair) => this.#pairs.includes(pair));
  }

  /** Whether TLS 1.2 may be spoken at all, so that a cap at it is possible. */
  get allowsTls12(): boolean {
    return (this.#settings.minVersion ?? 'TLSv1.2') !== 'TLSv1.3';
  }
}
