/** The firewall of a topology in the place of the relay: it sees packets, paces both ends, and cuts the control line. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type CapturedPacket, PacketCapture, type PacketFile } from '../../capture/index.ts';
import { parseTcpPacket, packetText, type TcpPacket } from '../../tcp/wire/tcp-packet.ts';
import { explained, firewallLinks, type HostName, inside, namespaceOf } from '../../topology/index.ts';
import type { Between, BetweenOptions, ToldPacket } from '../between.ts';
import type { End, LineKind } from '../observed-line.ts';
import { CapturedLine } from './captured-line.ts';
import { type Cutter, cutterOf } from './cutters.ts';

/** A story that a person can read has fewer. */
const maxToldPackets = 60;
const tellingFlags = ['SYN', 'FIN', 'RST'] as const;
/** Packets that are under way when the note is over. */
const lastPacketsMs = 20;

export interface TopologyPlace {
  readonly name: string;
  /** Who ends the control line. */
  readonly cutFrom: HostName;
  /** Takes every packet, where they are to be kept. */
  readonly file?: PacketFile;
}

export class TopologyBetween implements Between {
  readonly lines: CapturedLine[] = [];
  readonly seesAll = true;
  readonly packets: ToldPacket[] = [];
  readonly address: { readonly host: string; readonly port: number };
  readonly #place: TopologyPlace;
  readonly #options: BetweenOptions;
  readonly #cutter: Cutter;
  readonly #byEnds = new Map<string, CapturedLine>();
  #capture: PacketCapture | undefined;
  #faster: Promise<void> | undefined;
  #isClosed = false;
  #lastTold: TcpPacket | undefined;
  #repeats = 0;

  private constructor(place: TopologyPlace, options: BetweenOptions) {
    this.#place = place;
    this.#options = options;
    this.address = { host: options.host, port: options.port };
    this.#cutter = cutterOf(place.name, place.cutFrom);
  }

  /** Rejects with `TwinlineError` where packets cannot be read or a line cannot be paced. */
  static async start(place: TopologyPlace, options: BetweenOptions): Promise<TopologyBetween> {
    const between = new TopologyBetween(place, options);
    const firewall = { namespace: namespaceOf(place.name, 'firewall'), device: firewallLinks.client };
    try {
      between.#capture = await PacketCapture.open(firewall, (packet) => between.#take(packet));
      if (Number.isFinite(options.bytesPerSecond))
        await between.#pace(`rate ${options.bytesPerSecond * 8}bit burst 64kb`);
    } catch (error) {
      await between.close();
      throw explained(error);
    }
    return between;
  }

  /** Each end sends through a queue of its own, so that packets wait and none is lost. */
  async #pace(rate: string): Promise<void> {
    const words = ['tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', 'tbf', ...rate.split(' '), 'latency', '50ms'];
    for (const host of ['client', 'server'] as const) await inside(namespaceOf(this.#place.name, host), words);
  }

  forward(port: number): Promise<number> {
    return Promise.resolve(port);
  }

  lineOf(kind: LineKind): CapturedLine | undefined {
    return this.lines.findLast((line) => line.kind === kind);
  }

  markFault(): void {
    this.#capture?.drain();
    for (const line of this.lines) line.markFault();
  }

  cut(kind: LineKind): void {
    const line = this.lineOf(kind);
    if (line !== undefined) this.#cut(line);
  }

  #cut(line: CapturedLine): void {
    this.#capture?.drain();
    line.isCut = true;
    for (const { text, bytes } of this.#cutter.cut(line)) {
      const atMs = performance.now();
      this.#lastTold = undefined;
      this.#tell(atMs, `${line.kind} line: ${text}`);
      // Towards the server it leaves by the other interface, where nobody captures.
      if (bytes !== undefined && parseTcpPacket(bytes)?.to.port === line.server.port) this.#keep({ atMs, bytes });
    }
  }

