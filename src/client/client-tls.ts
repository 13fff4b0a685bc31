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
import {
  certificateChainOf,
  certificateFactsOf,
  certificateProblem,
  parsePins,
  pinOf,
  TicketPool,
  tlsFactsOf,
} from '../net/index.ts';
import type { ResolvedOptions } from './options.ts';
import type { TraceSink } from './trace.ts';

/** With hardware AES the 128-bit suites move a quarter more bytes per second, so they are asked for first. */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  ...DEFAULT_CIPHERS.split(':'),
].join(':');

/** Groups for which OpenSSL sends a key by itself in its first message. */
const offeredGroups: readonly string[] = ['X25519MLKEM768', 'X25519'];
/** What stands behind the group of the control line where that is another one. */
const otherGroups = [...offeredGroups, 'P-256', 'X448', 'P-384', 'P-521'];

function makeContext({ tls }: ResolvedOptions, firstGroup?: string): SecureContext {
  try {
    return createSecureContext({
      ...(firstGroup === undefined ? {} : { ecdhCurve: [firstGroup, ...otherGroups].join(':') }),
      minVersion: tls.minVersion ?? 'TLSv1.2',
      ciphers,
      ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
      ...(tls.caPem === undefined ? {} : { ca: tls.caPem }),
      ...(tls.certificatePem === undefined ? {} : { cert: tls.certificatePem }),
      ...(tls.privateKeyPem === undefined ? {} : { key: tls.privateKeyPem }),
      ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    });
  } catch (error) {
    const reason = contextReason(error);
    throw new ConfigError('ERR_TWINLINE_CONFIG', `The TLS settings cannot be used: ${reason}.`, { cause: error });
  }
}

/** What is wrong with certificate, key or versions, where OpenSSL's own words would not tell. */
function contextReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_OSSL_BAD_DECRYPT' || code === 'ERR_MISSING_PASSPHRASE') {
    return 'the private key is encrypted, and its passphrase is wrong or missing';
  }
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'the private key is not that of the certificate';
  return message;
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
  #dataContext: SecureContext;
  readonly #pins: ReadonlySet<string>;
  readonly #tickets = new TicketPool();
  /** Tickets of lines whose certificate has not been checked yet: a stranger's must never come into the pool. */
  readonly #unchecked = new WeakMap<TLSSocket, Buffer[]>();
  #controlFingerprint: string | undefined;

  /** Throws `ConfigError` when certificates, key or versions cannot be used. */
  constructor(options: ResolvedOptions) {
    this.#options = options;
    this.#trace = options.onTrace;
    this.#pins = parsePins(options.tls.pins ?? []);
    this.#context = makeContext(options);
    this.#dataContext = this.#context;
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
      secureContext: channel === 'control' ? this.#context : this.#dataContext,
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
    // All this is read from OpenSSL anew, and each data line of a mirror would pay for it.
    if (this.#options.traceListener === undefined) return;
    const certificate = certificateFactsOf(tls);
    const chain = channel === 'control' ? certificateChainOf(tls) : [];
    const details = { group: groupOf(tls), alpn: tls.alpnProtocol || undefined, certificate, chain };
    this.#trace({ kind: 'tls', channel, facts: tlsFactsOf(tls), ...details, problem, accepted });
  }

  /** Throws `TlsError` (ERR_TWINLINE_CERTIFICATE) when the certificate is not to be trusted and must be. */
  checkControl(tls: TLSSocket): void {
    const problem = certificateProblem(tls, this.#nameToCheck);
    const { insecure, caPem } = this.#options.tls;
    const pin = pinOf(tls);
    const isPinned = pin !== undefined && this.#pins.has(pin);
    const isOtherKey = this.#pins.size > 0 && !isPinned;
    const isTrusted = problem === undefined || insecure === true || (isPinned && caPem === undefined);
    const accepted = isTrusted && !isOtherKey;
    this.#report('control', tls, problem, accepted);
    this.#controlFingerprint = certificateFactsOf(tls)?.fingerprint256;
    if (accepted) {
      this.#accept(tls);
      this.#offerGroupOf(tls);
      return;
    }
    throw isOtherKey ? this.#otherKey(pin) : this.#untrusted(problem, pin);
  }

  /** Data lines begin with the group that the server has chosen: another one would cost it and us a second hello each time. */
  #offerGroupOf(control: TLSSocket): void {
    const info = control.getEphemeralKeyInfo() as { readonly name?: string } | null;
    const name = info?.name;
    if (name === undefined || offeredGroups.includes(name)) return;
    this.#dataContext = makeContext(this.#options, name);
  }

  #otherKey(pin: string | undefined): TlsError {
    const { host } = this.#options;
    const message =
      `The public key of ${host} is not the pinned one: it is ${pin ?? 'missing'}. Either the server has a new key, or ` +
      'somebody stands between; ask its operator, and nothing secret was sent.';
    return new TlsError('ERR_TWINLINE_CERTIFICATE', message, { channel: 'control' });
  }

  #untrusted(problem: string | undefined, pin: string | undefined): TlsError {
    const { host } = this.#options;
    const key = pin === undefined ? '' : ` (it has ${pin})`;
    const message =
      `The certificate of ${host} is not trusted: ${problem}. Name its authority as a CA file, pin its public key${key}, ` +
      'or accept any certificate (insecure).';
    return new TlsError('ERR_TWINLINE_CERTIFICATE', message, { channel: 'control' });
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
