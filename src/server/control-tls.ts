/** TLS of one control line: the identity that its data lines resume, and what the client has shown of itself. */

import {
  clientCertificateOf,
  type ClientCertificate,
  isTrusted,
  mayLogIn,
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
