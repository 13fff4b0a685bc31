/** A netlink socket that asks sock_diag of one network namespace for sockets, and ends them. */

import { getSystemErrorName } from 'node:util';
import { TwinlineError } from '../../../errors/index.ts';
import {
  errorNumberOf,
  netlinkFlags,
  netlinkTypes,
  type NetlinkMessage,
  parseNetlinkMessages,
  serialiseNetlinkMessage,
} from '../netlink/netlink-message.ts';
import {
  type DiagFamily,
  type DiagTarget,
  diagTypes,
  families,
  parseDiagAnswer,
  serialiseDestroyRequest,
  serialiseDumpRequest,
} from '../netlink/socket-diag.ts';
import type { TcpSocket } from '../table/tcp-socket.ts';
import type { TcpState } from '../table/tcp-state.ts';
import { isLittleEndian, libc, linux, SystemCallError } from './libc.ts';

/** NETLINK_SOCK_DIAG. */
const diagProtocol = 4;

/** How long an answer may take; the kernel gives it at once. */
const answerMs = 2000;

/** A datagram of a dump: the kernel makes them of up to 32 KiB. */
const datagramBytes = 65_536;

/** What came of a request to end a socket: 0, or the name of the error. */
export type DestroyAnswer = 'done' | 'ENOENT' | 'EPERM' | 'EOPNOTSUPP' | (string & {});

/** Opened in the namespace in which the thread is at the time. */
export class DiagSocket implements Disposable {
  readonly #descriptor: number;
  readonly #buffer = new Uint8Array(datagramBytes);
  #sequence = 0;

  constructor() {
    const { family, type } = linux;
    this.#descriptor = libc().socket(family.netlink, type.raw | type.closeOnExec | type.nonBlocking, diagProtocol);
  }

  /** Every TCP socket in the states given. Throws `SystemCallError` where sock_diag is not there. */
  list(states: readonly TcpState[]): readonly TcpSocket[] {
    return Object.values(families).flatMap((family) => this.#listFamily(family, states));
  }

  #listFamily(family: DiagFamily, states: readonly TcpState[]): readonly TcpSocket[] {
    const payload = serialiseDumpRequest(family, states, isLittleEndian);
    const sequence = this.#ask(diagTypes.byFamily, netlinkFlags.dump, payload);
    const sockets: TcpSocket[] = [];
    for (const message of this.#answers(sequence)) {
      const number = errorNumberOf(message, isLittleEndian);
      // A kernel without IPv6 knows nothing of its sockets.
      if (number !== undefined && family === families.ipv6) return sockets;
      if (number !== undefined) throw new SystemCallError('sock_diag', getSystemErrorName(-number));
      if (message.type === netlinkTypes.done) return sockets;
      const socket = parseDiagAnswer(message.payload, isLittleEndian);
      if (socket !== undefined) sockets.push(socket);
    }
    return sockets;
  }

  /** Ends one socket as `tcp_abort` of the kernel does: its owner gets ECONNABORTED, and the other end a reset. */
  destroy(socket: DiagTarget): DestroyAnswer {
    const payload = serialiseDestroyRequest(socket, isLittleEndian);
    const sequence = this.#ask(diagTypes.destroy, netlinkFlags.acknowledge, payload);
    for (const message of this.#answers(sequence)) {
      const number = errorNumberOf(message, isLittleEndian);
      if (number !== undefined) return number === 0 ? 'done' : getSystemErrorName(-number);
    }
    return 'EIO';
  }

  /** Whether the kernel was built with it (CONFIG_INET_DIAG_DESTROY): asked about a socket that there cannot be. */
  canDestroy(): boolean {
    const nowhere = { host: '0.0.0.0', port: 0 };
    const nobody = { family: families.ipv4, local: nowhere, remote: nowhere, interfaceIndex: 0, cookie: 0n };
    return this.destroy(nobody) !== 'EOPNOTSUPP';
  }

  #ask(type: number, flags: number, payload: Uint8Array): number {
    this.#sequence += 1;
    const message = { type, flags: netlinkFlags.request | flags, sequence: this.#sequence, payload };
    libc().send(this.#descriptor, serialiseNetlinkMessage(message, isLittleEndian));
    return this.#sequence;
  }

  *#answers(sequence: number): Generator<NetlinkMessage> {
    for (;;) {
      if (!libc().isReadable(this.#descriptor, answerMs)) {
        throw new TwinlineError('ERR_TWINLINE_SYSTEM', 'The kernel does not answer questions about its sockets.');
      }
      const bytes = libc().receive(this.#descriptor, this.#buffer) ?? 0;
      for (const message of parseNetlinkMessages(this.#buffer.slice(0, bytes), isLittleEndian)) {
        if (message.sequence === sequence) yield message;
      }
    }
  }

  [Symbol.dispose](): void {
    libc().close(this.#descriptor);
  }
}
