/** Opens a data connection towards the peer: active mode of a server, passive mode of a client. */

import { connect, type Socket } from 'node:net';
import { startDeadline } from './deadlines.ts';
import { Scope } from './scope.ts';

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** Address to connect from; the control connection's own unless told otherwise. */
  readonly localHost?: string;
  readonly timeoutMs: number;
}

/** Connects. Rejects with the system's error, with `code: 'ETIMEDOUT'` after `timeoutMs`, or when `parent` closes. */
export function dialData(parent: Scope, options: DialOptions): Promise<Socket> {
  const scope = new Scope(parent);
  return new Promise((resolve, reject) => {
    const raw = connect({
      host: options.host,
      port: options.port,
      allowHalfOpen: true,
      ...(options.localHost === undefined ? {} : { localAddress: options.localHost }),
    });
    const fail = (error: Error): void => {
      reject(error);
      raw.destroy();
      scope.close();
    };
    const leave = scope.add(() => {
      raw.destroy();
      reject(new Error('The session ended while the data connection was being opened.'));
    });
    startDeadline(scope, options.timeoutMs, () =>
      fail(Object.assign(new Error(`no answer within ${options.timeoutMs / 1000} s`), { code: 'ETIMEDOUT' })),
    );
    raw.once('error', fail);
    raw.once('connect', () => {
      raw.off('error', fail);
      raw.pause();
      leave();
      scope.close();
      resolve(raw);
    });
  });
}
