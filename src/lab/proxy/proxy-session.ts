/** One session through the proxy: a control line, its data lines, its TLS on both sides, and the faults that meet it. */

import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import { connectReason, type ServerTlsSettings, SessionTls } from '../../net/index.ts';
import { normaliseAddress } from '../../protocol/index.ts';
import type { FaultBook } from '../faults/fault-book.ts';
import type { ReplyChange } from '../faults/define-fault.ts';
import { SessionFaults } from '../faults/session-faults.ts';
import { activeCommand, activePlace, epsvCommand, passivePort, passiveReply } from './addresses.ts';
import { ControlRelay } from './control-relay.ts';
import { DataLines, dial } from './data-lines.ts';
import { Leg } from './leg.ts';
import { type LineHooks, LinePair, senderOf, type Side } from './line-pair.ts';
import type { NewProxyEvent, ProxyEvents } from './proxy-event.ts';
import type { ProxyLimits, ProxyOptions } from './proxy-options.ts';
import { UpstreamTls } from './upstream-tls.ts';

/** What all sessions of a proxy share. */
export interface SharedParts {
  readonly options: ProxyOptions;
  readonly limits: ProxyLimits;
  readonly book: FaultBook;
  /** Undefined for a blind proxy. */
  readonly tls: { readonly settings: ServerTlsSettings; readonly context: SecureContext } | undefined;
  readonly events: ProxyEvents;
}

export interface LineState {
  readonly name: string;
  readonly tls: boolean;
  readonly bytesUp: number;
  readonly bytesDown: number;
}

export interface SessionState {
  readonly session: number;
  readonly client: string;
  readonly sinceMs: number;
  readonly lines: readonly LineState[];
}

export class ProxySession {
  readonly number: number;
  readonly #shared: SharedParts;
  readonly #clientText: string;
  readonly #openedMs = performance.now();
  readonly #ended: () => void;
  readonly #clientTls: SessionTls | undefined;
  readonly #serverTls: UpstreamTls | undefined;
  readonly #near: Socket;
  readonly #data: DataLines;
  readonly faults: SessionFaults;
  #control: LinePair | undefined;
  #isPrivate = false;
  #isBlind = false;
  #isEnded = false;
  #movedMs = performance.now();
  #idleTimer: NodeJS.Timeout | undefined;

