/** One listening socket, from its opening to its end; until somebody serves it, connections wait. */

import { createServer, type Server as TcpServer, type Socket } from 'node:net';
import { TwinlineError } from '../errors/index.ts';
import type { ListenerOptions } from './options.ts';

/** Where a server listens, as opened. */
export interface ListeningAddress {
  readonly host: string;
  readonly port: number;
  readonly mode: 'explicit' | 'implicit';
}

/** Who takes the connections of a listener. */
export interface ListenerOwner {
  take(raw: Socket, mode: 'explicit' | 'implicit'): void;
  /** The system could not hand one connection over; the listener goes on. */
  failed(error: Error): void;
  /** The listener is served from now on; the result is called when it and its last connection have ended. */
  opened(address: ListeningAddress): () => void;
  /** The listener takes no more connections. */
  closed(address: ListeningAddress): void;
}

/** Connections that may wait for an owner; it comes within seconds, and clients try again. */
const maxWaitingConnections = 1024;

const listenErrors: Record<string, string> = {
  EADDRINUSE: 'is in use by another program; stop it or choose another port',
  EACCES: 'needs more rights: ports below 1024 are for root; choose a port above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine',
  ENOTFOUND: 'is not an address that can be found',
};

function listenError(options: ListenerOptions, error: NodeJS.ErrnoException): TwinlineError {
  const why = listenErrors[error.code ?? ''] ?? `cannot be listened on: ${error.message}`;
  return new TwinlineError('ERR_TWINLINE_LISTEN', `${nameOf(options)} ${why}.`, { cause: error });
}

function nameOf({ host, port, fd }: ListenerOptions): string {
  if (fd !== undefined) return `The socket ${fd} that was handed over`;
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** Two options with the same key name the same socket. */
export function listenerKey({ host, port, mode, fd }: ListenerOptions): string {
  return fd === undefined ? `${mode} ${port} ${host}` : `${mode} fd ${fd}`;
}

/** A listening socket. Made by `Listener.open`. */
export class Listener {
  readonly options: ListenerOptions;
  readonly address: ListeningAddress;
  readonly #server: TcpServer;
  readonly #waiting: Socket[] = [];
  #owner: ListenerOwner | undefined;
  #countOff: (() => void) | undefined;

  private constructor(options: ListenerOptions, server: TcpServer) {
    this.options = options;
    this.#server = server;
    const bound = server.address();
    const isTcp = bound !== null && typeof bound === 'object';
    const host = options.fd !== undefined && isTcp ? bound.address : options.host;
    this.address = { host, port: isTcp ? bound.port : options.port, mode: options.mode };
    server.on('connection', (raw) => this.#take(raw));
    server.on('error', (error) => this.#owner?.failed(error));
  }

  /** Opens the socket. Rejects with `TwinlineError` ERR_TWINLINE_LISTEN, whose message says what to do. */
  static open(options: ListenerOptions): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true });
      const { host, port, fd } = options;
      const refuse = (error: NodeJS.ErrnoException): void => reject(listenError(options, error));
      server.once('error', refuse);
      server.listen({ ...(fd === undefined ? { host, port } : { fd }), backlog: 1024 }, () => {
        server.off('error', refuse);
        resolve(new Listener(options, server));
      });
    });
  }

  /** Opens all of them, or none. Rejects as `open` does. */
  static async openAll(all: readonly ListenerOptions[]): Promise<readonly Listener[]> {
    const opened: Listener[] = [];
    try {
      for (const options of all) opened.push(await Listener.open(options));
    } catch (error) {
      await Promise.all(opened.map((listener) => listener.close()));
      throw error;
    }
    return opened;
  }

  /** Gives the owner what waits and what comes, from the first call on. */
  serve(owner: ListenerOwner): void {
    if (this.#owner !== undefined) return;
    this.#owner = owner;
    this.#countOff = owner.opened(this.address);
    for (const raw of this.#waiting.splice(0)) owner.take(raw, this.options.mode);
  }

  #take(raw: Socket): void {
    raw.on('error', () => undefined);
    if (this.#owner !== undefined) this.#owner.take(raw, this.options.mode);
    else if (this.#waiting.length < maxWaitingConnections) this.#waiting.push(raw);
    else raw.destroy();
  }

  /** Takes no more connections. Resolves when the last one that came through it has ended. */
  close(): Promise<void> {
    for (const raw of this.#waiting.splice(0)) raw.destroy();
    this.#owner?.closed(this.address);
    return new Promise((resolve) => {
      this.#server.close(() => {
        this.#countOff?.();
        resolve();
      });
    });
  }
}
