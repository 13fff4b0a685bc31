/** Says what to do about a port that cannot be opened, with a port that can. */

import { createServer } from 'node:net';
import { once } from 'node:events';
import { TwinlineError } from '../../errors/index.ts';
import type { ListenerOptions } from '../../server/index.ts';
import { errorCode } from '../file-problem.ts';
import { formatHostPort } from './listen-address.ts';

/** Ports behind the one that is in use that are tried before nothing is suggested. */
const triedPorts = 20;

/** The error to show in place of the server's own: for a port in use it names the option and a free port. */
export async function explainListenProblem(error: unknown, listeners: readonly ListenerOptions[]): Promise<unknown> {
  if (!(error instanceof TwinlineError) || errorCode(error.cause) !== 'EADDRINUSE') return error;
  const { port } = error.cause as NodeJS.ErrnoException & { port?: number };
  const listener = listeners.find((candidate) => candidate.port === port);
  const free = listener && (await freePortAfter(listener));
  if (listener === undefined || free === undefined) return error;
  const option = listener.mode === 'implicit' ? '--listen-implicit' : '--listen';
  const example = `${option} ${formatHostPort({ host: listener.host, port: free })}`;
  const message = `${formatHostPort(listener)} is in use by another program: stop it, or choose another port, for example ${example}.`;
  return new TwinlineError('ERR_TWINLINE_LISTEN', message, { cause: error });
}

async function freePortAfter({ host, port }: ListenerOptions): Promise<number | undefined> {
  for (let candidate = port + 1; candidate <= Math.min(port + triedPorts, 65_535); candidate += 1) {
    if (await canListen(host, candidate)) return candidate;
  }
  return undefined;
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  server.listen({ host, port });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
