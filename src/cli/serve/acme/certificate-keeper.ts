/** Keeps a certificate of an ACME authority: gets it, renews it in time, and tries again after a failure. */

import { X509Certificate } from 'node:crypto';
import type { CertificatePair } from '../../../net/index.ts';
import { AcmeError } from './acme-error.ts';
import { type AccountFacts, AcmeSession } from './acme-session.ts';
import { requestCertificate } from './certificate-request.ts';
import { AcmeTransport } from './https-request.ts';
import type { IdentityFiles } from './identity-file.ts';
import { type ChallengePlace, orderCertificate } from './order-certificate.ts';

/** What `[acme]` says. */
export interface AcmeSettings extends AccountFacts {
  readonly directoryUrl: string;
  /** Host names and addresses of this server. */
  readonly names: readonly string[];
  /** Trusted besides the usual roots when the authority itself is asked. */
  readonly caPem?: string;
}

export interface KeeperOptions {
  readonly settings: AcmeSettings;
  readonly files: IdentityFiles;
  readonly place: ChallengePlace;
  /** A new certificate is on disk. */
  onCertificate(pair: CertificatePair): void;
  /** One sentence: an order failed, and when it is tried again. */
  onProblem(sentence: string): void;
  /** For tests. */
  readonly pollMs?: number;
}

/** After a failure; doubled after each further one, because authorities count failures (RFC 8555 section 6.6). */
const firstRetryMs = 5 * 60_000;
const longestRetryMs = 12 * 3600_000;
/** Timers of days drift and sleep with a laptop: the time is looked at this often. */
const lookEveryMs = 12 * 3600_000;

/** The time to renew: two thirds of the certificate's life have gone. */
export function renewAtMs(certificatePem: string): number {
  const { validFromDate, validToDate } = new X509Certificate(certificatePem);
  const from = validFromDate.getTime();
  return from + ((validToDate.getTime() - from) * 2) / 3;
}

export class CertificateKeeper {
  readonly #options: KeeperOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Begins to keep watch over `current`; without one an order begins now. */
  start(current: CertificatePair | undefined): void {
    this.#lookAt(current === undefined ? Date.now() : renewAtMs(current.certificatePem));
  }

  /** Ends an order that runs and waits for its end. */
  async close(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  #lookAt(dueAtMs: number): void {
    if (this.#stop.signal.aborted) return;
    const waitMs = Math.max(dueAtMs - Date.now(), 0);
    this.#timer = setTimeout(
      () => {
        if (Date.now() < dueAtMs) this.#lookAt(dueAtMs);
        else this.#running = this.#renew();
      },
      Math.min(waitMs, lookEveryMs),
    );
    this.#timer.unref();
  }

  async #renew(): Promise<void> {
    try {
      const pair = await this.#order();
      this.#failures = 0;
      this.#options.onCertificate(pair);
      this.#lookAt(renewAtMs(pair.certificatePem));
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const waitMs = Math.min(firstRetryMs * 2 ** this.#failures, longestRetryMs);
      this.#failures += 1;
      const asked = error instanceof AcmeError ? (error.retryAtMs ?? 0) : 0;
      const againAt = Math.max(Date.now() + waitMs, asked);
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.onProblem(
        `No new certificate for ${this.#options.settings.names.join(', ')}: ${reason} The next try is at ${new Date(againAt).toISOString()}.`,
      );
      this.#lookAt(againAt);
    }
  }

  async #order(): Promise<CertificatePair> {
    const { settings, files, place, pollMs } = this.#options;
    const { signal } = this.#stop;
    const transport = new AcmeTransport(signal, settings.caPem);
    const session = await AcmeSession.open(transport, settings.directoryUrl, await files.accountKey(), settings);
    const request = await requestCertificate(settings.names);
    const options = { session, names: settings.names, place, signal, ...(pollMs === undefined ? {} : { pollMs }) };
    const pair = { certificatePem: await orderCertificate(options, request), privateKeyPem: request.privateKeyPem };
    await files.keep(pair);
    return pair;
  }
}
