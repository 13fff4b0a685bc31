/** Packets as they pass an interface of another host, read by a packet socket that was opened there. */

import { inNetworkNamespace } from '../../tcp/system/network-namespace.ts';
import { isLittleEndian, libc, linux, SystemCallError } from '../../tcp/system/libc.ts';
import { runTool } from '../../topology/index.ts';

/** How often the kernel is asked for what has come, in milliseconds. */
const pollMs = 3;
/** A packet of a virtual link is up to 64 KiB: nothing cuts it into frames. */
const packetBytes = 65_600;
/** What the kernel keeps between two looks, in bytes: a second at full speed of such a link. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** SO_RCVBUFFORCE. */
const forcedReceiveBuffer = 33;
const allProtocols = 3;

export interface CapturedPacket {
  /** `performance.now()`, when it was read: up to some milliseconds behind its passing. */
  readonly atMs: number;
  /** From the header of IP on. */
  readonly bytes: Uint8Array;
}

export class PacketCapture {
  readonly #descriptor: number;
  readonly #take: (packet: CapturedPacket) => void;
  readonly #buffer = new Uint8Array(packetBytes);
  readonly #timer: NodeJS.Timeout;
  #isOpen = true;

  private constructor(descriptor: number, take: (packet: CapturedPacket) => void) {
    this.#descriptor = descriptor;
    this.#take = take;
    this.#timer = setInterval(() => this.drain(), pollMs);
  }

  /** Throws `TwinlineError` where packets cannot be read: without koffi, without root. */
  static async open(namespace: string, device: string, take: (packet: CapturedPacket) => void): Promise<PacketCapture> {
    const told = await runTool('ip', ['-n', namespace, '-j', 'link', 'show', 'dev', device]);
    const [link] = JSON.parse(told) as { readonly ifindex: number }[];
    const address = linkAddress(link?.ifindex ?? 0);
    const descriptor = inNetworkNamespace(namespace, () => {
      const { family, type } = linux;
      // It takes nothing before it is bound, so that nothing of other interfaces comes through.
      const made = libc().socket(family.packet, type.datagram | type.closeOnExec | type.nonBlocking, 0);
      widen(made);
      libc().bind(made, address);
      return made;
    });
    return new PacketCapture(descriptor, take);
  }

  /** Hands on what has come by now. */
  drain(): void {
    while (this.#isOpen) {
      const bytes = libc().receive(this.#descriptor, this.#buffer);
      if (bytes === undefined) return;
      this.#take({ atMs: performance.now(), bytes: this.#buffer.slice(0, bytes) });
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.drain();
    this.#isOpen = false;
    clearInterval(this.#timer);
    libc().close(this.#descriptor);
  }
}

/** A root of one's own may not go beyond what the machine allows, and gets that. */
function widen(descriptor: number): void {
  const { level, option } = linux;
  try {
    libc().setOption(descriptor, level.socket, forcedReceiveBuffer, words(maxWaitingBytes));
  } catch (error) {
    if (!(error instanceof SystemCallError) || error.errno !== 'EPERM') throw error;
    libc().setOption(descriptor, level.socket, option.receiveBuffer, words(maxWaitingBytes));
  }
}

function words(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, isLittleEndian);
  return bytes;
}

/** `struct sockaddr_ll`: packets of every protocol, of this interface. */
function linkAddress(interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, linux.family.packet, isLittleEndian);
  view.setUint16(2, allProtocols);
  view.setInt32(4, interfaceIndex, isLittleEndian);
  return bytes;
}
