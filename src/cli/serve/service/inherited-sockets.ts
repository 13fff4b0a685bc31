/** Listening sockets that systemd has opened and handed over (LISTEN_FDS, sd_listen_fds(3)). */

import { ConfigError } from '../../../errors/index.ts';
import type { ListenerOptions } from '../../../server/index.ts';
import type { ServeSettings } from '../settings.ts';

/** The first socket that is handed over; 0 to 2 are the standard streams. */
const firstFd = 3;

function configError(message: string): ConfigError {
  return new ConfigError('ERR_TWINLINE_CONFIG', message);
}

/**
 * The sockets by the names that their units give them: `FileDescriptorName=explicit` or `implicit`. None when there are
 * none for this process. The variables are taken away, so that no child takes the sockets for its own. Throws
 * `ConfigError` for a name that says nothing.
 */
export function takeInheritedSockets(
  environment: Record<string, string | undefined> = process.env,
  pid: number = process.pid,
): readonly ListenerOptions[] {
  const { LISTEN_PID: forPid, LISTEN_FDS: count = '0', LISTEN_FDNAMES: names = '' } = environment;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete environment[name];
  if (Number(forPid) !== pid) return [];
  const modes = names.split(':');
  return Array.from({ length: Number(count) || 0 }, (_, index) => {
    const mode = modes[index] ?? '';
    if (mode === 'explicit' || mode === 'implicit') return { host: '', port: 0, mode, fd: firstFd + index };
    const wanted = 'write FileDescriptorName=explicit or FileDescriptorName=implicit into the socket unit';
    throw configError(
      `systemd hands over a socket with the name "${mode}", which does not say how to serve it: ${wanted}.`,
    );
  });
}

/** Where the server listens: on what was handed over in place of the default addresses, and on what was named besides. */
export function listenersOfServer(
  settings: Pick<ServeSettings, 'listeners' | 'namesListeners' | 'tls'>,
  inherited: readonly ListenerOptions[],
): readonly ListenerOptions[] {
  if (inherited.length === 0) return settings.listeners;
  if (settings.tls === 'off' && inherited.some(({ mode }) => mode === 'implicit')) {
    throw configError('systemd hands over a socket for implicit TLS, which needs TLS, and tls is "off".');
  }
  return settings.namesListeners ? [...settings.listeners, ...inherited] : inherited;
}
