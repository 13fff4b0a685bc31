/** Opens the connection of the control line, to the server itself or through a proxy, within one deadline. */

import type { Socket } from 'node:net';
import { ConfigError, TimeoutError, TwinlineError } from '../errors/index.ts';
import { connectReason, Scope, startDeadline } from '../net/index.ts';
import { abortError, onAbort } from './cancellation.ts';
import { addressesOf, type HostAddress } from './dial/host-addresses.ts';
import { openTunnel, targetText } from './dial/open-tunnel.ts';
import type { Proxy } from './dial/proxy.ts';
import { type Attempt, NoAddressAnswers, raceAddresses } from './dial/race-addresses.ts';
import type { ResolvedOptions } from './options.ts';
import { traceStep } from './session-trace.ts';

/** A connection for the control line. */
export interface DialledControl {
  readonly raw: Socket;
  /** What the proxy was asked for, and is to be asked for again with data connections; unused without a proxy. */
  readonly targetHost: string;
}

/**
 * Connects; rejects with `TwinlineError` (ERR_TWINLINE_CONNECT, ERR_TWINLINE_PROXY), `TimeoutError`, `ConfigError` or the
 * abort error. Nothing is left open then.
 */
export async function dialControl(
  scope: Scope,
  options: ResolvedOptions,
  signal: AbortSignal | undefined,
): Promise<DialledControl> {
  const dialling = new Dialling(new Scope(scope), options);
  const given = Promise.withResolvers<never>();
  const { connectMs: timeoutMs } = options.deadlines;
  const deadline = startDeadline(dialling.scope, timeoutMs, () => given.reject(dialling.timeoutError(timeoutMs)));
  const leaveSignal = onAbort(signal, () => signal && given.reject(abortError(signal)));
  dialling.scope.add(() => given.reject(dialling.connectError('the session was closed here')));
  given.promise.catch(() => undefined);
  try {
    const dialled = await Promise.race([dialling.run(), given.promise]);
    dialling.release();
    return dialled;
  } finally {
    deadline.stop();
    leaveSignal();
    dialling.scope.close();
  }
}

/** One attempt to reach the server, with all addresses that it takes. */
class Dialling {
  readonly scope: Scope;
  readonly #options: ResolvedOptions;
  #attempts: Attempt[] = [];
  #stage: string | undefined;
  #release: (() => void) | undefined;

  constructor(scope: Scope, options: ResolvedOptions) {
    this.scope = scope;
    this.#options = options;
  }

  /** The socket is the caller's from now on. */
  release(): void {
    this.#release?.();
  }

  get #serverText(): string {
    return targetText(this.#options);
  }

  run(): Promise<DialledControl> {
    const { proxy, host, port } = this.#options;
    return proxy === undefined ? this.#direct(host, port) : this.#through(proxy);
  }

  async #direct(host: string, port: number): Promise<DialledControl> {
    try {
      return { raw: await this.#connect(host, port), targetHost: host };
    } catch (error) {
      if (error instanceof ConfigError) throw error;
      this.#unreachable(codeOf(error));
      throw this.connectError(reasonOf(error, host), error);
    }
  }

