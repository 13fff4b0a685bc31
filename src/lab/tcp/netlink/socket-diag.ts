/** Requests and answers of sock_diag for TCP (linux/inet_diag.h): the table of sockets, and the end of one. */

import { type IpAddress, serialiseIpAddress } from '../../../protocol/index.ts';
import { parseIpAddress } from '../../../protocol/index.ts';
import { isTcpState, type TcpState, tcpStateNumbers, tcpStates } from '../table/tcp-state.ts';
import type { TcpDetails, TcpSocket, TimerKind } from '../table/tcp-socket.ts';
import { parseAttributes } from './netlink-message.ts';
import { parseTcpInfo } from './tcp-info.ts';

/** Types of messages. */
export const diagTypes = { byFamily: 20, destroy: 21 } as const;

/** Families of sockets. */
export const families = { ipv4: 2, ipv6: 10 } as const;

export type DiagFamily = (typeof families)[keyof typeof families];

const tcpProtocol = 6;
const requestBytes = 56;
const answerBytes = 72;
const addressBytes = 16;

/** Attributes of an answer (`INET_DIAG_…`); what is asked for is a bit mask of them. */
const attributes = { info: 2, congestion: 4, socketMemory: 7 } as const;
const allAttributes = Object.values(attributes).reduce((bits, number) => bits | (1 << (number - 1)), 0);

/** Asks for every TCP socket of a family in the states given. */
export function serialiseDumpRequest(
  family: DiagFamily,
  states: readonly TcpState[],
  isLittleEndian: boolean,
): Uint8Array {
  const bytes = new Uint8Array(requestBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, family);
  view.setUint8(1, tcpProtocol);
  view.setUint8(2, allAttributes);
  view.setUint32(
    4,
    states.reduce((bits, state) => bits | (1 << tcpStateNumbers[state]), 0),
    isLittleEndian,
  );
  return bytes;
}

/** What names a socket to the kernel. */
export type DiagTarget = Pick<TcpSocket, 'family' | 'local' | 'remote' | 'interfaceIndex' | 'cookie'>;

/** Names the one socket that is to end: its addresses and the cookie, so that a new one with the same addresses is safe. */
export function serialiseDestroyRequest(socket: DiagTarget, isLittleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(requestBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, socket.family);
  view.setUint8(1, tcpProtocol);
  view.setUint32(4, 0xffff_ffff, isLittleEndian);
  view.setUint16(8, socket.local.port);
  view.setUint16(10, socket.remote.port);
  bytes.set(addressField(socket.local.host, socket.family), 12);
  bytes.set(addressField(socket.remote.host, socket.family), 28);
  view.setUint32(44, socket.interfaceIndex, isLittleEndian);
  // All ones stands for a cookie that nobody knows.
  view.setBigUint64(48, socket.cookie ?? 0xffff_ffff_ffff_ffffn, isLittleEndian);
  return bytes;
}

function addressField(host: string, family: DiagFamily): Uint8Array {
  const field = new Uint8Array(addressBytes);
  const address = parseIpAddress(host);
  if (address === undefined) throw new TypeError(`${host} is no address.`);
  if (family === families.ipv6 && address.family === 4) field.set([0xff, 0xff, ...address.bytes], 10);
  else field.set(address.bytes);
  return field;
}

const timerKinds: readonly TimerKind[] = ['off', 'retransmit', 'keepalive', 'time-wait', 'probe'];

/** Reads one answer to a dump. Undefined where it is cut or of another kind. */
export function parseDiagAnswer(payload: Uint8Array, isLittleEndian: boolean): TcpSocket | undefined {
  if (payload.length < answerBytes) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, payload.length);
  const family = view.getUint8(0);
  const state = tcpStates[view.getUint8(1)];
  if ((family !== families.ipv4 && family !== families.ipv6) || state === undefined || !isTcpState(state)) {
    return undefined;
  }
  const word = (at: number): number => view.getUint32(at, isLittleEndian);
  const found = parseAttributes(payload.subarray(answerBytes), isLittleEndian);
  const isListening = state === 'LISTEN';
  return {
    family,
    local: { host: hostAt(payload, 8, family), port: view.getUint16(4) },
    remote: { host: hostAt(payload, 24, family), port: view.getUint16(6) },
    state,
    timer: { kind: timerKinds[view.getUint8(2)] ?? 'off', expiresMs: word(52) },
    retransmits: view.getUint8(3),
    interfaceIndex: word(40),
    // Two words of 32 bits, the low one first, whatever the order of bytes.
    cookie: BigInt(word(44)) | (BigInt(word(48)) << 32n),
    ...(isListening ? { backlog: { waiting: word(56), limit: word(60) } } : {}),
    receiveQueue: isListening ? 0 : word(56),
    sendQueue: isListening ? 0 : word(60),
    uid: word(64),
    inode: word(68),
    ...detailsOf(found, isListening, isLittleEndian),
  };
}

function detailsOf(
  found: ReadonlyMap<number, Uint8Array>,
  isListening: boolean,
  isLittleEndian: boolean,
): { readonly details?: TcpDetails } {
  const info = isListening ? undefined : parseTcpInfo(found.get(attributes.info) ?? new Uint8Array(), isLittleEndian);
  if (info === undefined) return {};
  const congestion = found.get(attributes.congestion);
  const memory = found.get(attributes.socketMemory);
  return {
    details: {
      ...info,
      ...(congestion === undefined ? {} : { congestionControl: nameIn(congestion) }),
      ...(memory === undefined ? {} : memoryOf(memory, isLittleEndian)),
    },
  };
}

/** Bytes of buffers in use (`SK_MEMINFO_RMEM_ALLOC`, `…_WMEM_ALLOC`). */
function memoryOf(bytes: Uint8Array, isLittleEndian: boolean): Partial<TcpDetails> {
  if (bytes.length < 16) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    receiveMemory: view.getUint32(0, isLittleEndian),
    receiveMemoryLimit: view.getUint32(4, isLittleEndian),
    sendMemory: view.getUint32(8, isLittleEndian),
    sendMemoryLimit: view.getUint32(12, isLittleEndian),
  };
}

function nameIn(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return String.fromCharCode(...bytes.subarray(0, end === -1 ? bytes.length : end).slice(0, 16));
}

function hostAt(bytes: Uint8Array, at: number, family: DiagFamily): string {
  const length = family === families.ipv4 ? 4 : addressBytes;
  const address: IpAddress = { family: length === 4 ? 4 : 6, bytes: bytes.slice(at, at + length) };
  return serialiseIpAddress(address);
}
