/** A passive data port: one listener, one accepted connection from the expected peer, and nobody else's. */

import { randomInt } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { sameAddress } from '../protocol/index.ts';
import { startDeadline } from './deadlines.ts';
import { noteLine } from './open-sessions.ts';
import { readProxyHeader } from './read-proxy-header.ts';
import { Scope } from './scope.ts';

/** Ports for passive data connections, both ends included; `{min: 0, max: 0}` lets the kernel choose. */
export interface PortRange {
  readonly min: number;
  readonly max: number;
}

export interface DataListenerOptions {
  /** Local address of the control connection: the listener is on that address alone. */
  readonly host: string;
  readonly range: PortRange;
  /** Only this address may connect. */
  readonly peer: string;
  /** Connections from proxies begin with a header, and count as from where it says. */
  readonly proxies?: { isTrusted(address: string): boolean; readonly headerMs: number };
  /** The listener closes when nobody has come for this long, in milliseconds. */
  readonly timeoutMs: number;
  /** Goes on listening behind a connection, until `close` or `timeoutMs`. Default: the first one closes the port. */
  readonly staysOpen?: boolean;
  accepted(raw: Socket): void;
  /** A connection from elsewhere was dropped; the listener stays open (the slot is not used up). */
  refused(from: string): void;
  /** A connection was gone before it was taken; whose it was cannot be known. The listener stays open. */
  lost?(): void;
  timedOut(): void;
}

/** All ports of the range are taken. */
export class PortRangeUsedUp extends Error {
  readonly range: PortRange;

  constructor(range: PortRange) {
    super(`All passive ports of ${range.min}-${range.max} are in use.`);
    this.range = range;
  }
}

/** Resolves with false when the port is in use; rejects with the system's error, and when `scope` closes meanwhile. */
function listenOn(scope: Scope, server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void): void => {
      server.off('error', onError);
      server.off('listening', onListening);
      leave();
      act();
    };
    const onError = (error: NodeJS.ErrnoException): void =>
      settle(() => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
    const onListening = (): void => settle(() => resolve(true));
    const leave = scope.add(() => settle(() => reject(sessionEnded())));
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ port, host, backlog: 4, exclusive: true });
  });
}

const sessionEnded = (): Error => new Error('The session ended while the passive port was opened.');

/** Tries the range from a random port onwards, each port once. */
async function listenInRange(scope: Scope, server: Server, host: string, range: PortRange): Promise<void> {
  const size = range.max - range.min + 1;
  const first = randomInt(size);
  for (let i = 0; i < size; i += 1) {
    if (scope.closed) throw sessionEnded();
    if (await listenOn(scope, server, host, range.min + ((first + i) % size))) return;
  }
  throw new PortRangeUsedUp(range);
}

/** An open passive port. It closes by use, by its deadline or with its scope. */
export class DataListener {
  readonly scope: Scope;
  readonly port: number;

  private constructor(scope: Scope, port: number) {
    this.scope = scope;
    this.port = port;
  }

  /** Opens a port. Rejects with `PortRangeUsedUp`, with the system's error, or when `parent` closes meanwhile. */
  static async open(parent: Scope, options: DataListenerOptions): Promise<DataListener> {
    const scope = new Scope(parent);
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (raw) => accept(scope, options, raw));
    const countOff = scope.count('listener');
    scope.add(() => {
      countOff();
      server.close();
    });
    // A closed server that was about to listen still begins to; and one connection that could not be accepted is not
    // the end of the port.
    server.on('listening', () => {
      if (scope.closed) server.close();
    });
    server.on('error', () => undefined);
    try {
      await listenInRange(scope, server, options.host, options.range);
      const address = server.address();
      if (scope.closed || address === null || typeof address === 'string') throw sessionEnded();
      startDeadline(scope, options.timeoutMs, () => {
        scope.close();
        options.timedOut();
      });
      noteLine({ kind: 'passive', scope, listensAt: { host: address.address, port: address.port } });
      return new DataListener(scope, address.port);
    } catch (error) {
      scope.close();
      throw error;
    }
  }

  close(): void {
    this.scope.close();
  }
}

/** Finds out where a connection comes from: as the system says, or as a trusted proxy says in its header. */
function accept(scope: Scope, options: DataListenerOptions, raw: Socket): void {
  const from = raw.remoteAddress;
  const { proxies } = options;
  if (scope.closed || from === undefined || proxies?.isTrusted(from) !== true) {
    take(scope, options, raw, from);
    return;
  }
  raw.on('error', () => undefined);
  readProxyHeader(raw, scope, proxies.headerMs, (result) => {
    const isProxied = result.kind === 'header' && result.header.kind === 'proxied';
    const source = isProxied ? result.header.source.host : from;
    if (result.kind === 'header') take(scope, options, raw, source);
    else refuse(scope, options, raw, from);
  });
}

/** Hands the connection over if it is the peer's; resets it if it comes from elsewhere or too late. */
function take(scope: Scope, options: DataListenerOptions, raw: Socket, from: string | undefined): void {
  if (scope.closed || from === undefined || !sameAddress(from, options.peer)) {
    refuse(scope, options, raw, from);
    return;
  }
  if (options.staysOpen !== true) scope.close();
  options.accepted(raw);
}

function refuse(scope: Scope, options: DataListenerOptions, raw: Socket, from: string | undefined): void {
  raw.resetAndDestroy();
  if (scope.closed) return;
  if (from === undefined) options.lost?.();
  else options.refused(from);
}
