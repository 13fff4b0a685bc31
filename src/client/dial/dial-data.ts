/** Opens data connections to where the control line leads: to its peer, or through its proxy to the same server. */

import type { Socket } from 'node:net';
import { dialData, type Scope, startDeadline } from '../../net/index.ts';
import type { Session } from '../session.ts';
import { openTunnel } from './open-tunnel.ts';

/**
 * Connects to `port`. Rejects with the error of the system or of the proxy, with `code: 'ETIMEDOUT'` after `timeoutMs`, or
 * when `scope` closes.
 */
export async function dialServer(scope: Scope, session: Session, port: number, timeoutMs: number): Promise<Socket> {
  const { remote, local } = session.control;
  const { proxy } = session.options;
  if (proxy === undefined) return dialData(scope, { host: remote.host, port, localHost: local.host, timeoutMs });
  const given = Promise.withResolvers<never>();
  const deadline = startDeadline(scope, timeoutMs, () =>
    given.reject(Object.assign(new Error(`no answer within ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' })),
  );
  given.promise.catch(() => undefined);
  const leave = scope.add(() =>
    given.reject(new Error('The session ended while the data connection was being opened.')),
  );
  try {
    const raw = await dialData(scope, { host: remote.host, port: remote.port, localHost: local.host, timeoutMs });
    const disown = scope.add(() => raw.destroy());
    try {
      await Promise.race([openTunnel(raw, scope, proxy, { host: session.serverHost, port }), given.promise]);
    } catch (error) {
      raw.destroy();
      throw error;
    } finally {
      disown();
    }
    return raw;
  } finally {
    leave();
    deadline.stop();
  }
}
