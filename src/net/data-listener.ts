/** A passive data port: one listener, one accepted connection from the expected peer, and nobody else's. */

import { createServer, type Server, type Socket } from 'node:net';
import { sameAddress } from '../protocol/index.ts';
import { startDeadline } from './deadlines.ts';
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
  /** The listener closes when nobody has come for this long, in milliseconds. */
  readonly timeoutMs: number;
  accepted(raw: Socket): void;
  /** A connection from elsewhere was dropped; the listener stays open (the slot is not used up). */
  refused(from: string): void;
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

function listenOn(server: Server, host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve(true);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen({ port, host, backlog: 4, exclusive: true });
  });
}

/** Tries the range from a random port onwards, each port once. */
async function listenInRange(server: Server, host: string, range: PortRange): Promise<void> {
  const size = range.max - range.min + 1;
  const first = Math.floor(Math.random() * size);
  for (let i = 0; i < size; i += 1) {
    if (await listenOn(server, host, range.min + ((first + i) % size))) return;
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

  /** Opens a port. Rejects with `PortRangeUsedUp` or the system's error. */
  static async open(parent: Scope, options: DataListenerOptions): Promise<DataListener> {
    const scope = new Scope(parent);
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.on('close', scope.counts.add('listener'));
    scope.add(() => server.close());
    server.on('connection', (raw) => {
      const from = raw.remoteAddress ?? '';
      if (scope.closed || !sameAddress(from, options.peer)) {
        raw.resetAndDestroy();
        if (!scope.closed) options.refused(from);
        return;
      }
      scope.close();
      options.accepted(raw);
    });
    try {
      await listenInRange(server, options.host, options.range);
    } catch (error) {
      scope.close();
      throw error;
    }
    server.on('error', () => scope.close());
    const address = server.address();
    if (scope.closed || address === null || typeof address === 'string') {
      scope.close();
      throw new Error('The session ended while the passive port was opened.');
    }
    startDeadline(scope, options.timeoutMs, () => {
      scope.close();
      options.timedOut();
    });
    return new DataListener(scope, address.port);
  }

  close(): void {
    this.scope.close();
  }
}