  release(): void {
    this.#faster ??= this.#pace('rate 10gbit burst 4mb').catch(() => undefined);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await sleep(lastPacketsMs);
    this.#capture?.close();
    this.#capture = undefined;
    this.#cutter[Symbol.dispose]();
    await this.#faster;
  }

  #take(captured: CapturedPacket): void {
    const packet = parseTcpPacket(captured.bytes);
    if (packet === undefined) return;
    this.#keep(captured);
    const line = this.#lineOf(packet) ?? this.#begun(packet);
    if (line === undefined) return;
    const end: End = keyOf(packet.from, packet.to) === keyOf(line.client, line.server) ? 'client' : 'server';
    this.#tellPacket(line, packet, captured.atMs);
    const isOpen = line.bytesFrom('client') + line.bytesFrom('server') > 0;
    line.take(end, packet, payloadOf(captured.bytes, packet), captured.atMs);
    if (!isOpen && packet.flags.has('SYN') && packet.flags.has('ACK')) this.#options.opened(line);
  }

  #lineOf({ from, to }: TcpPacket): CapturedLine | undefined {
    return this.#byEnds.get(keyOf(from, to)) ?? this.#byEnds.get(keyOf(to, from));
  }

  /** The line that a SYN begins; in active mode the server dials. */
  #begun(packet: TcpPacket): CapturedLine | undefined {
    if (!packet.flags.has('SYN') || packet.flags.has('ACK')) return undefined;
    const kind = packet.to.port === this.#options.port ? 'control' : 'data';
    const isDialledBack = packet.from.host === this.#options.host;
    const ends = isDialledBack
      ? { client: packet.to, server: packet.from }
      : { client: packet.from, server: packet.to };
    const line = new CapturedLine(kind, ends, {
      passed: (one, from, bytes) => this.#options.passed(one, from, bytes),
      left: (one, end, how) => this.#options.left(one, end, how),
      destroy: (one) => this.#destroy(one),
    });
    this.lines.push(line);
    this.#byEnds.set(keyOf(line.client, line.server), line);
    return line;
  }

  #destroy(line: CapturedLine): void {
    try {
      this.#cut(line);
    } catch {
      // It has ended by itself.
    }
  }

  #keep({ atMs, bytes }: CapturedPacket): void {
    this.#place.file?.add(atMs, bytes);
  }

  /** What begins or ends a line; what the firewall has sent itself is told already. */
  #tellPacket(line: CapturedLine, packet: TcpPacket, atMs: number): void {
    if (!tellingFlags.some((flag) => packet.flags.has(flag))) return;
    if (line.isCut && this.#place.cutFrom === 'firewall') return;
    const [last, previous] = [this.packets.at(-1), this.#lastTold];
    this.#lastTold = packet;
    const isLike =
      previous !== undefined &&
      keyOf(previous.from, previous.to) === keyOf(packet.from, packet.to) &&
      [...previous.flags].join() === [...packet.flags].join();
    if (!isLike || last === undefined) {
      this.#repeats = 0;
      this.#tell(atMs, `${line.kind} line: ${packetText(packet)}`);
      return;
    }
    // A kernel answers each segment that comes behind its end with one more RST.
    this.#repeats += 1;
    const text = last.text.replace(/, and \d+ more like it$/, '');
    this.packets.splice(-1, 1, { ...last, text: `${text}, and ${this.#repeats} more like it` });
  }

  #tell(atMs: number, text: string): void {
    if (this.packets.length < maxToldPackets) this.packets.push({ atMs, text });
  }
}

function keyOf(from: TcpPacket['from'], to: TcpPacket['to']): string {
  return `${from.host} ${from.port} ${to.host} ${to.port}`;
}

/** Behind the headers, and before what a short frame is filled up with. */
function payloadOf(bytes: Uint8Array, { payloadBytes }: TcpPacket): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const total = (bytes[0] ?? 0) >> 4 === 4 ? view.getUint16(2) : 40 + view.getUint16(4);
  return bytes.subarray(total - payloadBytes, total);
}
