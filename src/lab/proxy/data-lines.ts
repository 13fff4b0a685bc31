/** The data lines of one session: its ports on either side, and the connections that are joined through them. */

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connectReason, DataListener, type PortRange, Scope, type SessionTls } from '../../net/index.ts';
import { Leg } from './leg.ts';
import { type LineHooks, LinePair, type Side } from './line-pair.ts';
import type { ProxyLimits } from './proxy-options.ts';
import type { NewProxyEvent } from './proxy-event.ts';
import type { UpstreamTls } from './upstream-tls.ts';

/** Where a data connection comes from or goes to. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface DataLinesOptions {
  readonly limits: ProxyLimits;
  readonly passivePorts: PortRange | undefined;
  readonly clientTls: SessionTls | undefined;
  readonly serverTls: UpstreamTls | undefined;
  /** PROT P is in force. */
  isPrivate(): boolean;
  readonly tell: (event: NewProxyEvent) => void;
  readonly opened: (line: LinePair) => void;
  readonly hooks: LineHooks;
}

const anyPort: PortRange = { min: 0, max: 0 };

/** Connects; rejects with the system's error. The result is paused. */
export async function dial(place: Place, localAddress: string | undefined, timeoutMs: number): Promise<Socket> {
  const raw = connect({ ...place, allowHalfOpen: true, ...(localAddress === undefined ? {} : { localAddress }) });
  try {
    await once(raw, 'connect', { signal: AbortSignal.timeout(timeoutMs) });
    raw.pause();
    return raw;
  } catch (error) {
    raw.on('error', () => undefined);
    raw.destroy();
    if (error instanceof Error && error.name === 'AbortError')
      throw new Error(`no answer within ${timeoutMs / 1000} s`, { cause: error });
    throw error;
  }
}

export class DataLines {
  readonly #options: DataLinesOptions;
  readonly #scope = new Scope();
  readonly #open = new Set<LinePair>();
  readonly #sockets = new Set<Socket>();
  #listener: DataListener | undefined;
  #count = 0;

  constructor(options: DataLinesOptions) {
    this.#options = options;
  }

