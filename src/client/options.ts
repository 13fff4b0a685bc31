/** What a caller may choose about a session and its transfers, with the defaults in one place. */

import type { SecureVersion } from 'node:tls';
import { ConfigError } from '../errors/index.ts';
import type { ActiveOptions } from './active.ts';
import { type AddressFamily, type AddressLookup, systemLookup } from './dial/host-addresses.ts';
import { parseProxyUrl, type Proxy } from './dial/proxy.ts';
import { sessionTrace } from './session-trace.ts';
import type { TraceListener, TraceSink } from './trace.ts';
import { createMemoryKnowledge, type KnowledgeStore } from './knowledge/knowledge-store.ts';

/** `explicit`: AUTH TLS on the FTP port; `implicit`: TLS from the first byte; `plain`: no TLS at all, on either line. */
export type Security = 'explicit' | 'implicit' | 'plain';

/** How TLS is spoken and what is demanded of the server's certificate. */
export interface ClientTlsOptions {
  /** Accepts any certificate. The data line must still present the one of the control line. Default false. */
  readonly insecure?: boolean;
  /**
   * Public keys that the server may have: `sha256/BASE64`, as curl's `--pinnedpubkey`. One of them must be the server's,
   * even with `insecure`. It is trust enough: name, authority and dates then count only where `caPem` is given too.
   */
  readonly pins?: readonly string[];
  /** Authorities to trust in place of the built-in ones; PEM. */
  readonly caPem?: string;
  /** Default `TLSv1.2` (RFC 8996). */
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
  /** Certificate and key of the client, PEM, for servers that ask for one. */
  readonly certificatePem?: string;
  readonly privateKeyPem?: string;
  /** For a private key that is encrypted. */
  readonly passphrase?: string;
  /** Name to check the certificate against, when it is not `host`. */
  readonly serverName?: string;
}

/** How long things may take, in milliseconds. */
export interface Deadlines {
  /** TCP connection of the control line. */
  readonly connectMs: number;
  /** TLS handshake, on either line. */
  readonly tlsMs: number;
  /** Each reply until the session is open: the greeting, AUTH, the login. Not longer than `replyMs`. */
  readonly openReplyMs: number;
  /** Any reply. */
  readonly replyMs: number;
  /** TCP connection of the data line. */
  readonly dataConnectMs: number;
  /** The same behind EPSV where PASV is left to try: a silent port is usually a firewall that knows only PASV. */
  readonly silentPortMs: number;
  /** A transfer without a single byte of progress. */
  readonly stallMs: number;
  /** The final reply, counted from the end of the data. */
  readonly finalReplyMs: number;
  /** Both replies to ABOR. */
  readonly abortMs: number;
  /** The reply to QUIT and the end of the line. */
  readonly quitMs: number;
}

export const defaultDeadlines: Deadlines = {
  connectMs: 15_000,
  tlsMs: 15_000,
  openReplyMs: 30_000,
  replyMs: 30_000,
  dataConnectMs: 15_000,
  silentPortMs: 5_000,
  stallMs: 60_000,
  finalReplyMs: 60_000,
  abortMs: 5_000,
  quitMs: 2_000,
};

/** How much a server may send before it is refused. */
export interface ClientLimits {
  /** One reply with all its lines. */
  readonly maxReplyBytes: number;
  /** One listing. */
  readonly maxListingBytes: number;
}

export const defaultLimits: ClientLimits = {
  maxReplyBytes: 64 * 1024,
  maxListingBytes: 64 * 1024 * 1024,
};

/** When a file transfer that lost a line is taken up again. */
export interface RetryOptions {
  /** New sessions after the first one failed; 0 switches retries off. */
  readonly tries: number;
  /** Wait before the first retry; it doubles each time, up to `maxDelayMs`, and a random half of it is taken off. */
  readonly delayMs: number;
  readonly maxDelayMs: number;
}

export const defaultRetry: RetryOptions = { tries: 5, delayMs: 500, maxDelayMs: 30_000 };

