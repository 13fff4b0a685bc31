/** Reads where the server is to listen. */

import type { ListenerOptions, TlsPolicy } from '../../../server/index.ts';
import type { GivenSettings } from '../given-settings.ts';
import { formatHostPort, parseHostPort } from '../listen-address.ts';

/** The addresses that were given, or those of a server for this machine alone. */
export function listenersOf(given: GivenSettings, tls: TlsPolicy): readonly ListenerOptions[] {
  if (tls === 'off' && given.has('listen-implicit')) {
    throw given.wrong('listen-implicit', 'needs TLS, which is off: leave one of the two settings out.');
  }
  if (!given.has('listen') && !given.has('listen-implicit')) {
    const explicit = { host: '127.0.0.1', port: 2121, mode: 'explicit' } as const;
    return tls === 'off' ? [explicit] : [explicit, { host: '127.0.0.1', port: 2990, mode: 'implicit' }];
  }
  const listeners = [
    ...listenersFor(given, 'listen', 'explicit'),
    ...listenersFor(given, 'listen-implicit', 'implicit'),
  ];
  if (listeners.length === 0) throw given.wrong('listen', 'must name at least one address.');
  const seen = new Set<string>();
  for (const listener of listeners) {
    const name = formatHostPort(listener);
    const setting = listener.mode === 'explicit' ? 'listen' : 'listen-implicit';
    if (listener.port !== 0 && seen.has(name)) throw given.wrong(setting, `names ${name}, which is given twice.`);
    seen.add(name);
  }
  return listeners;
}

function listenersFor(
  given: GivenSettings,
  setting: 'listen' | 'listen-implicit',
  mode: ListenerOptions['mode'],
): readonly ListenerOptions[] {
  return given.texts(setting).map((text) => {
    const address = parseHostPort(text);
    if (address !== undefined) return { ...address, mode };
    const form = 'takes HOST:PORT, for example 127.0.0.1:2121 or [::1]:2121, with a port up to 65535';
    throw given.wrong(setting, `${form}; "${text}" is not that.`);
  });
}