  /** `near` is the client's connection, paused. `ended` is called when nothing of the session is open any more. */
  constructor(number: number, near: Socket, shared: SharedParts, ended: () => void) {
    this.number = number;
    this.#near = near;
    this.#shared = shared;
    this.#ended = ended;
    this.#clientText = `${near.remoteAddress ?? ''} port ${near.remotePort ?? 0}`;
    const { options, limits, tls } = shared;
    this.#clientTls = tls && new SessionTls(tls.settings);
    this.#serverTls = tls && new UpstreamTls(options.host, options.upstream ?? {}, tls.context);
    this.#data = new DataLines({
      limits,
      passivePorts: options.passivePorts,
      clientTls: this.#clientTls,
      serverTls: this.#serverTls,
      isPrivate: () => this.#isPrivate,
      tell: this.tell,
      opened: (line) => this.faults.lineOpened(line),
      hooks: this.#hooks,
    });
    this.faults = new SessionFaults(shared.book, this);
    near.on('error', () => undefined);
  }

  readonly tell = (event: NewProxyEvent): void => this.#shared.events.add(this.number, event);

  get lines(): readonly LinePair[] {
    return [...(this.#control === undefined || this.#control.isClosed ? [] : [this.#control]), ...this.#data.open];
  }

  get state(): SessionState {
    return {
      session: this.number,
      client: this.#clientText,
      sinceMs: Math.round(performance.now() - this.#openedMs),
      lines: this.lines.map(({ name, legs, ways }) => ({
        name,
        tls: legs.client.tls !== undefined,
        bytesUp: ways.up.takenBytes,
        bytesDown: ways.down.takenBytes,
      })),
    };
  }

  readonly #hooks: LineHooks = {
    moved: (line, direction, bytes) => {
      this.#movedMs = performance.now();
      if (line.kind === 'data' || this.#isBlind)
        this.#shared.events.bytes(this.number, line.name, senderOf[direction], bytes);
    },
    left: (line, by, how) => this.tell({ kind: 'ended', line: line.name, by, how }),
    closed: (line) => {
      this.faults.lineClosed(line);
      if (line.kind === 'control') this.#data.shut();
      this.#look();
    },
  };

  /** Reaches the server and relays until both have left. */
  async run(): Promise<void> {
    const { options, limits } = this.#shared;
    this.tell({ kind: 'connected', line: 'control 1', by: 'client', text: `from ${this.#clientText}` });
    let far: Socket;
    try {
      far = await dial({ host: options.host, port: options.port }, undefined, limits.connectMs);
    } catch (error) {
      await this.#refuse(`cannot reach ${options.host} port ${options.port}: ${connectReason(error as Error)}`);
      return;
    }
    if (this.#isEnded || this.#near.destroyed) {
      far.destroy();
      this.#end();
      return;
    }
    await this.#relay(new Leg(this.#near), new Leg(far));
  }

  /** No server: said in its place where the client can read it. */
  async #refuse(reason: string): Promise<void> {
    this.tell({ kind: 'note', line: 'control 1', text: `the proxy ${reason}` });
    if (this.#near.destroyed) {
      this.#end();
      return;
    }
    this.#near.once('close', () => this.#end());
    const client = new Leg(this.#near);
    if (this.#shared.options.isImplicit === true && (await this.#secureClient(client)) !== undefined) {
      client.reset();
      return;
    }
    client.write(Buffer.from(`421 The proxy ${reason}.\r\n`));
    client.end('close-notify');
    client.start({ bytes: ignore, left: ignore, drained: ignore, closed: ignore });
    const timer = setTimeout(() => client.release(), refusalLingerMs);
    this.#near.once('close', () => clearTimeout(timer));
  }

  async #relay(client: Leg, server: Leg): Promise<void> {
    const { options, limits } = this.#shared;
    const line = new LinePair('control', 'control 1', client, server, this.#hooks);
    this.#control = line;
    this.#watchIdle();
    if (options.isImplicit === true && this.#serverTls !== undefined && !(await this.#secureImplicit(line))) return;
    const relay = new ControlRelay(line, {
      faults: this.faults,
      maxPendingCommands: limits.maxPendingCommands,
      tell: this.tell,
      rewriteCommand: (verb, argument) => this.#rewriteCommand(verb, argument),
      answer: (verb) =>
        verb === 'CCC' && client.tls !== undefined ? '534 The proxy cannot take TLS off the control line.' : undefined,
      rewritePassive: (code, text, change) => this.#rewritePassive(code, text, change),
      secure: (reply) => this.#secure(line, relay, reply),
      done: (verb, argument, code) => this.#done(verb, argument, code),
    });
    if (options.isBlind === true && options.isImplicit === true) {
      this.#isBlind = true;
      relay.goBlind();
    }
    this.faults.lineOpened(line);
    line.start(relay);
  }

  /** A data line of a blind proxy, whose control line is not known. */
  async runForwarded(near: Socket, port: number): Promise<void> {
    const { options, limits } = this.#shared;
    this.#watchIdle();
    await this.#data.forward(near, () => dial({ host: options.host, port }, undefined, limits.connectMs));
    this.#look();
  }

  #tellTls(by: Side, { protocol, cipher }: { readonly protocol: string; readonly cipher: string }): void {
    this.tell({ kind: 'tls', line: 'control 1', by, text: `${protocol} ${cipher}` });
  }

  /** Undefined where it is done; else the reason, as the end of a sentence. */
  async #secureServer({ server }: LinePair['legs']): Promise<string | undefined> {
    const { options, limits } = this.#shared;
    const tls = this.#serverTls as UpstreamTls;
    try {
      this.#tellTls('server', await server.secure((raw) => tls.wrapControl(raw), 'secureConnect', limits.handshakeMs));
    } catch (error) {
      return `TLS with the server failed: ${(error as Error).message}`;
    }
    const problem = server.tlsSocket && tls.controlProblem(server.tlsSocket);
    return problem === undefined ? undefined : `the certificate of ${options.host} is not trusted: ${problem}`;
  }

  /** Undefined where it is done; a blind proxy has no TLS of its own. */
  async #secureClient(client: Leg): Promise<string | undefined> {
    const tls = this.#clientTls;
    if (tls === undefined) return 'the proxy has no TLS of its own';
    try {
      this.#tellTls('client', await client.secure((raw) => tls.wrap(raw), 'secure', this.#shared.limits.handshakeMs));
      return undefined;
    } catch (error) {
      return `TLS with the client failed: ${(error as Error).message}`;
    }
  }

  async #secureImplicit(line: LinePair): Promise<boolean> {
    const { legs } = line;
    const [problem, failure] = await Promise.all([this.#secureServer(legs), this.#secureClient(legs.client)]);
    if (failure !== undefined) {
      this.tell({ kind: 'note', line: line.name, text: problem ?? failure });
      line.destroy();
      for (const leg of Object.values(legs)) leg.release();
      this.#end();
    } else if (problem !== undefined) {
      this.#sendAway(line, problem);
      line.start({ bytes: ignore, left: (direction, how) => line.leave(direction, how) });
    }
    return failure === undefined && problem === undefined;
  }

  /** The server cannot be used: the client hears why, and both are left. */
  #sendAway(line: LinePair, problem: string): void {
    this.tell({ kind: 'note', line: line.name, text: problem });
    const { down } = line.ways;
    down.pass(Buffer.from(`421 ${problem}.\r\n`));
    down.whenPassed(() => line.end('both', 'close-notify'));
  }

  /** AUTH: TLS with the server first, then its 234 to the client and TLS with it. */
  async #secure(line: LinePair, relay: ControlRelay, reply: Buffer): Promise<boolean> {
    const { up, down } = line.ways;
    if (this.#shared.options.isBlind === true) {
      down.take(reply);
      this.#isBlind = true;
      this.tell({ kind: 'note', line: line.name, text: 'TLS begins, and passes unread' });
      relay.goBlind();
      return true;
    }
    const { client } = line.legs;
    client.pause();
    const behind = relay.takeRest('down');
    // Before TLS with the server: what came in clear, and so from anybody, must not arrive under it.
    const dropped = relay.takeRest('up').length + up.drop();
    if (dropped > 0)
      this.tell({ kind: 'note', line: line.name, text: `${dropped} bytes in clear behind AUTH were dropped` });
    if (behind.length > 0)
      this.tell({ kind: 'note', line: line.name, text: `${behind.length} bytes in clear behind 234 pass in clear` });
    const problem = await this.#secureServer(line.legs);
    if (problem !== undefined) {
      this.#sendAway(line, problem);
      client.resume();
      return false;
    }
    down.take(reply);
    down.take(behind);
    await new Promise<void>((resolve) => down.whenPassed(resolve));
    const failure = await this.#secureClient(client);
    client.resume();
    if (failure === undefined) return true;
    this.tell({ kind: 'note', line: line.name, text: failure });
    line.destroy();
    return false;
  }

  async #rewriteCommand(verb: string, argument: string): Promise<string | undefined> {
    const { client, server } = this.#hosts;
    if (verb === 'EPSV') return epsvCommand(argument, client.peer, server.peer);
    const place = activePlace(verb, argument, client.peer);
    if (place === undefined) return undefined;
    try {
      const port = await this.#data.active(server.local, server.peer, place);
      return activeCommand(verb, normaliseAddress(server.local) ?? server.local, port);
    } catch (error) {
      this.tell({ kind: 'note', text: `no port for the server could be opened: ${(error as Error).message}` });
      return undefined;
    }
  }

  async #rewritePassive(code: number, text: string, { passiveAddress }: ReplyChange): Promise<string | undefined> {
    const serverPort = passivePort(code, text);
    if (serverPort === undefined) return undefined;
    const { client, server } = this.#hosts;
    try {
      // As our client does: the host is that of the control line, whatever the server names.
      const port = await this.#data.passive(
        client.local,
        client.peer,
        { host: server.peer, port: serverPort },
        server.local,
      );
      const announced = passiveAddress?.host ?? this.#shared.options.announcedHost ?? client.local;
      return passiveReply(code, text, announced, passiveAddress?.port ?? port);
    } catch (error) {
      return `425 The proxy has no data port: ${(error as Error).message}`;
    }
  }

  get #hosts() {
    const ends = (raw: Socket | undefined) => ({ peer: raw?.remoteAddress ?? '', local: raw?.localAddress ?? '' });
    return { client: ends(this.#control?.legs.client.raw), server: ends(this.#control?.legs.server.raw) };
  }

  #done(verb: string, argument: string, code: number): void {
    if (code >= 300) return;
    if (verb === 'PROT') this.#isPrivate = /^P$/i.test(argument.trim());
    if (verb === 'AUTH' || verb === 'REIN') this.#isPrivate = false;
  }

  #watchIdle(): void {
    const { idleMs } = this.#shared.limits;
    const look = (): void => {
      const leftMs = this.#movedMs + idleMs - performance.now();
      if (leftMs > 0) {
        this.#idleTimer = setTimeout(look, leftMs);
        return;
      }
      this.tell({ kind: 'note', text: `nothing has moved for ${idleMs / 1000} s: the proxy ends the session` });
      this.destroy();
    };
    this.#idleTimer = setTimeout(look, idleMs);
  }

  /** Ends a line now; false where there is none such. */
  cut(name: string, how: 'reset' | 'fin', to: Side | 'both'): boolean {
    const lines = this.lines.filter((line) => line.name === name || line.kind === name);
    for (const line of lines) {
      this.tell({ kind: 'fault', fault: 0, line: line.name, text: `${how} to ${to}, by hand` });
      if (how === 'reset') line.reset(to);
      else line.end(to, 'fin');
    }
    return lines.length > 0;
  }

  #look(): void {
    if (this.lines.length === 0 && (this.#control === undefined || this.#control.isClosed)) this.#end();
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#idleTimer);
    this.#data.destroy();
    this.tell({ kind: 'closed', text: 'nothing of the session is open any more' });
    this.#ended();
  }

  /** Ends everything by RST. */
  destroy(): void {
    this.#data.destroy();
    if (this.#control === undefined) {
      if (!this.#near.destroyed) this.#near.resetAndDestroy();
      this.#end();
    } else this.#control.destroy();
  }
}

/** How long a client that was told that there is no server may take to leave. */
const refusalLingerMs = 2_000;

const ignore = (): void => undefined;
