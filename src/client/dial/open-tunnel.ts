/** Asks a proxy, over a connection to it, for a connection to the server. */

import type { Socket } from 'node:net';
import { TwinlineError } from '../../errors/index.ts';
import { connectReason, type Scope } from '../../net/index.ts';
import type { TunnelTarget } from '../../protocol/index.ts';
import { type Proxy, tunnelThrough } from './proxy.ts';

/** A target as text, with brackets where they are needed. */
export function targetText({ host, port }: TunnelTarget): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Resolves when `raw` leads to the target: paused, with the first bytes of the target unread. Rejects with
 * ERR_TWINLINE_PROXY, and with `ConfigError` for a target that the proxy cannot be told. Without a bound of its own: it
 * stays pending when `scope` closes, and closes the connection then.
 */
export function openTunnel(raw: Socket, scope: Scope, proxy: Proxy, target: TunnelTarget): Promise<void> {
  return new Promise((resolve, reject) => {
    const tunnel = tunnelThrough(proxy, target);
    const settle = (act: () => void): void => {
      leave();
      raw.off('data', onData);
      raw.off('end', onEnd);
      raw.off('close', onEnd);
      raw.off('error', onError);
      act();
    };
    const fail = (reason: string, cause?: Error): void => {
      raw.on('error', () => undefined);
      settle(() => raw.destroy());
      const message = `The proxy ${proxy.text} did not connect to ${targetText(target)}: ${reason}.`;
      reject(new TwinlineError('ERR_TWINLINE_PROXY', message, { cause }));
    };
    const onEnd = (): void => fail('it closed the connection');
    const onError = (error: Error): void => fail(connectReason(error), error);
    const onData = (chunk: Buffer): void => {
      let step = tunnel.receive(chunk);
      while (step.kind === 'send') {
        raw.write(step.bytes);
        step = tunnel.receive(new Uint8Array(0));
      }
      if (step.kind === 'failed') fail(step.reason);
      if (step.kind !== 'open') return;
      const { rest } = step;
      settle(() => raw.pause());
      if (rest.length > 0) raw.unshift(Buffer.from(rest));
      resolve();
    };
    const leave = scope.add(() => settle(() => raw.destroy()));
    raw.on('data', onData);
    raw.on('end', onEnd);
    raw.on('close', onEnd);
    raw.on('error', onError);
    raw.resume();
    raw.write(tunnel.begin());
  });
}
