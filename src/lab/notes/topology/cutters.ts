/** Ways to end a connection of a topology: by the firewall between the ends, or in the kernel of one of them. */

import { parseIpAddress } from '../../../protocol/index.ts';
import { DiagSocket } from '../../tcp/system/diag-socket.ts';
import { isLittleEndian, libc, linux } from '../../tcp/system/libc.ts';
import { inNetworkNamespace } from '../../tcp/system/network-namespace.ts';
import { packetText, serialiseTcpPacket, type TcpPacket } from '../../tcp/wire/tcp-packet.ts';
import { type HostName, namespaceOf } from '../../topology/index.ts';
import { SetupFailed } from '../../engine/case-errors.ts';
import type { CapturedLine } from './captured-line.ts';

/** What was done, packet by packet. */
export interface CutStep {
  readonly text: string;
  /** The packet that the lab has sent. */
  readonly bytes?: Uint8Array;
}

export interface Cutter extends Disposable {
  /** Throws where there is no such connection any more. */
  cut(line: CapturedLine): readonly CutStep[];
}

/** What becomes of the line, behind "the control line is". */
export function cutWords(from: HostName): string {
  if (from === 'firewall') return 'reset by the firewall: it sends each end a RST that seems to come from the other';
  const other = from === 'client' ? 'server' : 'client';
  return `destroyed in the kernel of the ${from} (SOCK_DESTROY): the ${from} gets ECONNABORTED, and the ${other} a RST`;
}

/** Opened before it is needed, so that a cut is prompt. */
export function cutterOf(name: string, from: HostName): Cutter {
  return from === 'firewall' ? new FirewallCutter(name) : new HostCutter(name, from);
}

/** IPPROTO_RAW: the packet brings its own header of IP. */
const wholePackets = 255;

/** Knows the numbers of both ends because the packets have passed it, as a firewall does that resets what it gives up. */
class FirewallCutter implements Cutter {
  readonly #raw: { readonly ipv4: number; readonly ipv6: number };

  constructor(name: string) {
    const { family, type } = linux;
    const open = (which: number): number => libc().socket(which, type.raw | type.closeOnExec, wholePackets);
    this.#raw = inNetworkNamespace(namespaceOf(name, 'firewall'), () => ({
      ipv4: open(family.ipv4),
      ipv6: open(family.ipv6),
    }));
  }

  cut(line: CapturedLine): readonly CutStep[] {
    return (['client', 'server'] as const).map((end) => {
      const other = end === 'client' ? 'server' : 'client';
      const packet = {
        from: line[other],
        to: line[end],
        flags: new Set(['RST', 'ACK'] as const),
        sequence: line.nextNumber(other),
        acknowledgement: line.nextNumber(end),
        window: 0,
      };
      const bytes = serialiseTcpPacket(packet);
      this.#send(packet.to, bytes);
      return { text: `the firewall sends ${packetText(packet)}`, bytes };
    });
  }

  #send(to: TcpPacket['to'], bytes: Uint8Array): void {
    const address = parseIpAddress(to.host);
    if (address === undefined) throw new SetupFailed(`${to.host} is no address`);
    const { ipv4, ipv6 } = this.#raw;
    libc().send(address.family === 4 ? ipv4 : ipv6, bytes, socketAddress(address.bytes));
  }

  [Symbol.dispose](): void {
    for (const descriptor of Object.values(this.#raw)) libc().close(descriptor);
  }
}

/** `struct sockaddr_in` or `sockaddr_in6`, without a port: the packet has it. */
function socketAddress(address: Uint8Array): Uint8Array {
  const isOld = address.length === 4;
  const bytes = new Uint8Array(isOld ? 16 : 28);
  const family = isOld ? linux.family.ipv4 : linux.family.ipv6;
  new DataView(bytes.buffer).setUint16(0, family, isLittleEndian);
  bytes.set(address, isOld ? 4 : 8);
  return bytes;
}

/** SOCK_DESTROY: the kernel ends the socket under its program. */
class HostCutter implements Cutter {
  readonly #host: 'client' | 'server';
  readonly #diag: DiagSocket;

  constructor(name: string, host: 'client' | 'server') {
    this.#host = host;
    this.#diag = inNetworkNamespace(namespaceOf(name, host), () => new DiagSocket());
  }

  cut(line: CapturedLine): readonly CutStep[] {
    // Under NAT the addresses differ from host to host; the ports are those of the line.
    const [own, other] = this.#host === 'client' ? [line.client, line.server] : [line.server, line.client];
    const socket = this.#diag
      .list(['ESTABLISHED'])
      .find(({ local, remote }) => local.port === own.port && remote.port === other.port);
    if (socket === undefined) throw new SetupFailed(`the ${this.#host} has no control line any more`);
    const answer = this.#diag.destroy(socket);
    if (answer !== 'done') throw new SetupFailed(`SOCK_DESTROY on the ${this.#host} is answered ${answer}`);
    return [{ text: `the kernel of the ${this.#host} destroys its socket` }];
  }

  [Symbol.dispose](): void {
    this.#diag[Symbol.dispose]();
  }
}
