/** Packets as they pass an interface of another host, or all interfaces of this one, read by a packet socket that was opened there. */

import { eachOnceFilter } from './each-once.ts';
import { inNetworkNamespace } from '../tcp/system/network-namespace.ts';
import { isLittleEndian, libc } from '../tcp/system/libc.ts';
import { openPacketSocket } from '../tcp/system/packet-socket.ts';
import { runTool } from '../topology/index.ts';

/** How often the kernel is asked for what has come, in milliseconds. */
const pollMs = 3;
/** A packet of a virtual link is up to 64 KiB: nothing cuts it into frames. */
const packetBytes = 65_600;
/** What the kernel keeps between two looks, in bytes: a second at full speed of such a link. */
const maxWaitingBytes = 64 * 1024 * 1024;

export interface CapturedPacket {
  /** `performance.now()`, when it was read: up to some milliseconds behind its passing. */
  readonly atMs: number;
  /** From the header of IP on. */
  readonly bytes: Uint8Array;
}

/** An interface of a named network namespace. */
export interface CapturePlace {
  readonly namespace: string;
  readonly device: string;
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

  /**
   * Without a place all interfaces of this network namespace. Throws `TwinlineError` where there is no koffi, and
   * `SystemCallError` without the right to read packets.
   */
  static async open(place: CapturePlace | undefined, take: (packet: CapturedPacket) => void): Promise<PacketCapture> {
    const options = { filter: eachOnceFilter(isLittleEndian), waitingBytes: maxWaitingBytes };
    const whole = place === undefined ? options : { ...options, interfaceIndex: await interfaceIndex(place) };
    const open = (): number => openPacketSocket(whole);
    return new PacketCapture(place === undefined ? open() : inNetworkNamespace(place.namespace, open), take);
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

async function interfaceIndex({ namespace, device }: CapturePlace): Promise<number> {
  const told = await runTool('ip', ['-n', namespace, '-j', 'link', 'show', 'dev', device]);
  const [link] = JSON.parse(told) as { readonly ifindex: number }[];
  return link?.ifindex ?? 0;
}
