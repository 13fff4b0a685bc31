/** Users that an HTTP server knows: each login is one POST, and its status is the answer. */

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { ConfigError } from '../../errors/index.ts';
import type { LoginContext, Secret, UserAccount, UserStore } from '../user-store.ts';
import { accountOfAnswer, HookCalls, type HookLimits, hookProblem, maxAnswerBytes, questionOf } from './hook-calls.ts';

export interface HttpUserStoreOptions extends Partial<HookLimits> {
  /** `https:`, or `http:` where nobody else can listen. */
  readonly url: string;
  /** Sent with each question. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as `Authorization: Bearer …`. */
  readonly secret?: Secret;
  /** Certificates that are trusted in place of the system's, PEM. */
  readonly ca?: string;
}

export const httpHookDefaults: HookLimits = { timeoutMs: 5_000, maxCalls: 16 };

/** Throws `ConfigError` for a URL or a header that cannot be used. */
export function createHttpUserStore(options: HttpUserStoreOptions): UserStore {
  return new HttpUserStore(options);
}

/** Statuses that say "not this name with this password"; every other but 200 is a failure of the server. */
const refusals = new Set([401, 403, 404]);

class HttpUserStore implements UserStore {
  readonly #url: URL;
  readonly #what: string;
  readonly #agent: HttpAgent;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #calls: HookCalls;

  constructor({ url, headers = {}, secret, ca, ...limits }: HttpUserStoreOptions) {
    const all = { ...httpHookDefaults, ...limits };
    this.#url = parseUrl(url);
    // User, password and query of the URL may be secrets.
    this.#what = `The user hook ${this.#url.origin}${this.#url.pathname}`;
    const agentOptions = { keepAlive: true, maxSockets: all.maxCalls };
    const isSecure = this.#url.protocol === 'https:';
    this.#agent = isSecure
      ? new HttpsAgent({ ...agentOptions, ...(ca === undefined ? {} : { ca }) })
      : new HttpAgent(agentOptions);
    this.#headers = {
      ...headers,
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret.reveal()}` }),
      'content-type': 'application/json',
      accept: 'application/json',
    };
    checkHeaders(this.#headers);
    this.#calls = new HookCalls(all);
  }

  authenticate(name: string, password: Secret, context: LoginContext): Promise<UserAccount | undefined> {
    return this.#calls.run(this.#what, context, async (signal) => {
      const { status, body } = await this.#post(questionOf(name, password, context), signal);
      if (refusals.has(status)) return undefined;
      if (status !== 200) throw hookProblem(`${this.#what} answered with status ${status}.`);
      return accountOfAnswer(name, body, `The answer of ${this.#url.origin}${this.#url.pathname}`);
    });
  }

  close(): Promise<void> {
    this.#calls.close();
    this.#agent.destroy();
    return Promise.resolve();
  }

  async #post(question: string, signal: AbortSignal): Promise<{ readonly status: number; readonly body: string }> {
    const body = Buffer.from(question, 'utf8');
    const options: RequestOptions = {
      method: 'POST',
      agent: this.#agent,
      headers: { ...this.#headers, 'content-length': body.length },
      signal,
    };
    const request = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(this.#url, options, resolve).on('error', reject).end(body);
    });
    return { status: response.statusCode ?? 0, body: await this.#bodyOf(response) };
  }

  async #bodyOf(response: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of response as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // Leaving the loop ends the connection.
      if (bytes > maxAnswerBytes) throw hookProblem(`${this.#what} answered with more than ${maxAnswerBytes} bytes.`);
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url;
  // The text is not repeated: it may hold a secret.
  const message = 'The URL of a user hook must be one of https:// or http://, such as https://auth.example.org/ftp.';
  throw new ConfigError('ERR_TWINLINE_CONFIG', message);
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && !/[^\t\x20-\x7e\x80-\xff]/.test(value)) continue;
    throw new ConfigError('ERR_TWINLINE_CONFIG', `A header of the user hook cannot be sent: ${JSON.stringify(name)}.`);
  }
}
