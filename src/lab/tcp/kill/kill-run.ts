/** One run of `kill` against one connection: its sockets, its story, and whether the connection is gone. */

import { setTimeout as wait } from 'node:timers/promises';
import { DiagSocket } from '../system/diag-socket.ts';
import { inNetworkNamespace } from '../system/network-namespace.ts';
import { PacketWatch } from '../system/packet-watch.ts';
import { RawSender } from '../system/raw-sender.ts';
import { plainEnd } from '../table/connections.ts';
import { linkKey } from '../table/links.ts';
import { synchronisedStates } from '../table/tcp-state.ts';
import { packetText, type TcpPacket } from '../wire/tcp-packet.ts';
import type { KillTarget, TargetEnd } from './kill-target.ts';

/** What is told of a run, in order. */
export type KillEvent =
  | { readonly kind: 'step'; readonly text: string }
  | { readonly kind: 'sent' | 'seen'; readonly packet: TcpPacket; readonly meaning: string };

export interface KillOptions {
  readonly namespace?: string | undefined;
  readonly onEvent?: (event: KillEvent) => void;
  /** How long `sniff` waits for a packet, in milliseconds. Default 10 s. */
  readonly sniffMs?: number;
}

/** How long an end that was ended may stay in the table. */
const goneMs = 1000;

const lookEveryMs = 20;

export class KillRun implements Disposable {
  readonly target: KillTarget;
  readonly options: KillOptions;
  readonly #diag: DiagSocket;
  readonly #cookies: ReadonlySet<bigint | undefined>;
  /** What was sent in the name of an end is seen by the watch too. */
  readonly #forged = new Set<string>();
  #watch: PacketWatch | undefined;
  #sender: RawSender | undefined;

  constructor(target: KillTarget, options: KillOptions) {
    this.target = target;
    this.options = options;
    this.#diag = inNetworkNamespace(options.namespace, () => new DiagSocket());
    this.#cookies = new Set([target.near, target.far].map(({ here }) => here?.socket.cookie));
  }

  get diag(): DiagSocket {
    return this.#diag;
  }

  /** Sees the packets of the connection; opened with the first use. */
  get watch(): PacketWatch {
    const { near, far } = this.target;
    return (this.#watch ??= this.#open(() => new PacketWatch(near.address, far.address)));
  }

  #open<Result>(work: () => Result): Result {
    return inNetworkNamespace(this.options.namespace, work);
  }

  say(text: string): void {
    this.options.onEvent?.({ kind: 'step', text });
  }

  seen(packet: TcpPacket, meaning: string): void {
    this.options.onEvent?.({ kind: 'seen', packet, meaning });
  }

  /** Sends a packet without payload in the name of the end `from`. */
  forge(
    from: TargetEnd,
    to: TargetEnd,
    fields: Pick<TcpPacket, 'flags' | 'sequence'>,
    meaning: string,
    isTold = true,
  ): void {
    const rest = { acknowledgement: 0, window: fields.flags.has('SYN') ? 1024 : 0, payloadBytes: 0 };
    const packet: TcpPacket = { from: from.address, to: to.address, ...fields, ...rest };
    const index = (to.here ?? from.here)?.socket.interfaceIndex ?? 0;
    const family = to.address.host.includes(':') ? 6 : 4;
    this.#sender ??= this.#open(() => new RawSender(family, index));
    this.#forged.add(packetText(packet));
    this.#sender.send(packet);
    if (isTold) this.options.onEvent?.({ kind: 'sent', packet, meaning });
  }

  /** The next packet of the two ends themselves that `isMeant`, or undefined where none comes in time. */
  find(isMeant: (packet: TcpPacket) => boolean, timeoutMs: number): Promise<TcpPacket | undefined> {
    return this.watch.find((packet) => !this.#forged.has(packetText(packet)) && isMeant(packet), timeoutMs);
  }

  /** The packets of the two ends themselves that have come by now. */
  *drain(): Generator<TcpPacket> {
    for (const packet of this.watch.drain()) if (!this.#forged.has(packetText(packet))) yield packet;
  }

  /** Those of its ends that are here and still in the table of the kernel. */
  endsLeft(): readonly TargetEnd[] {
    const { near, far } = this.target;
    const key = linkKey(near.address, far.address);
    const left = this.#diag
      .list([...synchronisedStates])
      .filter((socket) => linkKey(plainEnd(socket.local), plainEnd(socket.remote)) === key)
      // A new connection between the same addresses is another one.
      .filter(({ cookie }) => this.#cookies.has(cookie))
      .map(({ local }) => plainEnd(local));
    return [near, far].filter(({ address }) =>
      left.some(({ host, port }) => host === address.host && port === address.port),
    );
  }

  /** Waits a moment for the ends that are here to go. True when none is left. */
  async isGone(withinMs: number = goneMs): Promise<boolean> {
    const until = performance.now() + withinMs;
    while (this.endsLeft().length > 0) {
      if (performance.now() >= until) return false;
      await wait(lookEveryMs);
    }
    return true;
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
    this.#sender?.[Symbol.dispose]();
    this.#diag[Symbol.dispose]();
  }
}

/** An event as one line. */
export function killEventText(event: KillEvent): string {
  if (event.kind === 'step') return event.text;
  return `${event.kind} ${packetText(event.packet)}: ${event.meaning}`;
}
