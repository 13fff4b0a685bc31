/** The admin port: a small HTTP server that answers few requests at a time and never holds the FTP server up. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TwinlineError } from '../errors/index.ts';
import { findRoute } from './find-route.ts';
import { type ConsoleFacts, plainAnswer, type RouteAnswer } from './routes/define-route.ts';

/** Monitoring systems ask with one or two connections; more are somebody who does not mean well. */
const maxConnections = 32;
const maxHeaderBytes = 8_192;
/** Requests are a few hundred bytes. */
const requestMs = 5_000;

export interface AdminServerOptions extends ConsoleFacts {
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

/** The open port. */
export interface AdminServer {
  readonly port: number;
  /** Ends it with all its connections. */
  close(): Promise<void>;
}

const problems: Record<string, string> = {
  EADDRINUSE: 'is in use by another program; stop it or choose another port',
  EACCES: 'needs more rights: ports below 1024 are for root; choose a port above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine',
};

/** Opens the port. Rejects with `TwinlineError` ERR_TWINLINE_LISTEN, whose message says what to do. */
export async function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const server = createServer(
    {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      keepAliveTimeout: requestMs,
      connectionsCheckingInterval: requestMs,
    },
    (request, response) => void respond(options, request, response),
  );
  server.maxConnections = maxConnections;
  await listen(server, options);
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, { host, port }: AdminServerOptions): Promise<void> {
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    const why = problems[code ?? ''] ?? `cannot be listened on: ${message}`;
    throw new TwinlineError('ERR_TWINLINE_LISTEN', `The admin port ${address} ${why}.`, { cause: error });
  }
}

async function respond(facts: ConsoleFacts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = findRoute(facts, request);
  const { status, contentType, body } = 'refusal' in found ? found.refusal : await answered(found.answer);
  const allow = 'refusal' in found ? found.allow : undefined;
  // What came as a body is not read: the connection ends with the answer.
  const hasBody = request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined;
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(allow === undefined ? {} : { allow }),
    ...(hasBody ? { connection: 'close' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function answered(answer: () => RouteAnswer | Promise<RouteAnswer>): Promise<RouteAnswer> {
  try {
    return await answer();
  } catch (error) {
    return plainAnswer(500, `This could not be answered: ${error instanceof Error ? error.message : String(error)}`);
  }
}
