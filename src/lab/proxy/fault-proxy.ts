/** A proxy between any FTP client and any server, with or without TLS: it follows both lines, and breaks them where it is told to. */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ConfigError } from '../../errors/index.ts';
import type { CertificatePair } from '../../net/index.ts';
import { FaultBook, type FaultState } from '../faults/fault-book.ts';
import type { FaultRule } from '../faults/parse-fault.ts';
import { needsWords } from '../faults/trigger.ts';
import { makeProxyCertificate } from './proxy-authority.ts';
import type { Side } from './line-pair.ts';
import { ProxyEvents } from './proxy-event.ts';
import { defaultProxyLimits, type ProxyLimits, type ProxyOptions } from './proxy-options.ts';
import { ProxySession, type SessionState, type SharedParts } from './proxy-session.ts';
import { makeUpstreamContext } from './upstream-tls.ts';

export class FaultProxy implements AsyncDisposable {
  readonly #options: ProxyOptions;
  readonly #limits: ProxyLimits;
  readonly #book: FaultBook;
  readonly #shared: SharedParts;
  readonly #sessions = new Map<number, ProxySession>();
  readonly #listeners: Server[] = [];
  readonly #idle: (() => void)[] = [];
  #lastSession = 0;
  #isClosing = false;

  private constructor(options: ProxyOptions, certificate: CertificatePair | undefined) {
    this.#options = options;
    this.#limits = { ...defaultProxyLimits, ...options.limits };
    this.#book = new FaultBook(options.seed);
    this.#shared = {
      options,
      limits: this.#limits,
      book: this.#book,
      tls: certificate && {
        settings: {
          ...certificate,
          ...(options.maxClientTls === undefined ? {} : { maxVersion: options.maxClientTls }),
        },
        context: makeUpstreamContext(options.upstream ?? {}),
      },
      events: new ProxyEvents((event) => options.onEvent?.(event)),
    };
  }

  /** Begins to listen. Rejects with `ConfigError` for what cannot be, and with the system's error. */
  static async start(options: ProxyOptions): Promise<FaultProxy> {
    if (options.isBlind !== true && options.authority === undefined)
      throw new Error('A proxy that sees through TLS needs an authority.');
    const certificate =
      options.isBlind === true || options.authority === undefined
        ? undefined
        : await makeProxyCertificate(options.authority, options.listenHost, options.host);
    const proxy = new FaultProxy(options, certificate);
    try {
      for (const rule of options.faults ?? []) proxy.addFault(rule);
      await proxy.#listen(options.listenPort, (near) => proxy.#accept(near));
      const { min = 1, max = 0 } = options.forwardPorts ?? {};
      for (let port = min; port <= max; port += 1)
        await proxy.#listen(port, (near) => proxy.#acceptForwarded(near, port));
    } catch (error) {
      await proxy.close();
      throw error;
    }
    return proxy;
  }

  get address(): { readonly host: string; readonly port: number } {
    const own = this.#listeners[0]?.address() as AddressInfo;
    return { host: this.#options.listenHost, port: own.port };
  }

  get seed(): number {
    return this.#book.seed;
  }

  get sessions(): readonly SessionState[] {
    return [...this.#sessions.values()].map((session) => session.state);
  }

  get faults(): readonly FaultState[] {
    return this.#book.states;
  }

  /** Its number. Throws `ConfigError` for a fault that a blind proxy cannot have, and where there are too many. */
  addFault(rule: FaultRule): number {
    if (
      this.#options.isBlind === true &&
      (rule.record.effect.on !== 'line' || rule.record.name === '421' || needsWords(rule.trigger))
    ) {
      const message = `"${rule.text}" needs commands and replies, which a blind proxy does not see: leave out --blind, or count bytes or time.`;
      throw new ConfigError('ERR_TWINLINE_CONFIG', message);
    }
    const fault = this.#book.add(rule);
    if (fault === undefined)
      throw new ConfigError('ERR_TWINLINE_CONFIG', 'There are too many faults already: remove some.');
    for (const session of this.#sessions.values()) session.faults.added(fault);
    return fault.id;
  }

  /** False where there is none of that number. What it does already ends, where it can. */
  removeFault(id: number): boolean {
    const isRemoved = this.#book.remove(id);
    for (const session of this.#sessions.values()) session.faults.removed(id);
    return isRemoved;
  }

  /** Ends lines of a session now; `line` is `control`, `data` or a name such as `data 2`. False where there is none. */
  cut(session: number, line: string, how: 'reset' | 'fin', to: Side | 'both'): boolean {
    return this.#sessions.get(session)?.cut(line, how, to) ?? false;
  }

  async #listen(port: number, accept: (near: Socket) => void): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, accept);
    server.listen({ host: this.#options.listenHost, port });
    await once(server, 'listening');
    // One connection that could not be accepted is not the end of the port.
    server.on('error', () => undefined);
    this.#listeners.push(server);
  }

  #begin(near: Socket): ProxySession | undefined {
    if (this.#isClosing || this.#sessions.size >= this.#limits.maxSessions) {
      near.resetAndDestroy();
      return undefined;
    }
    const number = (this.#lastSession += 1);
    const session = new ProxySession(number, near, this.#shared, () => {
      this.#sessions.delete(number);
      if (this.#sessions.size === 0) for (const resolve of this.#idle.splice(0)) resolve();
    });
    this.#sessions.set(number, session);
    return session;
  }

  #accept(near: Socket): void {
    const session = this.#begin(near);
    session?.run().catch((error: unknown) => this.#failed(session, error));
  }

  #acceptForwarded(near: Socket, port: number): void {
    const session = this.#begin(near);
    session?.runForwarded(near, port).catch((error: unknown) => this.#failed(session, error));
  }

  #failed(session: ProxySession, error: unknown): void {
    session.tell({ kind: 'note', text: `an error of the proxy itself: ${(error as Error).stack ?? String(error)}` });
    session.destroy();
  }

  /** Resolves when no session is open. */
  async untilIdle(): Promise<void> {
    if (this.#sessions.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Closes all ports and resets all lines. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const closed = this.#listeners.map((server) => new Promise((resolve) => server.close(resolve)));
    for (const session of this.#sessions.values()) session.destroy();
    await Promise.all([...closed, this.untilIdle()]);
    this.#shared.events.flush();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
