/** Opens a packet socket: packets of a network namespace without their link layer, through a filter. Needs CAP_NET_RAW. */

import { isLittleEndian, libc, linux, SystemCallError } from './libc.ts';

/** ETH_P_ALL. */
const everyProtocol = 3;

export interface PacketSocketOptions {
  /** A program of the packet filter. */
  readonly filter: Uint8Array;
  /** What the kernel keeps until it is read, in bytes. */
  readonly waitingBytes: number;
  /** The interface; all of them without it. */
  readonly interfaceIndex?: number;
}

/**
 * The descriptor of a socket that does not wait. Packets come without their link layer ("cooked"), so that loopback, Ethernet and
 * tunnels are alike. Opened in the network namespace in which the thread is at the time. Throws `SystemCallError`.
 */
export function openPacketSocket({ filter, waitingBytes, interfaceIndex = 0 }: PacketSocketOptions): number {
  const { family, type } = linux;
  const calls = libc();
  // Without a protocol nothing comes before the filter is there, and nothing of other interfaces.
  const descriptor = calls.socket(family.packet, type.datagram | type.closeOnExec | type.nonBlocking, 0);
  try {
    growBuffer(descriptor, waitingBytes);
    calls.attachFilter(descriptor, filter);
    calls.bind(descriptor, linkAddress(interfaceIndex));
    return descriptor;
  } catch (error) {
    calls.close(descriptor);
    throw error;
  }
}

/** Beyond the bound of the system where the rights allow it (CAP_NET_ADMIN); a root of one's own gets what the machine allows. */
function growBuffer(descriptor: number, bytes: number): void {
  const { level, option } = linux;
  const value = new Uint8Array(4);
  new DataView(value.buffer).setInt32(0, bytes, isLittleEndian);
  try {
    libc().setOption(descriptor, level.socket, option.receiveBufferForced, value);
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.errno !== 'EPERM') throw error;
    libc().setOption(descriptor, level.socket, option.receiveBuffer, value);
  }
}

/** `struct sockaddr_ll`: packets of every protocol, of this interface; 0 stands for all. */
function linkAddress(interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, linux.family.packet, isLittleEndian);
  view.setUint16(2, everyProtocol);
  view.setInt32(4, interfaceIndex, isLittleEndian);
  return bytes;
}
