/** The tables /proc/net/tcp and /proc/net/tcp6 as text: what netstat reads, for where sock_diag cannot be asked. */

import { serialiseIpAddress } from '../../../protocol/index.ts';
import type { SocketAddress } from '../../../net/index.ts';
import type { TcpSocket, TimerKind } from './tcp-socket.ts';
import { tcpStates } from './tcp-state.ts';

/** Of every clock that the kernel shows to programs (USER_HZ). */
const ticksPerSecond = 100;

const timerKinds: readonly TimerKind[] = ['off', 'retransmit', 'keepalive', 'time-wait', 'probe'];

/** Reads a whole table; its heading and lines of another form are left out. `isLittleEndian`: how the machine writes words. */
export function parseProcNetTcp(text: string, isLittleEndian: boolean): readonly TcpSocket[] {
  return text.split('\n').flatMap((line) => parseLine(line, isLittleEndian) ?? []);
}

function parseLine(line: string, isLittleEndian: boolean): TcpSocket | undefined {
  const [, localText = '', remoteText = '', stateText = '', queues = '', timerText = '', retransmits, uid, , inode] =
    line.trim().split(/\s+/);
  const local = endOf(localText, isLittleEndian);
  const remote = endOf(remoteText, isLittleEndian);
  const state = tcpStates[Number.parseInt(stateText, 16)];
  if (local === undefined || remote === undefined || state === undefined || inode === undefined) return undefined;
  const [sendQueue = 0, receiveQueue = 0] = queues.split(':').map(hexadecimal);
  const [timer = 0, expires = 0] = timerText.split(':').map(hexadecimal);
  const isListening = state === 'LISTEN';
  return {
    family: localText.length > 13 ? 10 : 2,
    local,
    remote,
    state,
    timer: { kind: timerKinds[timer] ?? 'off', expiresMs: (expires * 1000) / ticksPerSecond },
    retransmits: hexadecimal(retransmits ?? ''),
    ...(isListening ? { backlog: { waiting: receiveQueue, limit: 0 } } : {}),
    receiveQueue: isListening ? 0 : receiveQueue,
    sendQueue,
    uid: Number(uid),
    inode: Number(inode),
    interfaceIndex: 0,
  };
}

function hexadecimal(text: string): number {
  return /^[0-9A-Fa-f]{1,12}$/.test(text) ? Number.parseInt(text, 16) : 0;
}

/** `0100007F:1F90`: words of 32 bits in the order of the machine, then the port. */
function endOf(text: string, isLittleEndian: boolean): SocketAddress | undefined {
  const [, address = '', port = ''] = /^((?:[0-9A-Fa-f]{8}){1,4}):([0-9A-Fa-f]{4})$/.exec(text) ?? [];
  if (address.length !== 8 && address.length !== 32) return undefined;
  const bytes = new Uint8Array(address.length / 2);
  for (let at = 0; at < bytes.length; at += 1) {
    const from = isLittleEndian ? (at & ~3) + 3 - (at & 3) : at;
    bytes[at] = Number.parseInt(address.slice(from * 2, from * 2 + 2), 16);
  }
  return { host: serialiseIpAddress({ family: bytes.length === 4 ? 4 : 6, bytes }), port: Number.parseInt(port, 16) };
}