export interface ConnectOptions {
  /** Name or address, without brackets. */
  readonly host: string;
  /** Default 21, or 990 for `implicit`. */
  readonly port?: number;
  /** Default `explicit`. There is no way back to clear: where TLS is refused, nothing secret is sent. */
  readonly security?: Security;
  /** Default `anonymous`. */
  readonly user?: string;
  readonly password?: string;
  /** For ACCT, where a server asks for it. */
  readonly account?: string;
  readonly tls?: ClientTlsOptions;
  /** Uses IPv4 or IPv6 only. Default: whichever answers first. */
  readonly family?: AddressFamily;
  /** Looks names up. Default: the resolver of the system. */
  readonly lookup?: AddressLookup;
  /**
   * A proxy for both lines: `socks5h://`, `socks5://` (names are looked up here) or `http://` (CONNECT), with
   * `user:password@` where it wants that.
   */
  readonly proxy?: string;
  /** Active mode: the server makes the data connections. Default: passive mode, in which we make them. */
  readonly active?: ActiveOptions;
  /**
   * Tells the server that no data connection will be opened but by EPSV (`EPSV ALL`, RFC 2428 section 4), so that a NAT
   * on the way need not look into the session. There is no PASV then. Default false.
   */
  readonly epsvAll?: boolean;
  /**
   * Sends NOOP when the control line has been silent for so many milliseconds: while nothing is asked for, and in a
   * transfer where the server is found to take it. Default: never; TCP keepalive is always on.
   */
  readonly keepaliveMs?: number;
  readonly deadlines?: Partial<Deadlines>;
  readonly limits?: Partial<ClientLimits>;
  /** For `downloadFile` and `uploadFile`. */
  readonly retry?: Partial<RetryOptions>;
  /**
   * What is known of servers, and where what is learned of them is kept. Default: in memory, for the client or pool and
   * its reconnects.
   */
  readonly knowledge?: KnowledgeStore;
  /** Hears everything that happens on both lines, secrets masked. */
  readonly onTrace?: TraceListener;
  /** The trace carries the bytes of listings too, for a replay. Default false. */
  readonly traceListings?: boolean;
  /**
   * Hears each line of the key log of every TLS connection, in the format of NSS: with them a capture of the network can
   * be read. Whoever has the lines can read the password.
   */
  readonly onKeylog?: (line: string) => void;
  /** Ends the attempt to connect. */
  readonly signal?: AbortSignal;
}

/** Options with all defaults filled in. */
export interface ResolvedOptions {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  readonly user: string;
  readonly password: string;
  readonly account: string | undefined;
  readonly tls: ClientTlsOptions;
  readonly family: AddressFamily | undefined;
  readonly lookup: AddressLookup;
  readonly proxy: Proxy | undefined;
  readonly active: ActiveOptions | undefined;
  readonly epsvAll: boolean;
  readonly keepaliveMs: number | undefined;
  readonly deadlines: Deadlines;
  readonly limits: ClientLimits;
  readonly retry: RetryOptions;
  readonly traceListener: TraceListener | undefined;
  readonly traceListings: boolean;
  /** Stamps for the session at hand, and for no session at all before one is opened. */
  readonly onTrace: TraceSink;
  readonly onKeylog: ((line: string) => void) | undefined;
  readonly knowledge: KnowledgeStore;
}

/** Fills in defaults. Throws `ConfigError` for a missing host, a port that is none, and what does not go together. */
export function resolveOptions(options: ConnectOptions): ResolvedOptions {
  const { host, security = 'explicit', port = security === 'implicit' ? 990 : 21 } = options;
  if (host === '') throw new ConfigError('ERR_TWINLINE_CONFIG', 'No host was given to connect to.');
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', `${port} is not a port from 1 to 65535.`);
  }
  if (options.proxy !== undefined && options.active !== undefined) {
    const message =
      'Active mode needs a connection from the server to here, which no proxy makes: leave one of them out.';
    throw new ConfigError('ERR_TWINLINE_CONFIG', message);
  }
  if (options.epsvAll === true && options.active !== undefined) {
    throw new ConfigError('ERR_TWINLINE_CONFIG', 'EPSV ALL and active mode exclude each other; leave one of them out.');
  }
  return {
    host,
    port,
    security,
    user: options.user ?? 'anonymous',
    password: options.password ?? (options.user === undefined ? 'anonymous@' : ''),
    account: options.account,
    tls: options.tls ?? {},
    family: options.family,
    lookup: options.lookup ?? systemLookup,
    proxy: options.proxy === undefined ? undefined : parseProxyUrl(options.proxy),
    active: options.active,
    epsvAll: options.epsvAll ?? false,
    keepaliveMs: options.keepaliveMs,
    deadlines: { ...defaultDeadlines, ...options.deadlines },
    limits: { ...defaultLimits, ...options.limits },
    retry: { ...defaultRetry, ...options.retry },
    traceListener: options.onTrace,
    traceListings: options.onTrace !== undefined && options.traceListings === true,
    onTrace: sessionTrace(options.onTrace, 0),
    onKeylog: options.onKeylog,
    knowledge: options.knowledge ?? createMemoryKnowledge(),
  };
}
