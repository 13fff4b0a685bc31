/** What somebody on the way says in clear around AUTH TLS reaches nobody under TLS, on either leg of the proxy. */

import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { type FaultProxy, parseFault, type ProxyEvent } from '../../src/lab/index.ts';
import {
  ScriptedClient,
  type ScriptedServer,
  type ScriptedServerOptions,
  type ScriptedSession,
  startScriptedServer,
} from '../../src/testing/index.ts';
import { proxyTo } from './through-proxy.ts';

class Between implements AsyncDisposable {
  readonly server: ScriptedServer;
  readonly proxy: FaultProxy;
  readonly client: ScriptedClient;
  readonly events: readonly ProxyEvent[];

  constructor(server: ScriptedServer, proxy: FaultProxy, client: ScriptedClient, events: readonly ProxyEvent[]) {
    this.server = server;
    this.proxy = proxy;
    this.client = client;
    this.events = events;
  }

  get notes(): readonly string[] {
    return this.events.flatMap((event) => (event.kind === 'note' ? [event.text] : []));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.proxy.close();
    await this.server[Symbol.asyncDispose]();
  }
}

/** A client that has said nothing yet. */
async function between(options: ScriptedServerOptions, ...rules: string[]): Promise<Between> {
  const server = await startScriptedServer(options);
  const events: ProxyEvent[] = [];
  const proxy = await proxyTo(server, {
    upstream: { insecure: true },
    faults: rules.map(parseFault),
    onEvent: (event) => events.push(event),
  });
  const client = await ScriptedClient.connect({ port: proxy.address.port, tls: {} });
  return new Between(server, proxy, client, events);
}

describe('AUTH TLS through the proxy', { concurrency: 2 }, () => {
  test('replies in clear behind 234 arrive in clear, and not under TLS', async () => {
    const AUTH = async (session: ScriptedSession) => {
      await session.send('234 go\r\n230 not from the server\r\n');
      await session.upgrade();
    };
    await using line = await between({ commands: { AUTH } });
    await line.client.readReply();
    await line.client.expect(234, 'AUTH TLS');
    assert.equal(await line.client.readReply(), '230 not from the server');
    await line.client.startTls();
    assert.match(await line.client.command('NOOP'), /^200/);
    assert.match(line.notes.join(), /25 bytes in clear behind 234 pass in clear/);
  });

  test('commands in clear behind AUTH that wait at a fault do not reach the server under TLS', async () => {
    const AUTH = async (session: ScriptedSession) => {
      await session.reply('234 go');
      await session.upgrade();
    };
    await using line = await between({ commands: { AUTH } }, 'stall control up on SITE');
    await line.client.readReply();
    await line.client.send('AUTH TLS\r\nSITE HELP\r\nDELE file\r\n');
    assert.match(await line.client.readReply(), /^234/);
    await line.client.startTls();
    line.proxy.removeFault(1);
    assert.match(await line.client.command('NOOP'), /^200/);
    assert.ok(!line.server.sessions[0]?.commands.some((command) => command.includes('DELE')));
    assert.match(line.notes.join(), /bytes in clear behind AUTH were dropped/);
  });

  test('is followed where the client has not waited for the greeting', async () => {
    const { promise: isAsked, resolve: ask } = Promise.withResolvers<void>();
    const greeting = async (session: ScriptedSession) => {
      await isAsked;
      await session.reply('220 late');
    };
    await using line = await between({ greeting });
    await line.client.send('AUTH TLS\r\n');
    while (!line.events.some((event) => event.kind === 'text')) await new Promise(setImmediate);
    ask();
    assert.match(await line.client.readReply(), /^220/);
    assert.match(await line.client.readReply(), /^234/);
    await line.client.startTls();
    assert.match(await line.client.command('NOOP'), /^200/);
    assert.ok(line.events.some((event) => event.kind === 'tls' && event.by === 'client'));
  });

  test('is followed where the server has left a line without an answer', async () => {
    await using line = await between({ commands: { NOOP: () => undefined } });
    await line.client.readReply();
    await line.client.send('NOOP\r\nAUTH TLS\r\n');
    assert.match(await line.client.readReply(), /^234/);
    await line.client.startTls();
    assert.match(await line.client.command('PWD'), /^\d/);
    assert.ok(line.events.some((event) => event.kind === 'tls' && event.by === 'client'));
  });
});
