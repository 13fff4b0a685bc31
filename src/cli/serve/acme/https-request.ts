/** One bounded request to an ACME server: its own trusted roots, a deadline, an answer of limited size. */

import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { rootCertificates } from 'node:tls';
import { printable } from '../../../protocol/index.ts';
import { AcmeError } from './acme-error.ts';

/** How long an ACME server may take for one answer. */
const acmeAnswerMs = 30_000;
/** Bytes of one answer of an ACME server: a chain of certificates has a few thousand. */
const maxAcmeAnswerBytes = 262_144;

export interface AcmeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AcmeRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly body?: string;
  readonly accept?: string;
}

/** Sends requests; `signal` ends those that run. */
export class AcmeTransport {
  readonly #ca: string[] | undefined;
  readonly #signal: AbortSignal;

  /** `caPem`: trusted besides the roots of Node, for authorities inside a house. */
  constructor(signal: AbortSignal, caPem?: string) {
    this.#signal = signal;
    this.#ca = caPem === undefined ? undefined : [...rootCertificates, caPem];
  }

  /** Rejects with `AcmeError` when no whole answer comes; every status is an answer. */
  send(url: string, { method, body, accept }: AcmeRequest): Promise<AcmeAnswer> {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (target?.protocol !== 'https:') {
      return Promise.reject(new AcmeError(`The authority named ${printable(url)}, which is no https address.`));
    }
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(acmeAnswerMs)]);
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        const reason = this.#signal.aborted ? 'the server is stopping' : error.message;
        reject(new AcmeError(`${target.host} could not be asked: ${printable(reason)}.`, { cause: error }));
      };
      const headers = {
        'User-Agent': 'twinline',
        ...(accept === undefined ? {} : { Accept: accept }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/jose+json' }),
      };
      const options = { method, headers, signal, agent: false as const, ...(this.#ca && { ca: this.#ca }) };
      const request = httpsRequest(target, options, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > maxAcmeAnswerBytes) request.destroy(new Error('its answer is too long'));
          else chunks.push(chunk);
        });
        response.on('error', fail);
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      request.on('error', fail);
      request.end(body);
    });
  }
}
