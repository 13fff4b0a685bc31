/** A scripted client and a scripted server with the proxy between them: what each end sees is watched byte by byte. */

import assert from 'node:assert/strict';
import { FaultProxy, makeProxyAuthority, parseFault, type ProxyEvent, type ProxyOptions } from '../../src/lab/index.ts';
import type { MadeCertificate } from '../../src/net/index.ts';
import {
  type DataLine,
  ScriptedClient,
  type ScriptedServer,
  type ScriptedServerOptions,
  startScriptedServer,
  type WatchedLine,
  within,
} from '../../src/testing/index.ts';
import { onlyVersion, type Protection } from '../fixtures/start-server.ts';

let made: Promise<MadeCertificate> | undefined;

/** One authority for all proxies of a test file. */
export function proxyAuthority(): Promise<MadeCertificate> {
  made ??= makeProxyAuthority();
  return made;
}

/** A proxy in front of a server on loopback; it trusts nobody unless `options` say so. */
export async function proxyTo(
  server: { readonly host: string; readonly port: number },
  options: Partial<ProxyOptions> = {},
): Promise<FaultProxy> {
  const authority = options.isBlind === true ? {} : { authority: await proxyAuthority() };
  const { host, port } = server;
  return FaultProxy.start({ host, port, listenHost: '127.0.0.1', listenPort: 0, seed: 1, ...authority, ...options });
}

/** 2 MiB in which every place is told from its neighbours. */
export const fileBytes = Buffer.alloc(
  2 * 1024 * 1024,
  Uint8Array.from({ length: 251 }, (_, at) => at),
);

export interface ThroughOptions extends Partial<ProxyOptions> {
  readonly protection?: Protection | 'implicit';
  readonly server?: ScriptedServerOptions;
}

export class ThroughProxy implements AsyncDisposable {
  readonly server: ScriptedServer;
  readonly proxy: FaultProxy;
  readonly client: ScriptedClient;
  readonly events: ProxyEvent[];
  readonly #isPrivate: boolean;

  constructor(
    server: ScriptedServer,
    proxy: FaultProxy,
    client: ScriptedClient,
    events: ProxyEvent[],
    isPrivate: boolean,
  ) {
    this.server = server;
    this.proxy = proxy;
    this.client = client;
    this.events = events;
    this.#isPrivate = isPrivate;
  }

  /** The server's end of the control line. */
  get serverControl(): WatchedLine {
    return this.server.sessions[0]?.control ?? assert.fail('no session at the server');
  }

  /** The server's end of its newest data line. */
  get serverData(): WatchedLine {
    return this.server.sessions[0]?.dataLines.at(-1) ?? assert.fail('no data line at the server');
  }

  /** Texts of the faults that have happened. */
  get faults(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'fault' ? [event.text] : []));
  }

  open(): Promise<DataLine> {
    return this.client.openPassive({ tls: this.#isPrivate });
  }

  /** A data line, RETR, and its first reply. */
  async retrieve(): Promise<DataLine> {
    const data = await this.open();
    await this.client.expect(150, 'RETR file');
    await data.secured;
    return data;
  }

  /** A data line, STOR, and its first reply. */
  async store(): Promise<DataLine> {
    const data = await this.open();
    await this.client.expect(150, 'STOR up');
    await data.secured;
    return data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.proxy.close();
    await this.server[Symbol.asyncDispose]();
    assert.deepEqual(this.proxy.sessions, [], 'nothing of a session is left');
  }
}

/** Logged in, with protected data under TLS, and with the greeting read. */
export async function throughProxy(rules: readonly string[], options: ThroughOptions = {}): Promise<ThroughProxy> {
  const { protection = 'TLSv1.3', server: serverOptions, ...more } = options;
  const isImplicit = protection === 'implicit';
  const server = await startScriptedServer({ files: { file: fileBytes }, implicitTls: isImplicit, ...serverOptions });
  const events: ProxyEvent[] = [];
  const proxy = await proxyTo(server, {
    isImplicit,
    upstream: { insecure: true },
    faults: rules.map(parseFault),
    onEvent: (event) => events.push(event),
    ...more,
  });
  const isPlain = protection === 'plain';
  const client = await ScriptedClient.connect({
    port: proxy.address.port,
    implicitTls: isImplicit,
    ...(isPlain || isImplicit ? {} : { tls: onlyVersion(protection) }),
  });
  const through = new ThroughProxy(server, proxy, client, events, !isPlain);
  try {
    assert.match(await client.readReply(), /^220/);
    if (!isPlain && !isImplicit) await client.authTls();
    await client.login('user', 'pass');
    if (!isPlain) await client.protect();
    return through;
  } catch (error) {
    await through[Symbol.asyncDispose]();
    throw error;
  }
}

/** How a line has ended, once it has. */
export async function endingOf(line: WatchedLine): Promise<string> {
  const ending = await within(line.ended, 'the end of a line');
  return ending.how;
}
