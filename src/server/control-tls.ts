/** TLS of one control line: the identity that its data lines resume, and what the client has shown of itself. */

import {
  clientCertificateOf,
  type ClientCertificate,
  isTrusted,
  mayLogIn,
  pairsFor,
  type ServerTlsSettings,
  SessionTls,
} from '../net/index.ts';
import type { TLSSocket } from 'node:tls';
import type { ServerSettings } from './settings.ts';
import type { DataTls } from './transfers/data-tls.ts';

export class ControlTls {
  readonly #settings: ServerSettings;
  /** As they were when this session first needed them; a later change is for later sessions. */
  #tlsSettings: ServerTlsSettings | undefined;
  #identity: SessionTls | undefined;
  #certificate: ClientCertificate | undefined;
  #isSecured = false;
  /** What the client has named under TLS (SNI), in lower case. */
  #serverName: string | undefined;
  /** What it has named by HOST, in lower case. */
  #host: string | undefined;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
  }

  /** The TLS identity of this session, undefined when the server has no TLS. */
  identity(): SessionTls | undefined {
    this.#tlsSettings ??= this.#settings.tlsSettings();
    if (this.#tlsSettings === undefined) return undefined;
    this.#identity ??= new SessionTls(this.#tlsSettings);
    return this.#identity;
  }

  /** Notes what the client has shown in the handshake of the control line. */
  established(socket: TLSSocket): void {
    this.#certificate = this.#tlsSettings?.clientCertificates && clientCertificateOf(socket);
    this.#isSecured = true;
    const { servername } = socket as { readonly servername?: string | false | null };
    this.#serverName = typeof servername === 'string' ? servername.toLowerCase() : undefined;
    // What stands under TLS counts more than what came in clear (RFC 7151 section 3.2.2).
    if (this.#serverName !== undefined && this.#serverName !== this.#host) this.#host = undefined;
  }

  /** The host that the client has named by HOST, for a handshake to come. */
  get host(): string | undefined {
    return this.#host;
  }

  /** Takes the host that the client has named in place of an earlier one; the result says why it is refused. */
  nameHost(name: string): string | undefined {
    this.#host = undefined;
    const identity = this.identity();
    if (identity !== undefined && this.#tlsSettings !== undefined) {
      if (pairsFor(this.#tlsSettings, name).length === 0) return 'This server does not know that host';
      if (this.#serverName !== undefined && this.#serverName !== name) {
        return `TLS was begun for ${this.#serverName}: open a new connection for another host`;
      }
      if (this.#isSecured && !identity.isShownFor(name)) {
        return 'TLS was begun with the certificate of another host: send HOST before AUTH, or name the host under TLS';
      }
    }
    this.#host = name;
    return undefined;
  }

  /** Whether an address may stand for the host: not where the client has named another one under TLS. */
  takesAddress(): boolean {
    this.#host = undefined;
    return this.#serverName === undefined;
  }

  /** TLS has been taken off: another handshake makes another identity. */
  reset(): void {
    this.#tlsSettings = undefined;
    this.#identity = undefined;
    this.#certificate = undefined;
    this.#isSecured = false;
    this.#serverName = undefined;
    this.#host = undefined;
  }

  /** Forgets the host: REIN. */
  forgetHost(): void {
    this.#host = undefined;
  }

  /** The certificate that the client has shown on the control line, trusted or not. */
  get certificate(): ClientCertificate | undefined {
    return this.#certificate;
  }

  /** The same, when an authority or a known fingerprint vouches for it. */
  get trustedCertificate(): ClientCertificate | undefined {
    const demands = this.#tlsSettings?.clientCertificates;
    const certificate = this.#certificate;
    return demands !== undefined && certificate !== undefined && isTrusted(certificate, demands)
      ? certificate
      : undefined;
  }

  /** Why this client may have no session, as a sentence; undefined when it may. */
  objection(): string | undefined {
    if (this.#tlsSettings?.clientCertificates?.demand !== 'required') return undefined;
    if (this.trustedCertificate !== undefined) return undefined;
    if (this.#certificate === undefined) return 'This server needs a client certificate, and yours has sent none';
    return `The client certificate is not trusted here: ${this.#certificate.problem ?? 'unknown authority'}`;
  }

  /** Whether the client's certificate logs `user` in. */
  logsIn(user: string): boolean {
    const demands = this.#tlsSettings?.clientCertificates;
    return demands !== undefined && this.#certificate !== undefined && mayLogIn(this.#certificate, user, demands);
  }

  /** What private data lines must be like now. */
  dataTls(): DataTls | undefined {
    const identity = this.identity();
    if (identity === undefined) return undefined;
    const certificate = this.trustedCertificate;
    return {
      identity,
      reuse: this.#settings.sessionReuse,
      clientFingerprint: certificate?.fingerprint256,
    };
  }
}
