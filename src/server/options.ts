/** The settings of a server, with their defaults; every limit stands in `docs/limits.md` with its origin. */

import type { RateSettings } from './shares/user-shares.ts';
import type { PortRange, ServerTlsSettings } from '../net/index.ts';
import type { StorageBackend } from '../storage/index.ts';
import type { ControlLossPolicy, MissingCloseNotifyPolicy, UserStore } from '../users/index.ts';
import type { BanList } from './bans/ban-list.ts';
import type { ServerEvent } from './audit.ts';
import type { Listener } from './listener.ts';
import type { PassiveHost, PassiveHostRule } from './passive-hosts.ts';

/** `required`: no login and no data in clear; `optional`: the client chooses; `off`: AUTH answers 431. */
export type TlsPolicy = 'required' | 'optional' | 'off';

/**
 * What a data line under TLS must have to do with the TLS session of its control line (RFC 4217 section 10.2):
 * `off`: nothing, no session is resumed; `prefer`: sessions are resumed where the client asks for it; `require`: a line
 * that does not resume is refused, and its port stays open for the one that does; `require-or-equivalent`: a line that
 * does not resume needs another tie: the certificate that the client has shown on the control line or, where it has
 * shown none, the same address and a port that was chosen for this one connection.
 */
export type SessionReusePolicy = 'off' | 'prefer' | 'require' | 'require-or-equivalent';

/**
 * When NOOP and STAT are answered that come during a transfer: at once, or when it has ended. Clients that take any
 * reply during a transfer for its last need the latter; others close the control line when nothing answers.
 */
export type KeepaliveReplies = 'immediate' | 'after-transfer';

export interface ListenerOptions {
  /** Address to listen on, for example `127.0.0.1`, `::` or `0.0.0.0`. */
  readonly host: string;
  /** Port; 0 lets the kernel choose. */
  readonly port: number;
  /** `explicit`: clear until AUTH (RFC 4217); `implicit`: TLS from the first byte. */
  readonly mode: 'explicit' | 'implicit';
  /** A listening socket that this process was started with, by its number; `host` and `port` are those it has. */
  readonly fd?: number;
}

/** Limits of time and size. Times are milliseconds. */
export interface ServerLimits {
  readonly tlsHandshakeMs: number;
  readonly loginMs: number;
  readonly idleMs: number;
  /** No data connection after PASV or EPSV, or none reached after PORT or EPRT. */
  readonly dataConnectMs: number;
  /** No byte moved on the data connection. */
  readonly stallMs: number;
  /**
   * The same for a client that has closed its window and still answers: it may read slowly, which its kernel shows only
   * once it has taken megabytes. Where `stallMs` is set and this is not, this is the same.
   */
  readonly closedWindowMs: number;
  /** How long the end of a download waits for the client's end of the data connection. */
  readonly dataCloseMs: number;
  /** The header of a trusted proxy, from the connection on. */
  readonly proxyHeaderMs: number;
  readonly maxSessions: number;
  /** Sessions of one IPv4 address or IPv6 network; a further connection is refused. Not for `exemptNetworks`. */
  readonly maxSessionsPerAddress: number;
  /** Sessions that are not logged in; beyond it the oldest goes, of the address that has most of them. */
  readonly maxUnauthenticated: number;
  /** The same for one address; its oldest goes. Not for `exemptNetworks`. */
  readonly maxUnauthenticatedPerAddress: number;
  /** TLS handshakes on control lines that are under way; beyond it the oldest goes, as with `maxUnauthenticated`. */
  readonly maxHandshakes: number;
  /** Bits of an IPv6 address that tell one client from another: 64, because a client usually has a whole such network. */
  readonly ipv6PrefixBits: number;
  readonly maxLineBytes: number;
  /** Bytes of replies that a client may leave unread before its session is ended. */
  readonly maxUnreadReplyBytes: number;
  readonly badCommandsBeforeLogin: number;
  readonly tooLongLines: number;
  readonly failedLogins: number;
  /** Pause before the first refused login of an address is answered; it doubles with each further one. */
  readonly loginDelayMs: number;
  /** The longest such pause, and the longest that a login waits for those before it. */
  readonly maxLoginDelayMs: number;
  /** Points within `banWindowMs` that ban an address: 1 for a refused login, 2 for a session of bad commands. 0: no bans. */
  readonly banAfter: number;
  readonly banWindowMs: number;
  /** How long an address is banned. */
  readonly banMs: number;
  /** Age at which an interrupted upload is removed. */
  readonly partialMaxAgeMs: number;
  /** Time between two sweeps of old interrupted uploads. */
  readonly sweepEveryMs: number;
  /** How long the start waits for its first sweep before it listens; the sweep goes on behind. */
  readonly startSweepMs: number;
}