  #unreachable(code: string): void {
    const { host, port, onTrace } = this.#options;
    onTrace({ kind: 'unreachable', channel: 'control', host, port, code });
  }

  async #through(proxy: Proxy): Promise<DialledControl> {
    const { host, port, family, lookup } = this.#options;
    if (proxy.kind !== 'socks5') return this.#tunnel(proxy, host, port);
    const candidates = await addressesOf(host, family, lookup).catch((error: unknown) => {
      throw error instanceof ConfigError ? error : this.connectError(reasonOf(error, host), error);
    });
    return this.#firstOf(proxy, candidates, port);
  }

  /** A proxy is asked for one address after the other: it does not say by itself when it has begun. */
  async #firstOf(proxy: Proxy, candidates: readonly HostAddress[], port: number): Promise<DialledControl> {
    const [candidate, ...others] = candidates;
    if (candidate === undefined) throw this.connectError('the host name has no address');
    try {
      return await this.#tunnel(proxy, candidate.address, port);
    } catch (error) {
      const mayGoOn = error instanceof TwinlineError && error.code === 'ERR_TWINLINE_PROXY' && others.length > 0;
      if (!mayGoOn) throw error;
      this.#info(error.message.replace(/\.$/, ''));
      return this.#firstOf(proxy, others, port);
    }
  }

  async #tunnel(proxy: Proxy, targetHost: string, port: number): Promise<DialledControl> {
    this.#attempts = [];
    this.#stage = `the proxy ${proxy.text} did not answer`;
    const raw = await this.#connect(proxy.host, proxy.port).catch((error: unknown) => {
      if (error instanceof ConfigError) throw error;
      const message = `No connection to the proxy ${proxy.text}: ${reasonOf(error, proxy.host)}.`;
      throw new TwinlineError('ERR_TWINLINE_PROXY', message, { cause: error });
    });
    const target = { host: targetHost, port };
    this.#info(`Asking the proxy ${proxy.text} for ${targetText(target)}`);
    this.#stage = `the proxy ${proxy.text} did not say whether it is connected to ${targetText(target)}`;
    await openTunnel(raw, this.scope, proxy, target);
    return { raw, targetHost };
  }

  /** A socket that belongs to the scope until it is released. */
  async #connect(host: string, port: number): Promise<Socket> {
    const { family, lookup, onTrace } = this.#options;
    const startedMs = performance.now();
    const addresses = await addressesOf(host, family, lookup);
    if (addresses[0]?.address !== host) traceStep(onTrace, 'control', 'dns', startedMs);
    const raw = await raceAddresses(this.scope, addresses, {
      port,
      attempts: this.#attempts,
      trying: (address) => this.#info(`Trying ${targetText({ host: address, port })}...`),
      failed: ({ address, error }) => {
        if (addresses.length > 1 && error)
          this.#info(`${targetText({ host: address, port })}: ${connectReason(error)}`);
      },
    });
    traceStep(onTrace, 'control', 'connect', startedMs);
    this.#release = this.scope.add(() => raw.destroy());
    return raw;
  }

  #info(text: string): void {
    this.#options.onTrace({ kind: 'info', channel: 'control', text });
  }

  connectError(reason: string, cause?: unknown): TwinlineError {
    return new TwinlineError('ERR_TWINLINE_CONNECT', `No connection to ${this.#serverText}: ${reason}.`, { cause });
  }

  timeoutError(timeoutMs: number): TimeoutError {
    this.#unreachable('ETIMEDOUT');
    const tried = this.#attempts.filter(({ address }) => address !== this.#options.host).map(attemptText);
    const why = this.#stage ?? tried.join(', ');
    const details = why === '' ? '' : ` (${why})`;
    const message = `No connection to ${this.#serverText} within ${timeoutMs / 1000} s${details}.`;
    return new TimeoutError('ERR_TWINLINE_TIMEOUT', message, { channel: 'control', phase: 'connect', timeoutMs });
  }
}

function attemptText({ address, error }: Attempt): string {
  return `${address}: ${error === undefined ? 'no answer' : connectReason(error)}`;
}

/** The code of the system, that of the last address where several were tried. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof NoAddressAnswers ? error.cause : error;
  return (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';
}

/** Names each address that was tried, unless the caller named the only one himself. */
function reasonOf(error: unknown, host: string): string {
  if (error instanceof NoAddressAnswers) {
    const [only, ...others] = error.attempts;
    if (only === undefined) return 'the host name has no address';
    if (others.length > 0 || only.address !== host) return error.attempts.map(attemptText).join(', ');
    return only.error === undefined ? 'no answer' : connectReason(only.error);
  }
  return error instanceof Error ? connectReason(error) : String(error);
}
