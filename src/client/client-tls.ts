/** TLS as the client of one FTP session speaks it: one set of demands, one pool of tickets, one certificate on both lines. */

import { isIP, type Socket } from 'node:net';
import {
  connect as connectTls,
  createSecureContext,
  DEFAULT_CIPHERS,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { type Channel, ConfigError, TlsError } from '../errors/index.ts';
import { tlsFactsOf } from '../net/index.ts';
import type { ResolvedOptions } from './options.ts';
import { certificateChainOf, certificateFactsOf, certificateProblem } from './peer-certificate.ts';
import { TicketPool } from './tls-tickets.ts';
import type { TraceSink } from './trace.ts';

/** With hardware AES the 128-bit suites move a quarter more bytes per second, so they are asked for first. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  ...DEFAULT_CIPHERS.split(':'),
].join(':');

function makeContext({ tls }: ResolvedOptions): SecureContext {
  try {
    return createSecureContext({
      minVersion: tls.minVersion ?? 'TLSv1.2',
      ciphers,
      ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
      ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
      ...(tls.certificatePem === undefined ? {} : { cert: tls.certificatePem }),
      ...(tls.privateKeyPem === undefined ? {} : { key: tls.privateKeyPem }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError('ERR_TWINLINE_CONFIG', `The TLS settings cannot be used: ${reason}.`, { cause: error });
  }
}

/** The key exchange; the library says nothing of it on resumed sessions of TLS 1.2, and of some hybrid groups. */
function groupOf(tls: TLSSocket): string | undefined {
  const info = tls.getEphemeralKeyInfo() as { readonly name?: string; readonly type?: string } | null;
  return info?.name ?? info?.type;
}

/** The TLS of one login, for its control line and all its data lines. */
export class ClientTls {
  readonly #options: ResolvedOptions;
  readonly #trace: TraceSink;
  readonly #context: SecureContext;
  readonly #tickets = new TicketPool();
  /** Tickets of lines whose certificate has not been checked yet: a stranger's must never come into the pool. */
  readonly #unchecked = new WeakMap<TLSSocket, Buffer[]>();
  #controlFingerprint: string | undefined;

  /** Throws `ConfigError` when certificates, key or versions cannot be used. */
  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#trace = options.onTrace;
    this.#context = makeContext(options);
  }

  /** SHA-256 of the server's certificate; undefined before `checkControl`. */
  get controlFingerprint(): string | undefined {
    return this.#controlFingerprint;
  }

  get #nameToCheck(): string {
    return this.#options.tls.serverName ?? this.#options.host;
  }

  #connect(channel: Channel, raw: Socket, session: Buffer | undefined): TLSSocket {
    const name = this.#nameToCheck;
    const tls = connectTls({
      socket: raw,
      secureContext: this.#context,
      host: name,
      // An address is no server name (RFC 6066 section 3).
      ...(isIP(name) === 0 ? { servername: name } : {}),
      // Checked by `checkControl` and `checkData` before a byte of ours is sent, so that the trace can show it first.
      rejectUnauthorized: false,
      ...(session === undefined ? {} : { session }),
    });
    this.#unchecked.set(tls, []);
    const { onKeylog } = this.#options;
    if (onKeylog !== undefined) tls.on('keylog', (line: Buffer) => onKeylog(line.toString('latin1').trimEnd()));
    tls.on('session', (ticket: Buffer) => {
      this.#trace({ kind: 'ticket', channel, bytes: ticket.length });
      const waiting = this.#unchecked.get(tls);
      if (waiting === undefined) this.#keep(tls, ticket);
      else waiting.push(ticket);
    });
    return tls;
  }

  #keep(tls: TLSSocket, ticket: Buffer): void {
    this.#tickets.add(ticket, tls.getProtocol() === 'TLSv1.3' ? 'once' : 'often');
  }

  #accept(tls: TLSSocket): void {
    for (const ticket of this.#unchecked.get(tls) ?? []) this.#keep(tls, ticket);
    this.#unchecked.delete(tls);
  }

  wrapControl(raw: Socket): TLSSocket {
    return this.#connect('control', raw, undefined);
  }

  /** Offers the session of the control line, or a ticket that an earlier data line has brought. */
  wrapData(raw: Socket): TLSSocket {
    return this.#connect('data', raw, this.#tickets.take());
  }

  #report(channel: Channel, tls: TLSSocket, problem: string | undefined, accepted: boolean): void {
    const certificate = certificateFactsOf(tls);
    const chain = channel === 'control' && this.#options.traceListener !== undefined ? certificateChainOf(tls) : [];
    const details = { group: groupOf(tls), alpn: tls.alpnProtocol || undefined, certificate, chain };
    this.#trace({ kind: 'tls', channel, facts: tlsFactsOf(tls), ...details, problem, accepted });
  }

  /** Throws `TlsError` (ERR_TWINLINE_CERTIFICATE) when the certificate is not to be trusted and must be. */
  checkControl(tls: TLSSocket): void {
    const problem = certificateProblem(tls, this.#nameToCheck);
    const accepted = problem === undefined || this.#options.tls.insecure === true;
    this.#report('control', tls, problem, accepted);
    this.#controlFingerprint = certificateFactsOf(tls)?.fingerprint256;
    if (accepted) {
      this.#accept(tls);
      return;
    }
    throw new TlsError(
      'ERR_TWINLINE_CERTIFICATE',
      `The certificate of ${this.#options.host} is not trusted: ${problem}. Name its authority as a CA file, or accept any certificate (insecure).`,
      { channel: 'control' },
    );
  }

  /**
   * The data line must lead to the server of the control line: by the same certificate, or, where a resumed session
   * brings none, by the resumption itself. Throws `TlsError` (ERR_TWINLINE_DATA_CERTIFICATE).
   */
  checkData(tls: TLSSocket): void {
    const fingerprint = certificateFactsOf(tls)?.fingerprint256;
    const accepted = fingerprint === undefined ? tls.isSessionReused() : fingerprint === this.#controlFingerprint;
    this.#report('data', tls, undefined, accepted);
    if (accepted) {
      this.#accept(tls);
      return;
    }
    throw new TlsError(
      'ERR_TWINLINE_DATA_CERTIFICATE',
      'The data connection leads to a server with another certificate than the control connection, so nothing was sent on it.',
      { channel: 'data' },
    );
  }
}
