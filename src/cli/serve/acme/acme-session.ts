/** Signed requests of one account: nonces, the account's address, problems as errors (RFC 8555 sections 6 and 7). */

import { printable } from '../../../protocol/index.ts';
import { AcmeError } from './acme-error.ts';
import type { AcmeAnswer, AcmeTransport } from './https-request.ts';
import type { AccountKey, ExternalAccount } from './signed-message.ts';

/** Tries of one request whose nonce the authority no longer knows (RFC 8555 section 6.5). */
const maxNonceTries = 4;

export interface AccountFacts {
  /** Mail addresses that the authority may write to. */
  readonly contacts: readonly string[];
  readonly externalAccount?: ExternalAccount;
}

/** The text under `name`, or undefined. */
export function textIn(json: unknown, name: string): string | undefined {
  const value: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The body as JSON; `{}` for what is none. */
export function jsonOf(answer: AcmeAnswer): unknown {
  try {
    return JSON.parse(answer.body) as unknown;
  } catch {
    return {};
  }
}

/** When the authority asks to be asked again: milliseconds since 1970, undefined when it does not say. */
export function retryAtMs({ headers }: AcmeAnswer, nowMs = Date.now()): number | undefined {
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const at = /^\d+$/.test(value) ? nowMs + Number(value) * 1000 : Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

/** A conversation with one authority. Methods reject with `AcmeError`. */
export class AcmeSession {
  readonly key: AccountKey;
  readonly #transport: AcmeTransport;
  readonly #directory: unknown;
  readonly #nonces: string[] = [];
  #accountUrl: string | undefined;

  private constructor(transport: AcmeTransport, key: AccountKey, directory: unknown) {
    this.#transport = transport;
    this.key = key;
    this.#directory = directory;
  }

  /** Reads the directory and logs in to the account of `key`, which is made if the authority does not know it. */
  static async open(
    transport: AcmeTransport,
    directoryUrl: string,
    key: AccountKey,
    facts: AccountFacts,
  ): Promise<AcmeSession> {
    const answer = await transport.send(directoryUrl, { method: 'GET' });
    if (answer.status !== 200) throw problemOf(answer, `${directoryUrl} is no ACME directory`);
    const session = new AcmeSession(transport, key, jsonOf(answer));
    await session.#logIn(facts);
    return session;
  }

  /** The address of a resource that the directory names. */
  resource(name: 'newNonce' | 'newAccount' | 'newOrder'): string {
    const url = textIn(this.#directory, name);
    if (url === undefined) throw new AcmeError(`The authority's directory names no ${name}.`);
    return url;
  }

  async #logIn({ contacts, externalAccount }: AccountFacts): Promise<void> {
    const url = this.resource('newAccount');
    const request = {
      termsOfServiceAgreed: true,
      contact: contacts.map((contact) => `mailto:${contact}`),
      ...(externalAccount && { externalAccountBinding: this.key.bind(url, externalAccount) }),
    };
    const answer = await this.post(url, request);
    const { location } = answer.headers;
    if (location === undefined) throw new AcmeError('The authority gave no address of the account.');
    this.#accountUrl = new URL(location, url).href;
  }

  /** POST of a signed message; without `payload`, POST-as-GET. A problem is an error. */
  async post(url: string, payload?: object, accept?: string): Promise<AcmeAnswer> {
    const text = payload === undefined ? '' : JSON.stringify(payload);
    for (let tries = 1; ; tries += 1) {
      const nonce = this.#nonces.pop() ?? (await this.#freshNonce());
      const body = this.key.sign(url, nonce, text, this.#accountUrl);
      const answer = await this.#transport.send(url, {
        method: 'POST',
        body,
        ...(accept === undefined ? {} : { accept }),
      });
      this.#keepNonce(answer);
      if (answer.status < 400) return answer;
      const problem = problemOf(answer, `${new URL(url).host} refused the request`);
      if (problem.problem !== 'badNonce' || tries >= maxNonceTries) throw problem;
    }
  }

  async #freshNonce(): Promise<string> {
    this.#keepNonce(await this.#transport.send(this.resource('newNonce'), { method: 'HEAD' }));
    const nonce = this.#nonces.pop();
    if (nonce === undefined) throw new AcmeError('The authority gave no nonce.');
    return nonce;
  }

  #keepNonce({ headers }: AcmeAnswer): void {
    const nonce = headers['replay-nonce'];
    if (typeof nonce === 'string') this.#nonces.push(nonce);
  }
}

/** The problem document of a refusal (RFC 7807), in the authority's own words. */
function problemOf(answer: AcmeAnswer, what: string): AcmeError {
  const json = jsonOf(answer);
  const problem = textIn(json, 'type')?.replace('urn:ietf:params:acme:error:', '');
  const detail = textIn(json, 'detail') ?? `status ${answer.status}`;
  const retry = retryAtMs(answer);
  return new AcmeError(`${what}: ${printable(detail)}${problem === undefined ? '' : ` (${printable(problem)})`}.`, {
    ...(problem === undefined ? {} : { problem }),
    ...(retry === undefined ? {} : { retryAtMs: retry }),
  });
}
