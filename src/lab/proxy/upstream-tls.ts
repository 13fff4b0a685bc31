/** TLS of the proxy towards the server, for one session: its demands, and its tickets for data lines. */

import { isIP, type Socket } from 'node:net';
import { connect, createSecureContext, type SecureContext, type SecureVersion, type TLSSocket } from 'node:tls';
import { ConfigError } from '../../errors/index.ts';
import { certificateFactsOf, certificateProblem, parsePins, pinOf, TicketPool } from '../../net/index.ts';

/** What the server must be; as the client of Twinline has it. */
export interface UpstreamTrust {
  /** Any certificate will do. */
  readonly insecure?: boolean;
  /** Trusted authorities, PEM; those of Node without it. */
  readonly caPem?: string;
  /** `sha256/BASE64`: the server's public key must be one of these, and that is trust enough without `caPem`. */
  readonly pins?: readonly string[];
  readonly minVersion?: SecureVersion;
  readonly maxVersion?: SecureVersion;
}

/** Throws `ConfigError` when the trust cannot be used. */
export function makeUpstreamContext(trust: UpstreamTrust): SecureContext {
  parsePins(trust.pins ?? []);
  try {
    return createSecureContext({
      minVersion: trust.minVersion ?? 'TLSv1.2',
      ...(trust.maxVersion === undefined ? {} : { maxVersion: trust.maxVersion }),
      ...(trust.caPem === undefined ? {} : { ca: trust.caPem }),
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError('ERR_TWINLINE_CONFIG', `The TLS settings cannot be used: ${reason}.`, { cause });
  }
}

export class UpstreamTls {
  readonly #host: string;
  readonly #trust: UpstreamTrust;
  readonly #context: SecureContext;
  readonly #tickets = new TicketPool();
  #fingerprint: string | undefined;

  constructor(host: string, trust: UpstreamTrust, context: SecureContext) {
    this.#host = host;
    this.#trust = trust;
    this.#context = context;
  }

  #wrap(raw: Socket, session: Buffer | undefined): TLSSocket {
    const tls = connect({
      socket: raw,
      secureContext: this.#context,
      host: this.#host,
      // An address is no server name (RFC 6066 section 3).
      ...(isIP(this.#host) === 0 ? { servername: this.#host } : {}),
      // Looked at behind the handshake, so that what is wrong can be said in words.
      rejectUnauthorized: false,
      ...(session === undefined ? {} : { session }),
    });
    tls.on('session', (ticket: Buffer) =>
      this.#tickets.add(ticket, tls.getProtocol() === 'TLSv1.3' ? 'once' : 'often'),
    );
    return tls;
  }

  wrapControl(raw: Socket): TLSSocket {
    return this.#wrap(raw, undefined);
  }

  /** Offers the session of the control line, or a ticket that an earlier data line has brought. */
  wrapData(raw: Socket): TLSSocket {
    return this.#wrap(raw, this.#tickets.take());
  }

  /** Why the server is not to be trusted, as the end of a sentence; undefined when it is. */
  controlProblem(tls: TLSSocket): string | undefined {
    const { insecure, caPem } = this.#trust;
    const pins = parsePins(this.#trust.pins ?? []);
    const pin = pinOf(tls);
    this.#fingerprint = certificateFactsOf(tls)?.fingerprint256;
    const isPinned = pin !== undefined && pins.has(pin);
    if (pins.size > 0 && !isPinned)
      return `its public key is ${pin ?? 'missing'}, which is not pinned; if it is the right one, start the proxy with it as --pin`;
    if (insecure === true || (isPinned && caPem === undefined)) return undefined;
    const problem = certificateProblem(tls, this.#host);
    if (problem === undefined) return undefined;
    return `${problem}; start the proxy with its authority (--cacert FILE), its public key (--pin ${pin ?? 'KEY'}), or -k for any certificate`;
  }

  /** The data line must lead to the server of the control line; undefined when it does. */
  dataProblem(tls: TLSSocket): string | undefined {
    if (this.#trust.insecure === true) return undefined;
    const fingerprint = certificateFactsOf(tls)?.fingerprint256;
    const isSame = fingerprint === undefined ? tls.isSessionReused() : fingerprint === this.#fingerprint;
    return isSame ? undefined : 'the data line leads to a server with another certificate than the control line';
  }
}
