/**
 * Connects to the first of several addresses that answers (RFC 8305 section 5). Node's own `autoSelectFamily` gives an
 * address up when the next one is tried, so that a server further away than the head start is never reached by it.
 */

import { connect, type Socket } from 'node:net';
import { type Scope, startDeadline } from '../../net/index.ts';
import type { HostAddress } from './host-addresses.ts';

/** Head start of each address before the next one is tried as well, in milliseconds (RFC 8305 section 8). */
const attemptDelayMs = 250;

/** One address and how it went; no error while it has not answered. */
export interface Attempt {
  readonly address: string;
  error: NodeJS.ErrnoException | undefined;
}

/** None of the addresses could be connected to. */
export class NoAddressAnswers extends Error {
  readonly attempts: readonly Attempt[];

  constructor(attempts: readonly Attempt[]) {
    super('none of the addresses could be connected to', { cause: attempts.at(-1)?.error });
    this.attempts = attempts;
  }
}

export interface RaceOptions {
  readonly port: number;
  /** Filled while the race goes on, in the order of the attempts. */
  readonly attempts: Attempt[];
  /** An address is tried. */
  trying(address: string): void;
  /** An address failed. */
  failed(attempt: Attempt): void;
}

/**
 * Resolves with a socket made with `allowHalfOpen`, and resets the others; rejects with `NoAddressAnswers`. Without a
 * bound of its own: it stays pending when `scope` closes, and closes its sockets then.
 */
export function raceAddresses(scope: Scope, addresses: readonly HostAddress[], options: RaceOptions): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const waiting = [...addresses];
    const running = new Map<Socket, () => void>();
    const leave = scope.add(() => settle(undefined));
    const settle = (winner: Socket | undefined): void => {
      leave();
      waiting.length = 0;
      for (const [socket, stop] of running) {
        stop();
        if (socket !== winner) socket.destroy();
      }
      running.clear();
    };
    const lost = (socket: Socket, attempt: Attempt, error: Error): void => {
      attempt.error = error;
      running.get(socket)?.();
      running.delete(socket);
      options.failed(attempt);
      if (waiting.length > 0) tryNext();
      else if (running.size === 0) {
        settle(undefined);
        reject(new NoAddressAnswers(options.attempts));
      }
    };
    const tryNext = (): void => {
      const next = waiting.shift();
      if (next === undefined) return;
      const attempt: Attempt = { address: next.address, error: undefined };
      options.attempts.push(attempt);
      options.trying(next.address);
      const socket = connect({ host: next.address, port: options.port, allowHalfOpen: true, autoSelectFamily: false });
      const nextOne = startDeadline(scope, attemptDelayMs, tryNext);
      const onError = (error: Error): void => lost(socket, attempt, error);
      running.set(socket, () => {
        nextOne.stop();
        socket.off('error', onError);
        socket.on('error', () => undefined);
      });
      socket.once('error', onError);
      socket.once('connect', () => {
        if (!running.has(socket)) return;
        settle(socket);
        socket.removeAllListeners('error');
        resolve(socket);
      });
    };
    if (waiting.length === 0) reject(new NoAddressAnswers([]));
    else tryNext();
  });
}
