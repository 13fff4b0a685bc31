/** Takes the header that a trusted proxy sends off the front of a connection, and puts what stands behind it back. */

import type { Socket } from 'node:net';
import { type ProxyHeader, scanProxyHeader } from '../protocol/index.ts';
import { startDeadline } from './deadlines.ts';
import type { Scope } from './scope.ts';

/** What came in front of a connection: a header, or the reason why there is none. */
export type ProxyHeaderResult =
  { readonly kind: 'header'; readonly header: ProxyHeader } | { readonly kind: 'none'; readonly reason: string };

/**
 * Owns `raw` until it calls back, which it does once, unless `owner` closes and the connection with it. Then `raw` is the
 * caller's again, paused, with the bytes behind the header unread; where there is no header it may have ended.
 */
export function readProxyHeader(
  raw: Socket,
  owner: Scope,
  timeoutMs: number,
  done: (result: ProxyHeaderResult) => void,
): void {
  let seen: Buffer = Buffer.alloc(0);
  const countOff = owner.counts.add('socket');
  const stop = (): void => {
    disown();
    deadline.stop();
    countOff();
    raw.off('data', onData);
    raw.off('end', onEnd);
    raw.off('close', onEnd);
    raw.pause();
  };
  const finish = (result: ProxyHeaderResult): void => {
    stop();
    done(result);
  };
  const onEnd = (): void => finish({ kind: 'none', reason: 'the connection ended before its header' });
  const onData = (chunk: Buffer): void => {
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const scan = scanProxyHeader(seen);
    if (scan.kind === 'incomplete') return;
    if (scan.kind === 'invalid') {
      finish({ kind: 'none', reason: scan.reason });
      return;
    }
    stop();
    if (seen.length > scan.length) raw.unshift(seen.subarray(scan.length));
    done({ kind: 'header', header: scan.header });
  };
  const disown = owner.add(() => {
    stop();
    raw.destroy();
  });
  const deadline = startDeadline(owner, timeoutMs, () =>
    finish({ kind: 'none', reason: `no header came within ${timeoutMs / 1000} s` }),
  );
  raw.on('data', onData);
  raw.on('end', onEnd);
  raw.on('close', onEnd);
  raw.resume();
}
