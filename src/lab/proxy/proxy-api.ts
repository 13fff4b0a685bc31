/** The live side of a proxy: a small HTTP API to list and change faults, to list sessions, and to cut one now. */

import { timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, isIP } from 'node:net';
import { TwinlineError } from '../../errors/index.ts';
import { FaultRuleError, parseFault } from '../faults/parse-fault.ts';
import type { FaultProxy } from './fault-proxy.ts';

/** The body of a request. */
const maxBodyBytes = 16_384;
/** Connections at once. */
const maxApiConnections = 32;
/** A request, and a connection without one. */
const requestMs = 5_000;
/** How often Node looks for requests that take longer; its own is half a minute. */
const lookEveryMs = 1_000;

const localName = 'localhost';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** What a request was refused for, as an answer. */
class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ProxyApiOptions {
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
  /** Every request must bring it: `Authorization: Bearer TOKEN`. */
  readonly token: string;
}

export class ProxyApi implements AsyncDisposable {
  readonly #server: Server;
  readonly #proxy: FaultProxy;
  readonly #options: ProxyApiOptions;

  private constructor(proxy: FaultProxy, options: ProxyApiOptions) {
    this.#proxy = proxy;
    this.#options = options;
    this.#server = createServer(
      { connectionsCheckingInterval: lookEveryMs },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = maxApiConnections;
    this.#server.requestTimeout = requestMs;
    this.#server.headersTimeout = requestMs;
    this.#server.keepAliveTimeout = requestMs;
  }

  /** Rejects with the system's error. */
  static async start(proxy: FaultProxy, options: ProxyApiOptions): Promise<ProxyApi> {
    const api = new ProxyApi(proxy, options);
    api.#server.listen({ host: options.host, port: options.port });
    await once(api.#server, 'listening');
    return api;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      this.#check(request);
      answer = await this.#answer(request);
    } catch (error) {
      answer = answerOf(error);
    }
    const text = `${JSON.stringify(answer.body, undefined, 2)}\n`;
    response.writeHead(answer.status, {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...(answer.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(request.complete ? {} : { connection: 'close' }),
    });
    response.end(text);
  }

  /** A page in a browser could reach this port under a name of its own: neither its Host nor its lack of a token passes. */
  #check({ headers }: IncomingMessage): void {
    const host = /^(\[[^\]]+\]|[^:]*)(?::\d+)?$/.exec(headers.host ?? '')?.[1]?.replace(/^\[|\]$/g, '') ?? '';
    // Only a name can be made to lead here; an address is the one of this machine that was reached.
    const isKnown = isIP(host) !== 0 || [localName, this.#options.host.toLowerCase()].includes(host.toLowerCase());
    if (!isKnown) throw new Refusal(403, `This API is not called "${host}": reach it by its address.`);
    const given = Buffer.from(headers.authorization?.replace(/^Bearer +/i, '') ?? '');
    const token = Buffer.from(this.#options.token);
    if (given.length === token.length && timingSafeEqual(given, token)) return;
    throw new Refusal(401, 'Send the token that the proxy has printed: Authorization: Bearer TOKEN.');
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '').replace(/\?.*$/s, '');
    const call = `${request.method} ${path}`;
    if (call === 'GET /faults') return ok(this.#proxy.faults);
    if (call === 'GET /sessions') return ok(this.#proxy.sessions);
    if (call === 'POST /faults') return this.#addFault(await readBody(request));
    const [, faultId] = /^DELETE \/faults\/(\d{1,9})$/.exec(call) ?? [];
    if (faultId !== undefined) return this.#removeFault(Number(faultId));
    const [, session] = /^POST \/sessions\/(\d{1,9})\/cut$/.exec(call) ?? [];
    if (session !== undefined) return this.#cut(Number(session), await readBody(request));
    throw new Refusal(
      404,
      'There are GET /faults, POST /faults, DELETE /faults/ID, GET /sessions and POST /sessions/ID/cut.',
    );
  }

  #addFault(body: Readonly<Record<string, unknown>>): Answer {
    const { fault } = body;
    if (typeof fault !== 'string')
      throw new Refusal(400, 'Send {"fault": "RULE"}, with a rule such as "reset control after 150".');
    const id = this.#proxy.addFault(parseFault(fault));
    return { status: 201, body: this.#proxy.faults.find((one) => one.id === id) };
  }

  #removeFault(id: number): Answer {
    if (!this.#proxy.removeFault(id)) throw new Refusal(404, `There is no fault ${id}.`);
    return ok({ removed: id });
  }

  #cut(session: number, body: Readonly<Record<string, unknown>>): Answer {
    const { line = 'control', how = 'reset', to = 'both' } = body;
    if (typeof line !== 'string' || !/^(?:control|data)(?: \d{1,6})?$/.test(line)) {
      throw new Refusal(400, '"line" is control, data, or the name of a line such as "data 2".');
    }
    if (how !== 'reset' && how !== 'fin') throw new Refusal(400, '"how" is reset or fin.');
    if (to !== 'client' && to !== 'server' && to !== 'both') throw new Refusal(400, '"to" is client, server or both.');
    if (!this.#proxy.cut(session, line, how, to))
      throw new Refusal(404, `Session ${session} has no open line "${line}".`);
    return ok({ cut: line, session, how, to });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body });

function answerOf(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
  if (error instanceof FaultRuleError || error instanceof TwinlineError)
    return { status: 400, body: { error: error.message } };
  return { status: 500, body: { error: 'An error of the proxy itself.' } };
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Refusal(413, `A body has at most ${maxBodyBytes} bytes.`);
    chunks.push(chunk);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new Refusal(400, 'The body is no JSON object.');
}