export const defaultLimits: ServerLimits = {
  tlsHandshakeMs: 10_000,
  loginMs: 30_000,
  idleMs: 15 * 60_000,
  dataConnectMs: 60_000,
  stallMs: 60_000,
  closedWindowMs: 600_000,
  dataCloseMs: 1_000,
  proxyHeaderMs: 5_000,
  maxSessions: 10_000,
  maxSessionsPerAddress: 1_000,
  maxUnauthenticated: 2_000,
  maxUnauthenticatedPerAddress: 200,
  maxHandshakes: 1_000,
  ipv6PrefixBits: 64,
  maxLineBytes: 8_192,
  maxUnreadReplyBytes: 1_048_576,
  badCommandsBeforeLogin: 20,
  tooLongLines: 10,
  failedLogins: 5,
  loginDelayMs: 300,
  maxLoginDelayMs: 10_000,
  banAfter: 20,
  banWindowMs: 600_000,
  banMs: 900_000,
  partialMaxAgeMs: 7 * 24 * 3600_000,
  sweepEveryMs: 3600_000,
  startSweepMs: 5_000,
};

/** This machine. */
export const defaultExemptNetworks: readonly string[] = ['127.0.0.0/8', '::1'];

export interface ServerOptions {
  readonly listeners: readonly ListenerOptions[];
  /** Listeners that are open already, because a right was needed that this process has no more; `listeners` names them. */
  readonly bound?: readonly Listener[];
  readonly storage: StorageBackend;
  /** Further storages by name, for the mounts of users. The server sweeps them; who made them closes them. */
  readonly storages?: Readonly<Record<string, StorageBackend>>;
  readonly users: UserStore;
  /** Default `required` when `tlsSettings` is given, else `off`. */
  readonly tls?: TlsPolicy;
  readonly tlsSettings?: ServerTlsSettings;
  /** Default `prefer`. */
  readonly sessionReuse?: SessionReusePolicy;
  /**
   * Whether clients may take TLS off the control line of a running session (CCC). REIN takes it off in any case, but not
   * on implicit listeners. Default false.
   */
  readonly ccc?: boolean;
  /** Default: the kernel chooses. */
  readonly passivePorts?: PortRange;
  /**
   * What 227 announces: an IPv4 address, a DNS name, `same-as-control` (the default: the address that the client has
   * reached), or rules by the network of the client, of which the first that fits counts.
   */
  readonly passiveHost?: PassiveHost | readonly PassiveHostRule[];
  /** Lines of the 220 greeting. */
  readonly welcome?: readonly string[];
  readonly limits?: Partial<ServerLimits>;
  /**
   * Addresses and networks that are never banned by the server and have no limits of one address. Default: those of this machine, behind which a proxy or a
   * tunnel may bring everybody.
   */
  readonly exemptNetworks?: readonly string[];
  /**
   * Networks of proxies: every connection from there, control or data, begins with a PROXY protocol header of version 1 or
   * 2, and counts as from the address in it. Such a header from elsewhere ends the session.
   */
  readonly proxyProtocolFrom?: readonly string[];
  /** Who is banned; the caller closes it. Default: a list that ends with the server. */
  readonly bans?: BanList;
  /** Bytes per second; default: no bounds. */
  readonly rates?: RateSettings;
  /** For users whose account does not say otherwise. Default `abort`. */
  readonly onControlLoss?: ControlLossPolicy;
  /** For users whose account does not say otherwise. Default `refuse`. */
  readonly missingCloseNotify?: MissingCloseNotifyPolicy;
  /** Default `immediate`. */
  readonly keepaliveReplies?: KeepaliveReplies;
  /** Hears every event, in order, synchronously; it must not throw and must not block. */
  readonly onEvent?: (event: ServerEvent) => void;
}
