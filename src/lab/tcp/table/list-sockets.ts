/** The TCP sockets of a network namespace: from sock_diag where it can be asked, else from /proc. */

import { readFileSync } from 'node:fs';
import { TwinlineError } from '../../../errors/index.ts';
import { DiagSocket } from '../system/diag-socket.ts';
import { isLittleEndian, SystemCallError } from '../system/libc.ts';
import { inNetworkNamespace } from '../system/network-namespace.ts';
import { parseProcNetTcp } from './proc-net-tcp.ts';
import type { TcpSocket } from './tcp-socket.ts';
import { type TcpState, tcpStateNames } from './tcp-state.ts';

/** Where a table comes from. `procfs` knows neither round trips nor counts of bytes. */
export type TableSource = 'sock_diag' | 'procfs';

export interface SocketTable {
  readonly source: TableSource;
  /** Why sock_diag was not asked; undefined where it was. */
  readonly whyProcfs?: string;
  readonly sockets: readonly TcpSocket[];
}

export interface TableOptions {
  /** The name of a network namespace; undefined is the present one. */
  readonly namespace?: string | undefined;
  readonly states?: readonly TcpState[];
  /** Leaves sock_diag out. */
  readonly procfsOnly?: boolean;
}

/** Throws ERR_TWINLINE_SYSTEM where neither can be had. */
export function listSockets(options: TableOptions = {}): SocketTable {
  const { namespace, states = tcpStateNames, procfsOnly = false } = options;
  if (procfsOnly) return fromProcfs(namespace, states, 'asked for');
  try {
    using diag = inNetworkNamespace(namespace, () => new DiagSocket());
    return { source: 'sock_diag', sockets: diag.list(states) };
  } catch (error) {
    const isAboutDiag = error instanceof SystemCallError || (error instanceof TwinlineError && namespace === undefined);
    if (!isAboutDiag) throw error;
    return fromProcfs(namespace, states, error.message);
  }
}

const tables = ['/proc/thread-self/net/tcp', '/proc/thread-self/net/tcp6'];

function fromProcfs(namespace: string | undefined, states: readonly TcpState[], whyProcfs: string): SocketTable {
  const texts = inNetworkNamespace(namespace, () => tables.map(readTable));
  if (texts.every((text) => text === undefined)) {
    const message = `The connections of this machine cannot be read: ${whyProcfs} There is no /proc/net/tcp either.`;
    throw new TwinlineError('ERR_TWINLINE_SYSTEM', message);
  }
  const sockets = texts.flatMap((text) => parseProcNetTcp(text ?? '', isLittleEndian));
  return { source: 'procfs', whyProcfs, sockets: sockets.filter(({ state }) => states.includes(state)) };
}

function readTable(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return undefined;
  }
}
