/** Opens the TCP connection of the control line: every address of the host, the first that answers (RFC 8305). */

import { connect, type Socket } from 'node:net';
import { TimeoutError, TwinlineError } from '../errors/index.ts';
import { type Scope, startDeadline } from '../net/index.ts';
import { abortError, onAbort } from './cancellation.ts';
import type { ResolvedOptions } from './options.ts';
import { traceStep } from './session-trace.ts';

/** Head start of each address before the next one is tried as well. */
const addressHeadStartMs = 250;

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was reset',
  ETIMEDOUT: 'nobody answered',
  EACCES: 'this system does not allow it',
};

/** What a system error of connecting means, in words. */
export function connectReason(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  return reasons[code] ?? (error.message === '' ? code : error.message);
}

/** Connects; rejects with `TwinlineError` (ERR_TWINLINE_CONNECT), `TimeoutError` or the abort error. */
export function dialControl(scope: Scope, options: ResolvedOptions, signal: AbortSignal | undefined): Promise<Socket> {
  const { host, port } = options;
  const timeoutMs = options.deadlines.connectMs;
  options.onTrace({ kind: 'info', channel: 'control', text: `Trying ${host}:${port}...` });
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const raw = connect({
      host,
      port,
      allowHalfOpen: true,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: addressHeadStartMs,
    });
    const settle = (): void => {
      deadline.stop();
      leaveScope();
      leaveSignal();
    };
    const fail = (error: Error): void => {
      settle();
      raw.destroy();
      reject(error);
    };
    const connectError = (reason: string, cause?: unknown): TwinlineError =>
      new TwinlineError('ERR_TWINLINE_CONNECT', `No connection to ${host}:${port}: ${reason}.`, { cause });
    const deadline = startDeadline(scope, timeoutMs, () => {
      options.onTrace({ kind: 'unreachable', channel: 'control', host, port, code: 'ETIMEDOUT' });
      const message = `No connection to ${host}:${port} within ${timeoutMs / 1000} s.`;
      fail(new TimeoutError('ERR_TWINLINE_TIMEOUT', message, { channel: 'control', phase: 'connect', timeoutMs }));
    });
    const leaveScope = scope.add(() => fail(connectError('the session was closed here')));
    raw.once('error', (error: NodeJS.ErrnoException) => {
      options.onTrace({ kind: 'unreachable', channel: 'control', host, port, code: error.code ?? 'unknown' });
      fail(connectError(connectReason(error), error));
    });
    raw.once('lookup', () => traceStep(options.onTrace, 'control', 'dns', startedMs));
    raw.once('connect', () => {
      traceStep(options.onTrace, 'control', 'connect', startedMs);
      settle();
      raw.removeAllListeners('error');
      resolve(raw);
    });
    const leaveSignal = onAbort(signal, () => signal && queueMicrotask(() => fail(abortError(signal))));
  });
}