  get open(): readonly LinePair[] {
    return [...this.#open];
  }

  /** A port for the client that leads to `server`; an earlier one that nobody came to is closed. Rejects when there is none. */
  passive(localHost: string, clientHost: string, server: Place, serverLocal: string | undefined): Promise<number> {
    return this.#listen(localHost, clientHost, this.#options.passivePorts ?? anyPort, async (near) => {
      await this.#join('client', near, () => dial(server, serverLocal, this.#options.limits.connectMs));
    });
  }

  /** A port for the server that leads to `client`, which listens. */
  active(localHost: string, serverHost: string, client: Place): Promise<number> {
    return this.#listen(localHost, serverHost, anyPort, async (far) => {
      await this.#join('server', far, () => dial(client, undefined, this.#options.limits.connectMs));
    });
  }

  async #listen(
    host: string,
    peer: string,
    range: PortRange,
    accepted: (raw: Socket) => Promise<void>,
  ): Promise<number> {
    this.#listener?.close();
    const { tell, limits } = this.#options;
    const listener = await DataListener.open(this.#scope, {
      host,
      range,
      peer,
      timeoutMs: limits.dataMs,
      accepted: (raw) => {
        accepted(raw).catch((error: unknown) => {
          tell({ kind: 'note', text: `an error of the proxy itself: ${(error as Error).message}` });
          raw.destroy();
        });
      },
      refused: (from) =>
        tell({
          kind: 'note',
          text: `a connection from ${from} to a data port was refused: not the peer of the session`,
        }),
      timedOut: () => tell({ kind: 'note', text: 'nobody came to a data port' }),
    });
    this.#listener = listener;
    return listener.port;
  }

  #keep(raw: Socket): void {
    this.#sockets.add(raw);
    raw.on('error', () => undefined);
    raw.once('close', () => this.#sockets.delete(raw));
  }

  async #join(side: Side, near: Socket, reach: () => Promise<Socket>): Promise<void> {
    const { tell, limits } = this.#options;
    this.#keep(near);
    if (this.#open.size >= limits.maxDataLines) {
      tell({ kind: 'note', text: `more than ${limits.maxDataLines} data lines at once: one is refused` });
      near.resetAndDestroy();
      return;
    }
    this.#count += 1;
    const name = `data ${this.#count}`;
    tell({
      kind: 'connected',
      line: name,
      by: side,
      text: `from ${near.remoteAddress ?? ''} port ${near.remotePort ?? 0}`,
    });
    let far: Socket;
    try {
      far = await reach();
    } catch (error) {
      tell({ kind: 'note', line: name, text: `the other end cannot be reached: ${connectReason(error as Error)}` });
      if (!near.destroyed) near.resetAndDestroy();
      return;
    }
    this.#keep(far);
    if (this.#scope.closed || near.destroyed) {
      near.destroy();
      far.destroy();
      return;
    }
    const [client, server] = side === 'client' ? [near, far] : [far, near];
    await this.#relay(name, new Leg(client), new Leg(server));
  }

  async #relay(name: string, client: Leg, server: Leg): Promise<void> {
    const { hooks, opened } = this.#options;
    const line = new LinePair('data', name, client, server, {
      ...hooks,
      closed: (closed) => {
        this.#open.delete(closed);
        hooks.closed(closed);
      },
    });
    this.#open.add(line);
    if (this.#options.isPrivate() && !(await this.#secure(line))) return;
    opened(line);
    line.start();
  }

  /** Both handshakes, each as its peer is ready; false where one fails, and the line is then at its end. */
  async #secure(line: LinePair): Promise<boolean> {
    const { clientTls, serverTls, limits, tell, hooks } = this.#options;
    if (clientTls === undefined || serverTls === undefined) return true;
    const { client, server } = line.legs;
    const secure = async (side: Side, handshake: Promise<{ readonly protocol: string; readonly resumed: boolean }>) => {
      const facts = await handshake;
      tell({
        kind: 'tls',
        line: line.name,
        by: side,
        text: `${facts.protocol}${facts.resumed ? ', resumed' : ', not resumed'}`,
      });
    };
    try {
      await Promise.all([
        secure(
          'client',
          client.secure((raw) => clientTls.wrap(raw, { line: 'data' }), 'secure', limits.dataMs),
        ),
        secure(
          'server',
          server.secure((raw) => serverTls.wrapData(raw), 'secureConnect', limits.dataMs),
        ),
      ]);
      const problem = server.tlsSocket === undefined ? undefined : serverTls.dataProblem(server.tlsSocket);
      if (problem === undefined) return true;
      tell({ kind: 'note', line: line.name, text: problem });
    } catch (error) {
      tell({ kind: 'note', line: line.name, text: `TLS failed: ${(error as Error).message}` });
    }
    this.#open.delete(line);
    endBoth(line);
    hooks.closed(line);
    return false;
  }

  /** A line of a blind proxy, which came to a port of the server's own number. */
  async forward(near: Socket, reach: () => Promise<Socket>): Promise<void> {
    await this.#join('client', near, reach);
  }

  /** No further data line is opened; those that are open end by themselves. */
  shut(): void {
    this.#scope.close();
  }

  destroy(): void {
    this.shut();
    for (const line of this.#open) line.destroy();
    for (const socket of this.#sockets) if (!socket.destroyed) socket.resetAndDestroy();
  }
}

/** Where TLS has failed: an end that went away by FIN is passed on as one, all else as RST. */
function endBoth({ legs }: LinePair): void {
  for (const leg of Object.values(legs)) {
    const other = leg === legs.client ? legs.server : legs.client;
    if (other.left === 'fin' && !leg.raw.destroyed) {
      leg.raw.end();
      leg.raw.resume();
      const timer = setTimeout(() => leg.release(), failedLingerMs);
      leg.raw.once('close', () => clearTimeout(timer));
    } else leg.reset();
  }
}

/** How long an end waits for the peer's where TLS has failed. */
const failedLingerMs = 2_000;
